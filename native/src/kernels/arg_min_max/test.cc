// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "kernel_case.h"

namespace octet::test {
namespace {

struct Shape {
  std::vector<int32_t> x;
  int32_t axis;
};

const std::vector<Shape> kShapes = {
    {{1}, 0},         {{200}, 0},           {{3, 65}, 1}, {{65, 3}, 0}, {{2, 5, 300}, 1},
    {{300, 7, 2}, 1}, {{2, 40, 40, 21}, 3}, {{3, 0}, 1},  {{0, 3}, 1},  {{2, 3, 2, 2}, 0},
};

template <typename T, typename Y>
void check(Type type, Type y_type, int32_t low, int32_t high, int32_t flip = 0) {
  std::mt19937 random(331);
  for (const Shape& shape : kShapes) {
    for (const int32_t maximum : {0, 1}) {
      size_t outer = 1, inner = 1;
      const auto length = static_cast<size_t>(shape.x[shape.axis]);
      std::vector<int32_t> y_dims;
      for (int32_t i = 0; i < static_cast<int32_t>(shape.x.size()); ++i) {
        if (i < shape.axis) outer *= shape.x[i];
        if (i > shape.axis) inner *= shape.x[i];
        if (i != shape.axis) y_dims.push_back(shape.x[i]);
      }
      const auto x = random_integers<T>(random, outer * length * inner, low, high);
      KernelCase test;
      const int vx = test.arena(type, shape.x, {{0, 0, 0, 0}, flip, 0});
      const int vy = test.arena(y_type, y_dims);
      test.instruction("arg_min_max", {vx, vy, shape.axis, maximum});
      ASSERT_TRUE(test.bind(2)) << test.error();
      test.set(vx, x);
      test.run();
      const auto y = test.get<Y>(vy);
      for (size_t i = 0; i < y.size(); ++i) {
        const size_t start = i / inner * length * inner + i % inner;
        size_t best = 0;
        for (size_t j = 1; j < length; ++j) {
          const T a = x[start + j * inner], b = x[start + best * inner];
          if (maximum == 1 ? a > b : a < b) best = j;
        }
        ASSERT_EQ(y[i], static_cast<Y>(best)) << i;
      }
    }
  }
}

TEST(ArgMinMax, TheFirstOfTheBest) {
  check<float, int32_t>(Type::kF32, Type::kI32, -9, 9);
  check<float, int64_t>(Type::kF32, Type::kI64, -1000000, 1000000);
  check<int32_t, int64_t>(Type::kI32, Type::kI64, INT32_MIN, INT32_MAX);
  check<int8_t, int32_t>(Type::kI8, Type::kI32, -128, 127);
  check<int8_t, int64_t>(Type::kI8, Type::kI64, -128, 127, 0x80);
  check<uint8_t, int32_t>(Type::kU8, Type::kI32, 0, 255);
  check<uint8_t, int32_t>(Type::kBool, Type::kI32, 0, 1);
}

TEST(ArgMinMax, NotANumberIsPassedOverUnlessFirst) {
  for (const bool first : {false, true}) {
    for (const int32_t columns : {1, 2}) {
      for (const int32_t n : {80, 200}) {
        for (const int32_t maximum : {0, 1}) {
          KernelCase test;
          const int vx = test.arena(Type::kF32, {n, columns});
          const int vy = test.arena(Type::kI32, {columns});
          test.instruction("arg_min_max", {vx, vy, 0, maximum});
          ASSERT_TRUE(test.bind()) << test.error();
          std::vector<float> x(n * columns, -1.0f);
          x[(first ? 0 : 40) * columns] = std::nanf("");
          x[70 * columns] = maximum == 1 ? INFINITY : -INFINITY;
          test.set(vx, x);
          test.run();
          EXPECT_EQ(test.get<int32_t>(vy)[0], first ? 0 : 70);
        }
      }
    }
  }
}

TEST(ArgMinMax, ZerosAreEqual) {
  for (const int32_t n : {2, 200}) {
    for (const int32_t maximum : {0, 1}) {
      KernelCase test;
      const int vx = test.arena(Type::kF32, {n}), vy = test.arena(Type::kI32, {});
      test.instruction("arg_min_max", {vx, vy, 0, maximum});
      ASSERT_TRUE(test.bind()) << test.error();
      std::vector<float> x(n, 0.0f);
      x[maximum == 1 ? 0 : 1] = -0.0f;
      test.set(vx, x);
      test.run();
      EXPECT_EQ(test.get<int32_t>(vy)[0], 0);
    }
  }
}

TEST(ArgMinMax, MutantsAreRefusedOrHarmless) {
  KernelCase test;
  const int vx = test.arena(Type::kI8, {3, 7, 4}), vy = test.arena(Type::kI32, {3, 4});
  test.instruction("arg_min_max", {vx, vy, 1, 1});
  test.fuzz(4000, 60, 332);
}

}  // namespace
}  // namespace octet::test
