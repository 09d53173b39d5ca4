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

TEST(Softmax, FloatAgainstDouble) {
  std::mt19937 random(81);
  for (const auto& dims : kShapes) {
    for (const float range : {1.0f, 30.0f, 1000.0f}) {
      const float beta = 0.7f;
      auto x = random_floats(random, product(dims));
      for (float& v : x) v *= range;
      KernelCase test;
      const int vx = test.arena(Type::kF32, dims), vy = test.arena(Type::kF32, dims);
      test.instruction("softmax", {vx, -1, vy, bits(beta), 0, 0});
      ASSERT_TRUE(test.bind(2)) << test.error();
      test.set(vx, x);
      test.run();
      const auto y = test.get<float>(vy);
      const size_t row = dims.back();
      for (size_t r = 0; row > 0 && r < x.size() / row; ++r) {
        double sum = 0;
        const double largest = *std::max_element(&x[r * row], &x[r * row] + row);
        for (size_t i = 0; i < row; ++i) sum += std::exp((x[r * row + i] - largest) * beta);
        for (size_t i = 0; i < row; ++i) {
          const double expected = std::exp((x[r * row + i] - largest) * beta) / sum;
          // the argument's own rounding moves the exponential by up to |argument| * 2^-24
          ASSERT_NEAR(y[r * row + i], expected, 1e-6 + 2e-7 * range * expected);
        }
      }
    }
  }
}

TEST(Softmax, QuantizedIsWithinOneStepOfDouble) {
  std::mt19937 random(82);
  for (const auto& dims : kShapes) {
    for (const auto& [type, flip] :
         std::vector<std::pair<Type, int32_t>>{{Type::kI8, 0}, {Type::kI8, 0x80}, {Type::kU8, 0}}) {
      const double scale = 0.11;
      const bool is_signed = type == Type::kI8;
      std::vector<float> table(256);
      for (int d = 0; d < 256; ++d) table[255 - d] = static_cast<float>(std::exp(-scale * d));
      const auto x = random_integers<uint8_t>(random, product(dims), 0, 255);
      const auto number = [is_signed = is_signed](uint8_t byte) {
        return is_signed ? static_cast<int8_t>(byte) : static_cast<int32_t>(byte);
      };
      KernelCase test;
      const int vx = test.arena(type, dims, {{0, 0, 0, 0}, flip, 0});
      const int vt = test.constant(Type::kF32, {256}, table);
      const int vy = test.arena(type, dims, {{0, 0, 0, 0}, flip, 0});
      test.instruction("softmax", {vx, vt, vy, bits(1), bits(1 / 256.0f), is_signed ? -128 : 0});
      ASSERT_TRUE(test.bind()) << test.error();
      test.set(vx, x);
      test.run();
      const auto y = test.get<uint8_t>(vy);
      const size_t row = dims.back();
      for (size_t r = 0; row > 0 && r < x.size() / row; ++r) {
        double sum = 0;
        for (size_t i = 0; i < row; ++i) sum += std::exp(scale * number(x[r * row + i]));
        for (size_t i = 0; i < row; ++i) {
          const double p = std::exp(scale * number(x[r * row + i])) / sum * 256;
          const int32_t got = number(y[r * row + i]) + (is_signed ? 128 : 0);
          ASSERT_NEAR(got, std::min(255.0, p), 0.5001);
        }
      }
    }
  }
}

TEST(Softmax, MutantsAreRefusedOrHarmless) {
  KernelCase test;
  const int vx = test.arena(Type::kI8, {3, 10}, {{0, 0, 0, 0}, 0x80, 0});
  const int vt = test.constant(Type::kF32, {256}, std::vector<float>(256, 0));
  const int vy = test.arena(Type::kI8, {3, 10});
  test.instruction("softmax", {vx, vt, vy, bits(1), bits(1 / 256.0f), -128});
  test.fuzz(4000, 400, 83);
}

}  // namespace
}  // namespace octet::test
