// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <cmath>

#include "kernel_case.h"

namespace octet::test {
namespace {

struct Shape {
  std::vector<int32_t> x, window, stride, dilation, base, pad, y;
};
const std::vector<Shape> kShapes = {
    {{7}, {3}, {2}, {1}, {1}, {1}, {4}},
    {{5, 6, 3}, {2, 3, 1}, {1, 2, 1}, {2, 1, 1}, {1, 1, 1}, {0, 1, 0}, {3, 3, 3}},
    {{4, 3}, {2, 2}, {1, 1}, {1, 2}, {2, 3}, {-1, 2}, {5, 6}},
    {{2, 2, 2, 2, 2, 2},
     {1, 2, 1, 2, 1, 1},
     {1, 1, 1, 1, 1, 1},
     {1, 1, 1, 1, 1, 1},
     {1, 1, 1, 1, 1, 1},
     {0, 0, 0, 0, 0, 0},
     {2, 1, 2, 1, 2, 2}},
    {{5}, {9}, {2}, {4}, {6}, {7}, {4}},
    {{4, 5}, {7, 4}, {1, 3}, {6, 10}, {4, 15}, {3, 20}, {5, 3}},
    {{3, 0}, {1, 1}, {1, 1}, {1, 1}, {1, 1}, {0, 0}, {3, 0}},
    {{3, 0}, {1, 3}, {1, 1}, {1, 1}, {1, 1}, {0, 2}, {3, 2}}};

template <typename T>
T join(int32_t operation, T a, T b) {
  switch (operation) {
    case 0:
      return static_cast<T>(a + b);
    case 1:
      return static_cast<T>(a * b);
    case 2:
      return std::min(a, b);
    case 3:
      return std::max(a, b);
    case 4:
      return static_cast<T>(a != 0 && b != 0);
    default:
      return static_cast<T>(a != 0 || b != 0);
  }
}

// Advances a position; false behind the last.
bool next(const std::vector<int32_t>& dims, std::vector<int32_t>* at) {
  for (size_t i = dims.size(); i-- > 0;) {
    if (++(*at)[i] < dims[i]) return true;
    (*at)[i] = 0;
  }
  return false;
}

template <typename T>
void compare(Type type, std::mt19937& random) {
  for (const Shape& s : kShapes) {
    for (int32_t operation = 0; operation < 6; ++operation) {
      size_t elements = 1;
      for (const int32_t dim : s.x) elements *= dim;
      const auto x = random_integers<T>(random, elements, -2, 2);
      const T init = 1;
      std::vector<int32_t> geometry;
      for (const auto& part : {s.window, s.stride, s.dilation, s.base, s.pad}) {
        geometry.insert(geometry.end(), part.begin(), part.end());
      }
      KernelCase test;
      const int vx = test.arena(type, s.x), vi = test.arena(type, {});
      const int vg = test.constant(Type::kI32, {5, static_cast<int32_t>(s.x.size())}, geometry);
      const int vy = test.arena(type, s.y);
      test.instruction("reduce_window", {vx, vi, vg, vy, operation});
      ASSERT_TRUE(test.bind(2)) << test.error();
      test.set(vx, x);
      test.set(vi, std::vector<T>{init});
      test.run();
      const auto y = test.get<T>(vy);
      std::vector<int32_t> o(s.y.size());
      for (size_t i = 0; i < y.size(); ++i, next(s.y, &o)) {
        T expected = init;
        std::vector<int32_t> k(s.window.size());
        do {
          size_t at = 0;
          bool inside = true;
          for (size_t axis = 0; axis < k.size(); ++axis) {
            const int32_t p = o[axis] * s.stride[axis] + k[axis] * s.dilation[axis] - s.pad[axis];
            inside = inside && p >= 0 && p % s.base[axis] == 0 && p / s.base[axis] < s.x[axis];
            at = at * s.x[axis] + (inside ? p / s.base[axis] : 0);
          }
          expected = join(operation, expected, inside ? x[at] : init);
        } while (next(s.window, &k));
        ASSERT_EQ(y[i], expected) << "operation " << operation << " at " << i;
      }
    }
  }
}

TEST(ReduceWindow, EveryOperationAndType) {
  std::mt19937 random(131);
  compare<float>(Type::kF32, random);
  compare<double>(Type::kF64, random);
  compare<int8_t>(Type::kI8, random);
  compare<uint8_t>(Type::kU8, random);
  compare<int16_t>(Type::kI16, random);
  compare<int32_t>(Type::kI32, random);
  compare<int64_t>(Type::kI64, random);
  compare<int8_t>(Type::kBool, random);
}

// y of one window over x.
template <typename T>
std::vector<T> one_window(Type type, const std::vector<int32_t>& dims,
                          std::vector<int32_t> geometry, const std::vector<T>& x, T init,
                          int32_t operation) {
  KernelCase test;
  const auto rank = static_cast<int32_t>(dims.size());
  const int vx = test.arena(type, dims), vi = test.arena(type, {});
  const int vg = test.constant(Type::kI32, {5, rank}, geometry);
  const int vy = test.arena(type, std::vector<int32_t>(rank, 1));
  test.instruction("reduce_window", {vx, vi, vg, vy, operation});
  EXPECT_TRUE(test.bind()) << test.error();
  test.set(vx, x);
  test.set(vi, std::vector<T>{init});
  test.run();
  return test.get<T>(vy);
}

TEST(ReduceWindow, PaddingByMillionsOfInitsTakesNoTime) {
  constexpr int32_t kMost = INT32_MAX;
  const auto start = std::chrono::steady_clock::now();
  for (int32_t operation = 0; operation < 6; ++operation) {
    // three elements among 2^31 - 1 positions
    const auto y =
        one_window<int32_t>(Type::kI32, {3}, {kMost, 1, 1, 1, kMost - 5}, {5, -7, 9}, 3, operation);
    const uint32_t inits = (uint32_t{1} << 31) - 3;  // the first, then 2^31 - 4 joined
    uint32_t power = 1;
    for (uint32_t n = inits, square = 3; n > 0; n >>= 1, square *= square) {
      if ((n & 1) != 0) power *= square;
    }
    const auto sum = static_cast<int32_t>(5 - 7 + 9 + 3 * inits);
    const auto product = static_cast<int32_t>(power * static_cast<uint32_t>(5 * -7 * 9));
    const int32_t expected[] = {sum, product, -7, 9, 1, 1};
    EXPECT_EQ(y[0], expected[operation]) << operation;
  }
  // base and window dilation: positions 0 and 6 of -9 + 3k are elements 0 and 3 of base dilation 2
  EXPECT_EQ(one_window<float>(Type::kF32, {4}, {1 << 30, 1, 3, 2, 9}, {1, 2, 4, 8}, 0, 0)[0], 9);
  // float sums and products stay, alternate or overflow
  EXPECT_EQ(one_window<float>(Type::kF32, {1}, {1 << 30, 1, 1, 1, 9}, {5}, -1, 1)[0], 5);
  EXPECT_EQ(one_window<float>(Type::kF32, {1}, {1 << 30, 1, 1, 1, 8}, {5}, -1, 1)[0], 5);
  EXPECT_EQ(one_window<float>(Type::kF32, {1}, {(1 << 30) - 1, 1, 1, 1, 8}, {5}, -1, 1)[0], -5);
  EXPECT_EQ(one_window<float>(Type::kF32, {1}, {1 << 30, 1, 1, 1, 9}, {5}, 2, 1)[0], INFINITY);
  EXPECT_EQ(one_window<float>(Type::kF32, {1}, {1 << 30, 1, 1, 1, 9}, {5}, 1, 0)[0], 1 << 24);
  EXPECT_EQ(one_window<float>(Type::kF32, {2, 2, 1},
                              {1 << 10, 1 << 10, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 9, 9, 0},
                              {1, 2, 3, 4}, 0, 0)[0],
            10);
  const auto elapsed = std::chrono::steady_clock::now() - start;
  EXPECT_LT(elapsed, std::chrono::seconds(5));
}

void expect_stops(const std::vector<int32_t>& x, const std::vector<int32_t>& geometry,
                  const std::vector<int32_t>& y) {
  KernelCase test;
  const int vx = test.arena(Type::kF64, x), vi = test.arena(Type::kF64, {});
  const auto rank = static_cast<int32_t>(x.size());
  const int vg = test.constant(Type::kI32, {5, rank}, geometry);
  const int vy = test.arena(Type::kF64, y);
  test.instruction("reduce_window", {vx, vi, vg, vy, 0});
  ASSERT_TRUE(test.bind()) << test.error();
  test.set(vi, std::vector<double>{1});
  size_t elements = 1;
  for (const int32_t dim : x) elements *= dim;
  test.set(vx, std::vector<double>(elements, 1));
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(test.status(20'000'000), OCTET_DEADLINE_EXCEEDED);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(2));
}

TEST(ReduceWindow, OneTaskStopsAtTheDeadline) {
  constexpr int32_t kMost = INT32_MAX;
  // one element, many inits
  expect_stops({1}, {kMost, 1, 1, 1, 0}, {1});
  // many elements with some inits between each two
  expect_stops({50000}, {kMost, 1, 1, 40000, 0}, {1});
  // many elements of y, each after some inits
  expect_stops({1, 60000}, {30000, 1, 1, 1, 1, 1, 1, 1, 0, 0}, {1, 60000});
}

TEST(ReduceWindow, GeometryOutOfRangeIsRefused) {
  for (const std::vector<int32_t>& geometry : std::vector<std::vector<int32_t>>{
           {0, 1, 1, 1, 0}, {1, 0, 1, 1, 0}, {1, 1, -1, 1, 0}, {1, 1, 1, 0, 0}, {1, 1, 1, 1}}) {
    KernelCase test;
    const int vx = test.arena(Type::kF32, {4}), vi = test.arena(Type::kF32, {});
    const auto n = static_cast<int32_t>(geometry.size());
    const int vg = test.constant(Type::kI32, {n}, geometry);
    const int vy = test.arena(Type::kF32, {4});
    test.instruction("reduce_window", {vx, vi, vg, vy, 0});
    EXPECT_FALSE(test.bind());
  }
}

TEST(ReduceWindow, MutantsAreRefusedOrHarmless) {
  KernelCase test;
  const int vx = test.arena(Type::kI16, {4, 3}), vi = test.arena(Type::kI16, {1});
  const int vg =
      test.constant(Type::kI32, {10}, std::vector<int32_t>{2, 2, 1, 1, 1, 2, 2, 3, -1, 2});
  const int vy = test.arena(Type::kI16, {5, 6});
  test.instruction("reduce_window", {vx, vi, vg, vy, 3});
  test.fuzz(2000, 200, 132);
}

}  // namespace
}  // namespace octet::test
