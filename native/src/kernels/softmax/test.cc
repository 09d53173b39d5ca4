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
      test.instruction("softmax", {vx, -1, vy, 0, bits(beta), 0, 0, 0, 0, 0});
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

TEST(Softmax, LogAgainstDouble) {
  std::mt19937 random(84);
  for (const int32_t isa : runnable({Isa::kScalar, Isa::kAvx2, Isa::kAvx512, Isa::kAvx512Vnni})) {
    for (const auto& dims : kShapes) {
      auto x = random_floats(random, product(dims));
      for (float& v : x) v *= 20;
      KernelCase test;
      const int vx = test.arena(Type::kF32, dims), vy = test.arena(Type::kF32, dims);
      test.instruction("softmax", {vx, -1, vy, 1, 0, 0, 0, 0, 0, 0});
      ASSERT_TRUE(test.bind(2, isa)) << test.error();
      test.set(vx, x);
      test.run();
      const auto y = test.get<float>(vy);
      const size_t row = dims.back();
      for (size_t r = 0; row > 0 && r < x.size() / row; ++r) {
        double sum = 0;
        for (size_t i = 0; i < row; ++i) sum += std::exp(double{x[r * row + i]});
        for (size_t i = 0; i < row; ++i) {
          ASSERT_NEAR(y[r * row + i], x[r * row + i] - std::log(sum), 1e-5);
        }
      }
    }
  }
}

TEST(Softmax, QuantizedLogIsWithinOneStepOfDouble) {
  std::mt19937 random(85);
  for (const auto& dims : kShapes) {
    for (const int32_t flip : {0, 0x80}) {
      const double scale = 0.11;
      std::vector<float> table(256);
      for (int d = 0; d < 256; ++d) table[255 - d] = static_cast<float>(std::exp(-scale * d));
      const auto x = random_integers<int8_t>(random, product(dims), -128, 127);
      KernelCase test;
      const int vx = test.arena(Type::kI8, dims, {{0, 0, 0, 0}, flip, 0});
      const int vt = test.constant(Type::kF32, {256}, table);
      const int vy = test.arena(Type::kI8, dims, {{0, 0, 0, 0}, flip, 0});
      test.instruction("softmax", {vx, vt, vy, 1, 0, bits(scale), bits(1 / 16.0f), 127, 0, 0});
      ASSERT_TRUE(test.bind()) << test.error();
      test.set(vx, x);
      test.run();
      const auto y = test.get<int8_t>(vy);
      const size_t row = dims.back();
      for (size_t r = 0; row > 0 && r < x.size() / row; ++r) {
        double sum = 0;
        for (size_t i = 0; i < row; ++i) sum += std::exp(scale * x[r * row + i]);
        for (size_t i = 0; i < row; ++i) {
          const double expected = (scale * x[r * row + i] - std::log(sum)) * 16 + 127;
          ASSERT_NEAR(y[r * row + i], std::max(-128.0, expected), 0.501);
        }
      }
    }
  }
}

// exp(-10 (32767 - v) / 65535) and 1 / (1 + (v + 32768) / 65535), at every 128th v.
std::vector<int16_t> points() {
  std::vector<int16_t> result;
  for (int i = 0; i <= 512; ++i) {
    const double v = std::min(32767, -32768 + 128 * i);
    result.push_back(static_cast<int16_t>(
        std::min(32767.0, std::round(std::exp(10 * (v - 32767) / 65535) * 32768))));
  }
  for (int i = 0; i <= 512; ++i) {
    const double v = std::min(32767, -32768 + 128 * i);
    result.push_back(
        static_cast<int16_t>(std::min(32767.0, std::round(32768 / (1 + (v + 32768) / 65535)))));
  }
  return result;
}

TEST(Softmax, Int16IsNearDouble) {
  std::mt19937 random(86);
  const double scale = 1e-4;  // multiplier 1e-4 * 65535 / 10 = 0.65535
  for (const auto& dims : kShapes) {
    const auto x = random_integers<int16_t>(random, product(dims), -32768, 32767);
    KernelCase test;
    const int vx = test.arena(Type::kI16, dims);
    const int vt = test.constant(Type::kI16, {1026}, points());
    const int vy = test.arena(Type::kI16, dims);
    const auto multiplier = static_cast<int32_t>(0.65535 * 2147483648.0);
    test.instruction("softmax", {vx, vt, vy, 0, 0, 0, 0, 0, multiplier, 0});
    ASSERT_TRUE(test.bind(2)) << test.error();
    test.set(vx, x);
    test.run();
    const auto y = test.get<int16_t>(vy);
    const size_t row = dims.back();
    for (size_t r = 0; row > 0 && r < x.size() / row; ++r) {
      double sum = 0;
      for (size_t i = 0; i < row; ++i) sum += std::exp(scale * x[r * row + i]);
      for (size_t i = 0; i < row; ++i) {
        const double share = std::exp(scale * x[r * row + i]) / sum * 32768;
        ASSERT_NEAR(y[r * row + i], share, 3 + share * 2e-3);
      }
    }
  }
}

TEST(Softmax, BytesToInt16) {
  std::mt19937 random(87);
  std::vector<float> table(256);
  for (int d = 0; d < 256; ++d) table[255 - d] = static_cast<float>(std::exp(-0.05 * d));
  const auto x = random_integers<int8_t>(random, 30, -128, 127);
  KernelCase test;
  const int vx = test.arena(Type::kI8, {3, 10}, {{0, 0, 0, 0}, 0x80, 0});
  const int vt = test.constant(Type::kF32, {256}, table);
  const int vy = test.arena(Type::kI16, {3, 10});
  test.instruction("softmax", {vx, vt, vy, 0, 0, 0, bits(1 / 32768.0f), -5, 0, 0});
  ASSERT_TRUE(test.bind()) << test.error();
  test.set(vx, x);
  test.run();
  const auto y = test.get<int16_t>(vy);
  for (size_t r = 0; r < 3; ++r) {
    double sum = 0;
    for (size_t i = 0; i < 10; ++i) sum += std::exp(0.05 * x[r * 10 + i]);
    for (size_t i = 0; i < 10; ++i) {
      ASSERT_NEAR(y[r * 10 + i], std::exp(0.05 * x[r * 10 + i]) / sum * 32768 - 5, 0.51);
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
      test.instruction("softmax",
                       {vx, vt, vy, 0, bits(1), 0, bits(1 / 256.0f), is_signed ? -128 : 0, 0, 0});
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
  test.instruction("softmax", {vx, vt, vy, 0, bits(1), 0, bits(1 / 256.0f), -128, 0, 0});
  test.fuzz(4000, 400, 83);
  KernelCase wide;
  const int wx = wide.arena(Type::kI16, {3, 10});
  const int wt = wide.constant(Type::kI16, {1026}, std::vector<int16_t>(1026, -7));
  const int wy = wide.arena(Type::kI16, {3, 10});
  wide.instruction("softmax", {wx, wt, wy, 0, 0, 0, 0, 0, 1 << 30, 3});
  wide.fuzz(3000, 300, 88);
}

}  // namespace
}  // namespace octet::test
