// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>

#include "base/f16.h"
#include "kernel_case.h"
#include "kernels/cast/cast.h"

namespace octet::test {
namespace {

const std::vector<Isa> kIsas = {
#define OCTET_CAST_F32(name) name.isa,
#include "kernels/cast/kernels.inc"
#undef OCTET_CAST_F32
};

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

template <typename Y, typename X>
std::vector<Y> cast(Type from, const std::vector<X>& x, Type to, int32_t isa = -1) {
  KernelCase test;
  const auto n = static_cast<int32_t>(x.size());
  const int vx = test.arena(from, {n}), vy = test.arena(to, {n});
  test.instruction("cast", {vx, vy, 0});
  EXPECT_TRUE(test.bind(2, isa)) << test.error();
  test.set(vx, x);
  test.run();
  return test.get<Y>(vy);
}

TEST(Cast, IntegersKeepTheirLowBits) {
  const std::vector<int64_t> x = {0, -1, 127, 128, 65535, -32769, INT64_C(0x123456789a)};
  EXPECT_EQ(cast<int8_t>(Type::kI64, x, Type::kI8),
            (std::vector<int8_t>{0, -1, 127, -128, -1, -1, -102}));
  EXPECT_EQ(cast<uint16_t>(Type::kI64, x, Type::kU16),
            (std::vector<uint16_t>{0, 65535, 127, 128, 65535, 32767, 0x789a}));
  EXPECT_EQ(cast<int32_t>(Type::kI64, x, Type::kI32),
            (std::vector<int32_t>{0, -1, 127, 128, 65535, -32769, 0x3456789a}));
  EXPECT_EQ(cast<uint8_t>(Type::kI64, x, Type::kBool), (std::vector<uint8_t>{0, 1, 1, 1, 1, 1, 1}));
  EXPECT_EQ(cast<int64_t>(Type::kU32, std::vector<uint32_t>{0, 4294967295u}, Type::kI64),
            (std::vector<int64_t>{0, INT64_C(4294967295)}));
  EXPECT_EQ(cast<int64_t>(Type::kI8, std::vector<int8_t>{-128, 127}, Type::kI64),
            (std::vector<int64_t>{-128, 127}));
}

// The numbers again and again, so that they meet whole vectors and what is left.
template <typename Y>
void check_f32(const std::vector<float>& numbers, Type to, const std::vector<Y>& expected) {
  std::vector<float> x;
  for (size_t i = 0; i < 101; ++i) x.push_back(numbers[i % numbers.size()]);
  for (const int32_t isa : runnable(kIsas)) {
    const auto y = cast<Y>(Type::kF32, x, to, isa);
    for (size_t i = 0; i < y.size(); ++i) ASSERT_EQ(y[i], expected[i % expected.size()]) << x[i];
  }
}

TEST(Cast, RealsAreTruncatedOnEveryIsa) {
  const std::vector<float> x = {-1.9f, 1.9f, 300.5f, 3e9f, -3e9f, 1e30f, kInfinity, kNan};
  check_f32<int32_t>(x, Type::kI32,
                     {-1, 1, 300, INT32_MAX, INT32_MIN, INT32_MAX, INT32_MAX, INT32_MAX});
  check_f32<int16_t>(x, Type::kI16, {-1, 1, 300, 32767, -32768, 32767, 32767, 0});
  check_f32<uint8_t>(x, Type::kU8, {0, 1, 255, 255, 0, 255, 255, 0});
  check_f32<uint16_t>(x, Type::kU16, {65535, 1, 300, 0, 0, 0, 0, 0});
  check_f32<int8_t>(x, Type::kI8, {-1, 1, 44, 0, 0, 0, 0, 0});
  check_f32<int64_t>(x, Type::kI64,
                     {-1, 1, 300, 3000000000, -3000000000, INT64_MIN, INT64_MIN, INT64_MIN});
}

TEST(Cast, DoublesAreTruncated) {
  const std::vector<double> wide = {-2147483648.9, 2147483647.9, 2147483648.0, 1e300};
  EXPECT_EQ(cast<int32_t>(Type::kF64, wide, Type::kI32),
            (std::vector<int32_t>{INT32_MIN, INT32_MAX, INT32_MIN, INT32_MIN}));
  EXPECT_EQ(cast<uint32_t>(Type::kF64, wide, Type::kU32),
            (std::vector<uint32_t>{2147483648u, 2147483647u, 2147483648u, 0}));
}

TEST(Cast, ToRealsRoundsOnceOrByWayOfF32) {
  EXPECT_EQ(cast<float>(Type::kI64, std::vector<int64_t>{INT64_C(9007199791611905)}, Type::kF32),
            (std::vector<float>{9007200328482816.0f}));
  EXPECT_EQ(cast<uint16_t>(Type::kI32, std::vector<int32_t>{1, 2049, 2051, 70000}, Type::kF16),
            (std::vector<uint16_t>{0x3c00, 0x6800, 0x6802, 0x7c00}));
  EXPECT_EQ(cast<uint16_t>(Type::kF32, std::vector<float>{1, 257, 259, -kInfinity}, Type::kBf16),
            (std::vector<uint16_t>{0x3f80, 0x4380, 0x4382, 0xff80}));
  EXPECT_EQ(cast<double>(Type::kBf16, std::vector<uint16_t>{0x3fc0, 0xc000}, Type::kF64),
            (std::vector<double>{1.5, -2}));
}

TEST(Cast, ComplexNumbers) {
  EXPECT_EQ((cast<std::pair<float, float>>(Type::kI16, std::vector<int16_t>{-3, 7}, Type::kC64)),
            (std::vector<std::pair<float, float>>{{-3, 0}, {7, 0}}));
  using Complex = std::pair<float, float>;
  EXPECT_EQ(cast<int32_t>(Type::kC64, std::vector<Complex>{{2.5f, 9}, {-3, 1}}, Type::kI32),
            (std::vector<int32_t>{2, -3}));
  EXPECT_EQ((cast<Complex>(Type::kC64, std::vector<Complex>{{2.5f, 9}, {-3, 1}}, Type::kC64)),
            (std::vector<Complex>{{2.5f, 9}, {-3, 1}}));
}

TEST(Cast, HalvesGoThereAndBack) {
  // every half that is a number
  std::vector<uint16_t> x;
  for (uint32_t bits = 0; bits < 65536; ++bits) {
    if ((bits & 0x7fff) <= 0x7c00) x.push_back(static_cast<uint16_t>(bits));
  }
  const auto wide = cast<float>(Type::kF16, x, Type::kF32);
  for (size_t i = 0; i < x.size(); ++i) ASSERT_EQ(wide[i], f16_to_f32(x[i]));
  EXPECT_EQ(cast<uint16_t>(Type::kF32, wide, Type::kF16), x);
  // the middle between neighbours goes to the even one, a little more to the upper
  for (uint32_t bits = 0; bits < 0x7bff; ++bits) {
    const float a = f16_to_f32(static_cast<uint16_t>(bits));
    const float b = f16_to_f32(static_cast<uint16_t>(bits + 1));
    ASSERT_EQ(f32_to_f16((a + b) / 2), bits + (bits & 1));
    ASSERT_EQ(f32_to_f16(std::nextafter((a + b) / 2, 1e9f)), bits + 1);
    ASSERT_EQ(f32_to_f16(std::nextafter((a + b) / 2, 0.0f)), bits);
  }
}

TEST(Cast, BitsStayUnderAnotherType) {
  KernelCase test;
  const int vx = test.arena(Type::kF32, {3, 5}), vy = test.arena(Type::kU16, {3, 5, 2});
  test.instruction("cast", {vx, vy, 1});
  ASSERT_TRUE(test.bind()) << test.error();
  test.set(vx, std::vector<float>(15, 1.0f));
  test.run();
  const auto y = test.get<uint16_t>(vy);
  for (size_t i = 0; i < y.size(); ++i) ASSERT_EQ(y[i], i % 2 == 0 ? 0 : 0x3f80);
}

TEST(Cast, MutantsAreRefusedOrHarmless) {
  KernelCase test;
  const int vx = test.arena(Type::kF32, {3, 10}), vy = test.arena(Type::kI64, {3, 10});
  test.instruction("cast", {vx, vy, 0});
  test.fuzz(4000, 100, 231);
}

}  // namespace
}  // namespace octet::test
