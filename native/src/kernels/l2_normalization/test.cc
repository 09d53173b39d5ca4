// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "kernel_case.h"

namespace octet::test {
namespace {

const std::vector<std::vector<int32_t>> kShapes = {{1, 10}, {1001}, {3, 5, 7},
                                                   {4, 1},  {0, 5}, {5, 0}};

size_t product(const std::vector<int32_t>& dims) {
  size_t result = 1;
  for (const int32_t dim : dims) result *= dim;
  return result;
}

// Calls check(index, x of the index / norm of its row).
template <typename Check>
void normalized(const std::vector<double>& x, size_t row, const Check& check) {
  for (size_t r = 0; row > 0 && r < x.size() / row; ++r) {
    double sum = 0;
    for (size_t i = 0; i < row; ++i) sum += x[r * row + i] * x[r * row + i];
    for (size_t i = 0; i < row; ++i) check(r * row + i, x[r * row + i] / std::sqrt(sum));
  }
}

TEST(L2Normalization, FloatAgainstDouble) {
  std::mt19937 random(111);
  for (const auto& dims : kShapes) {
    const auto x = random_floats(random, product(dims));
    KernelCase test;
    const int vx = test.arena(Type::kF32, dims), vy = test.arena(Type::kF32, dims);
    test.instruction("l2_normalization", {vx, vy, 0});
    ASSERT_TRUE(test.bind(2)) << test.error();
    test.set(vx, x);
    test.run();
    const auto y = test.get<float>(vy);
    normalized({x.begin(), x.end()}, dims.back(),
               [&](size_t i, double expected) { ASSERT_NEAR(y[i], expected, 1e-6); });
  }
}

TEST(L2Normalization, NothingStaysNothing) {
  KernelCase test;
  const int vx = test.arena(Type::kF32, {2, 3}), vy = test.arena(Type::kF32, {2, 3});
  test.instruction("l2_normalization", {vx, vy, 0});
  ASSERT_TRUE(test.bind()) << test.error();
  test.set(vx, std::vector<float>(6, 0));
  test.run();
  for (const float y : test.get<float>(vy)) EXPECT_EQ(y, 0);
}

TEST(L2Normalization, QuantizedIsWithinOneStepOfDouble) {
  std::mt19937 random(112);
  for (const auto& dims : kShapes) {
    for (const int32_t reach : {3, 40, 100}) {
      for (const int32_t flip : {0, 0x80}) {
        const auto x = random_integers<int8_t>(random, product(dims), -reach, reach);
        KernelCase test;
        const int vx = test.arena(Type::kI8, dims, {{0, 0, 0, 0}, flip, 0});
        const int vy = test.arena(Type::kI8, dims, {{0, 0, 0, 0}, flip, 0});
        test.instruction("l2_normalization", {vx, vy, 2});
        ASSERT_TRUE(test.bind()) << test.error();
        test.set(vx, x);
        test.run();
        const auto y = test.get<int8_t>(vy);
        std::vector<double> centred;
        for (const int8_t v : x) centred.push_back(v - 2);
        normalized(centred, dims.back(), [&](size_t i, double expected) {
          // 0 / 0 is 0
          const double q = std::isnan(expected) ? 0 : expected * 128;
          ASSERT_NEAR(y[i], std::min(127.0, q), 1.01);
        });
      }
      const auto x = random_integers<uint8_t>(random, product(dims), 100 - reach, 100 + reach);
      KernelCase test;
      const int vx = test.arena(Type::kU8, dims), vy = test.arena(Type::kU8, dims);
      test.instruction("l2_normalization", {vx, vy, 100});
      ASSERT_TRUE(test.bind()) << test.error();
      test.set(vx, x);
      test.run();
      const auto y = test.get<uint8_t>(vy);
      std::vector<double> centred;
      for (const uint8_t v : x) centred.push_back(v - 100);
      normalized(centred, dims.back(), [&](size_t i, double expected) {
        const double q = std::isnan(expected) ? 0 : expected * 128;
        ASSERT_NEAR(y[i], std::min(255.0, 128 + q), 1.01);
      });
    }
  }
}

TEST(L2Normalization, MutantsAreRefusedOrHarmless) {
  KernelCase test;
  const int vx = test.arena(Type::kI8, {3, 10}, {{0, 0, 0, 0}, 0x80, 0});
  const int vy = test.arena(Type::kI8, {3, 10});
  test.instruction("l2_normalization", {vx, vy, -3});
  test.fuzz(2000, 200, 113);
}

}  // namespace
}  // namespace octet::test
