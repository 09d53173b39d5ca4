// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "kernel_case.h"
#include "naive_convolution.h"

namespace octet::test {
namespace {

const std::vector<std::vector<int32_t>> kShapes = {
    {2, 3, 4, 5}, {7}, {1, 7, 7, 20}, {2, 3, 2, 3, 2, 3, 2, 3}, {3, 30}, {}};

// Which y each x goes to, and the shape of y, axes of `mask` removed.
std::vector<size_t> targets(const std::vector<int32_t>& dims, int32_t mask,
                            std::vector<int32_t>* y_dims) {
  size_t elements = 1;
  for (size_t axis = 0; axis < dims.size(); ++axis) {
    elements *= dims[axis];
    if ((mask >> axis & 1) == 0) y_dims->push_back(dims[axis]);
  }
  std::vector<size_t> result(elements);
  for (size_t i = 0; i < elements; ++i) {
    size_t rest = i, stride = 1;
    for (size_t axis = dims.size(); axis-- > 0;) {
      const size_t at = rest % dims[axis];
      rest /= dims[axis];
      if ((mask >> axis & 1) != 0) continue;
      result[i] += at * stride;
      stride *= dims[axis];
    }
  }
  return result;
}

TEST(Mean, FloatOverEveryChoiceOfAxes) {
  std::mt19937 random(91);
  for (const auto& dims : kShapes) {
    for (int32_t mask = 0; mask < 1 << dims.size(); ++mask) {
      std::vector<int32_t> y_dims;
      const auto to = targets(dims, mask, &y_dims);
      const auto x = random_floats(random, to.size());
      KernelCase test;
      const int vx = test.arena(Type::kF32, dims), vy = test.arena(Type::kF32, y_dims);
      test.instruction("mean", {vx, vy, mask, 0, 0, 0, 0});
      ASSERT_TRUE(test.bind()) << test.error();
      test.set(vx, x);
      test.run();
      const auto y = test.get<float>(vy);
      std::vector<double> sums(y.size());
      for (size_t i = 0; i < x.size(); ++i) sums[to[i]] += x[i];
      for (size_t i = 0; i < y.size(); ++i) {
        ASSERT_NEAR(y[i], sums[i] * static_cast<double>(y.size()) / static_cast<double>(x.size()),
                    2e-6);
      }
    }
  }
}

TEST(Mean, QuantizedOverEveryChoiceOfAxes) {
  std::mt19937 random(92);
  for (const auto& dims : kShapes) {
    for (int32_t mask = 0; mask < 1 << dims.size(); ++mask) {
      for (const auto& [type, flip] : std::vector<std::pair<Type, int32_t>>{
               {Type::kI8, 0}, {Type::kI8, 0x80}, {Type::kU8, 0}}) {
        const bool is_signed = type == Type::kI8;
        const auto number = [is_signed = is_signed](uint8_t byte) {
          return is_signed ? static_cast<int8_t>(byte) : static_cast<int32_t>(byte);
        };
        std::vector<int32_t> y_dims;
        const auto to = targets(dims, mask, &y_dims);
        const auto x = random_integers<uint8_t>(random, to.size(), 0, 255);
        const int32_t multiplier = (1 << 30) + static_cast<int32_t>(random() % (1 << 30));
        const int32_t shift = -static_cast<int32_t>(random() % 8), sum_offset = -77, y_offset = 21;
        KernelCase test;
        const int vx = test.arena(type, dims, {{0, 0, 0, 0}, flip, 0});
        const int vy = test.arena(type, y_dims, {{0, 0, 0, 0}, flip, 0});
        test.instruction("mean", {vx, vy, mask, multiplier, shift, sum_offset, y_offset});
        ASSERT_TRUE(test.bind()) << test.error();
        test.set(vx, x);
        test.run();
        const auto y = test.get<uint8_t>(vy);
        std::vector<int32_t> sums(y.size(), sum_offset);
        for (size_t i = 0; i < x.size(); ++i) sums[to[i]] += number(x[i]);
        const int64_t low = is_signed ? -128 : 0, high = is_signed ? 127 : 255;
        for (size_t i = 0; i < y.size(); ++i) {
          const int64_t q = naive_requantize(2, sums[i], multiplier, shift) + y_offset;
          ASSERT_EQ(number(y[i]), std::min(high, std::max(low, q)));
        }
      }
    }
  }
}

TEST(Mean, OfNothing) {
  KernelCase test;
  const int vx = test.arena(Type::kF32, {2, 0}), vy = test.arena(Type::kF32, {2});
  test.instruction("mean", {vx, vy, 2, 0, 0, 0, 0});
  ASSERT_TRUE(test.bind()) << test.error();
  test.run();
  for (const float y : test.get<float>(vy)) EXPECT_TRUE(std::isnan(y));
}

TEST(Mean, MutantsAreRefusedOrHarmless) {
  KernelCase test;
  const int vx = test.arena(Type::kI8, {2, 3, 4, 5}, {{0, 0, 0, 0}, 0x80, 0});
  const int vy = test.arena(Type::kI8, {2, 1, 1, 5});
  test.instruction("mean", {vx, vy, 6, 1 << 30, -3, 4, 5});
  test.fuzz(4000, 300, 93);
}

}  // namespace
}  // namespace octet::test
