// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <complex>

#include "kernel_case.h"

namespace octet::test {
namespace {

template <typename T>
void check(Type from, Type to) {
  std::mt19937 random(241);
  std::uniform_real_distribution<T> uniform(-3, 3);
  std::vector<std::complex<T>> x(40000);
  for (auto& z : x) z = {uniform(random), uniform(random)};
  constexpr T kMax = std::numeric_limits<T>::max(), kMin = std::numeric_limits<T>::min();
  constexpr T kInfinity = std::numeric_limits<T>::infinity();
  x[0] = {kMax / 2, kMax / 4};
  x[1] = {-kMin, 3 * kMin};
  x[2] = {0, 0};
  x[3] = {1, -kInfinity};
  x[4] = {std::numeric_limits<T>::quiet_NaN(), kInfinity};
  for (const int32_t part : {0, 1, 2}) {
    KernelCase test;
    const int vx = test.arena(from, {40000}), vy = test.arena(to, {40000});
    test.instruction("complex_part", {vx, vy, part});
    ASSERT_TRUE(test.bind(2)) << test.error();
    test.set(vx, x);
    test.run();
    const auto y = test.get<T>(vy);
    for (size_t i = 0; i < x.size(); ++i) {
      const T expected = part == 0 ? x[i].real() : part == 1 ? x[i].imag() : std::abs(x[i]);
      if (std::isnan(expected)) {
        ASSERT_TRUE(std::isnan(y[i]));
      } else if (std::isinf(expected)) {
        ASSERT_EQ(y[i], expected);
      } else {
        ASSERT_NEAR(y[i], expected, std::abs(expected) * std::numeric_limits<T>::epsilon());
      }
    }
  }
}

TEST(ComplexPart, Single) { check<float>(Type::kC64, Type::kF32); }
TEST(ComplexPart, Double) { check<double>(Type::kC128, Type::kF64); }

TEST(ComplexPart, MutantsAreRefusedOrHarmless) {
  KernelCase test;
  const int vx = test.arena(Type::kC64, {3, 10}), vy = test.arena(Type::kF32, {3, 10});
  test.instruction("complex_part", {vx, vy, 2});
  test.fuzz(4000, 100, 242);
}

}  // namespace
}  // namespace octet::test
