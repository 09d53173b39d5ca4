// SPDX-License-Identifier: Apache-2.0
#include "base/fixed_point.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

#include "base/f16.h"
#include "base/window.h"

namespace octet {
namespace {

__int128 floor_divide(__int128 a, __int128 b) {
  const __int128 quotient = a / b;
  return quotient * b > a ? quotient - 1 : quotient;
}

TEST(FixedPoint, StepsFollowTheirDefinitions) {
  std::mt19937 random(1);
  std::vector<int32_t> numbers = {0, 1, -1, 2, -2, INT32_MAX, INT32_MIN, 1 << 30, -(1 << 30)};
  for (int i = 0; i < 2000; ++i) numbers.push_back(static_cast<int32_t>(random()) >> random() % 31);
  for (size_t i = 0; i + 1 < numbers.size(); ++i) {
    const int32_t a = numbers[i], b = numbers[random() % numbers.size()];
    const __int128 two31 = __int128{1} << 31;
    const __int128 high = floor_divide(__int128{a} * b * 2 + two31, two31 * 2);
    EXPECT_EQ(saturating_rounding_doubling_high_mul(a, b), high > INT32_MAX ? INT32_MAX : high);
    for (int32_t e = 0; e <= 31; ++e) {
      const __int128 divisor = __int128{1} << e;
      EXPECT_EQ(rounding_divide_half_up(a, e),
                static_cast<int32_t>(floor_divide(__int128{a} * 2 + divisor, divisor * 2)));
      // exact in double: 32 bits scaled by a power of two; std::round is half away
      EXPECT_EQ(rounding_divide_half_away(a, e), std::round(std::ldexp(a, -e))) << a << " " << e;
    }
  }
}

TEST(FixedPoint, ProductsAreWithinOneOfRealNumbers) {
  std::mt19937 random(2);
  for (int i = 0; i < 20000; ++i) {
    const int32_t multiplier = (1 << 30) + static_cast<int32_t>(random() % (1u << 30));
    const int32_t shift = static_cast<int32_t>(random() % 40) - 31;
    const int32_t room = shift > 0 ? 31 - shift : 31;
    const auto x = static_cast<int32_t>(static_cast<int32_t>(random()) >> (31 - room));
    const double real = std::ldexp(static_cast<double>(x) * multiplier, shift - 31);
    EXPECT_NEAR(multiply_half_up(x, multiplier, shift), real, 1.0) << x << " " << shift;
    EXPECT_NEAR(multiply_half_away(x, multiplier, shift), real, 1.0) << x << " " << shift;
  }
  EXPECT_EQ(multiply_half_up(-3, 1 << 30, 0), -1) << "-1.5 goes up";
  EXPECT_EQ(multiply_half_up(-3, 1 << 30, -1), 0) << "-1.5 goes up to -1, -0.5 up to 0";
  EXPECT_EQ(multiply_half_away(-3, 1 << 30, -1), -1) << "-1.5 goes up to -1, -0.5 away to -1";
}

TEST(F16, EveryFiniteNumberIsExact) {
  for (uint32_t half = 0; half < 0x10000; ++half) {
    const float got = f16_to_f32(static_cast<uint16_t>(half));
    const int32_t exponent = half >> 10 & 0x1f, fraction = half & 0x3ff;
    if (exponent == 31) {
      EXPECT_EQ(std::isnan(got), fraction != 0);
      EXPECT_EQ(std::isinf(got), fraction == 0);
    } else {
      const double magnitude =
          exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(1024 + fraction, exponent - 25);
      EXPECT_EQ(got, (half & 0x8000) != 0 ? -magnitude : magnitude) << half;
    }
    EXPECT_EQ(std::signbit(got), (half & 0x8000) != 0);
  }
}

TEST(WindowAxis, FirstAndLastAreTheTapsInside) {
  std::mt19937 random(3);
  for (int i = 0; i < 20000; ++i) {
    const auto number = [&random](int32_t low, int32_t high) {
      return low + static_cast<int32_t>(random() % (high - low + 1));
    };
    const WindowAxis axis = {number(0, 9), number(0, 9), number(1, 6),
                             number(1, 4), number(1, 4), number(0, 8)};
    ASSERT_TRUE(axis.valid());
    bool covered = true;
    for (int32_t o = 0; o < axis.out; ++o) {
      int32_t inside = 0;
      for (int32_t t = 0; t < axis.taps; ++t) {
        const int32_t at = o * axis.stride - axis.pad + t * axis.dilation;
        const bool in = at >= 0 && at < axis.in;
        EXPECT_EQ(in, t >= axis.first(o) && t < axis.last(o));
        inside += in;
      }
      EXPECT_LE(axis.first(o), axis.last(o));
      covered &= inside > 0 || (o != 0 && o != axis.out - 1);
    }
    EXPECT_EQ(axis.covered(), covered);
  }
  EXPECT_FALSE((WindowAxis{1, 1, 1, 0, 1, 0}.valid()));
  EXPECT_FALSE((WindowAxis{1, 1, 0, 1, 1, 0}.valid()));
  EXPECT_FALSE((WindowAxis{1, 1, 1, 1, 1, -1}.valid()));
  EXPECT_FALSE((WindowAxis{1, 1 << 20, 1, 1 << 20, 1, 0}.valid()));
}

}  // namespace
}  // namespace octet
