// SPDX-License-Identifier: Apache-2.0
#include "kernel_case.h"
#include "naive_convolution.h"

namespace octet::test {
namespace {

// Index of the slope for element `linear` of x [2,3,4,5].
size_t slope_of(const std::vector<int32_t>& dims, size_t linear) {
  const int32_t x_dims[] = {2, 3, 4, 5};
  size_t index = 0, stride = 1;
  for (size_t i = 0; i < 4; ++i) {
    const size_t axis = 3 - i, at = linear % x_dims[axis];
    linear /= x_dims[axis];
    if (i >= dims.size()) continue;
    const int32_t dim = dims[dims.size() - 1 - i];
    if (dim != 1) index += at * stride;
    stride *= dim;
  }
  return index;
}

const std::vector<std::vector<int32_t>> kSlopes = {{2, 3, 4, 5}, {5}, {1, 1, 5},
                                                   {4, 1},       {},  {3, 1, 1}};

size_t product(const std::vector<int32_t>& dims) {
  size_t result = 1;
  for (const int32_t dim : dims) result *= dim;
  return result;
}

TEST(Prelu, Float) {
  std::mt19937 random(251);
  for (const auto& dims : kSlopes) {
    const auto x = random_floats(random, 120), alpha = random_floats(random, product(dims));
    KernelCase test;
    const int vx = test.arena(Type::kF32, {2, 3, 4, 5}, {{1, 0, 2, 1}, 0, 0});
    const int va = test.arena(Type::kF32, dims), vy = test.arena(Type::kF32, {2, 3, 4, 5});
    test.instruction("prelu", {vx, va, vy, 0, 0, 0, 0, 0, 0, 0});
    ASSERT_TRUE(test.bind(2)) << test.error();
    test.set(vx, x);
    test.set(va, alpha);
    test.run();
    const auto y = test.get<float>(vy);
    for (size_t i = 0; i < y.size(); ++i) {
      ASSERT_EQ(y[i], x[i] >= 0 ? x[i] : x[i] * alpha[slope_of(dims, i)]) << i;
    }
  }
}

TEST(Prelu, Quantized) {
  std::mt19937 random(252);
  for (const auto& dims : kSlopes) {
    for (const int32_t flip : {-1, 0, 0x80}) {  // -1: uint8
      const Type type = flip < 0 ? Type::kU8 : Type::kI8;
      const Layout layout = {{0, 0, 0, 0}, flip < 0 ? 0 : flip, 0};
      const int32_t low = flip < 0 ? 0 : -128;
      const auto number = [low](uint8_t byte) {
        return low == 0 ? static_cast<int32_t>(byte) : static_cast<int8_t>(byte);
      };
      const auto x = random_integers<uint8_t>(random, 120, 0, 255);
      const auto alpha = random_integers<uint8_t>(random, product(dims), 0, 255);
      const int32_t positive = 1500000000, negative = 1300000000;
      KernelCase test;
      const int vx = test.arena(type, {2, 3, 4, 5}, layout);
      const int va = test.arena(type, dims), vy = test.arena(type, {2, 3, 4, 5}, layout);
      test.instruction("prelu",
                       {vx, va, vy, low + 100, low + 7, low + 128, positive, 1, negative, -6});
      ASSERT_TRUE(test.bind(2)) << test.error();
      test.set(vx, x);
      test.set(va, alpha);
      test.run();
      const auto y = test.get<uint8_t>(vy);
      for (size_t i = 0; i < y.size(); ++i) {
        const int32_t v = number(x[i]) - (low + 100);
        const int32_t slope = number(alpha[slope_of(dims, i)]) - (low + 7);
        const int64_t q = v >= 0 ? naive_requantize(2, v, positive, 1)
                                 : naive_requantize(2, v * slope, negative, -6);
        ASSERT_EQ(number(y[i]),
                  std::min<int64_t>(low + 255, std::max<int64_t>(low, q + low + 128)));
      }
    }
  }
}

TEST(Prelu, SlopesLargerThanXAreRefused) {
  KernelCase test;
  const int vx = test.arena(Type::kF32, {1, 5}), va = test.arena(Type::kF32, {3, 5});
  const int vy = test.arena(Type::kF32, {3, 5});
  test.instruction("prelu", {vx, va, vy, 0, 0, 0, 0, 0, 0, 0});
  EXPECT_FALSE(test.bind());
}

TEST(Prelu, MutantsAreRefusedOrHarmless) {
  KernelCase test;
  const int vx = test.arena(Type::kI8, {2, 3, 4, 5}, {{1, 0, 1, 0}, 0x80, 0});
  const int va = test.arena(Type::kI8, {4, 1}), vy = test.arena(Type::kI8, {2, 3, 4, 5});
  test.instruction("prelu", {vx, va, vy, 1, 2, 3, 1 << 30, 1, 1 << 30, -3});
  test.fuzz(4000, 400, 253);
}

}  // namespace
}  // namespace octet::test
