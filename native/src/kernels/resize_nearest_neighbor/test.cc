// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "kernel_case.h"

namespace octet::test {
namespace {

struct Shape {
  int32_t n, h, w, c, oh, ow, align, half, fixed;
};
const std::vector<Shape> kShapes = {
    {1, 5, 7, 1, 11, 9, 0, 0, 0},    {2, 3, 4, 3, 7, 8, 1, 0, 0}, {1, 6, 6, 21, 13, 30, 0, 1, 0},
    {1, 9, 40, 2, 4, 5, 1, 1, 0},    {1, 1, 1, 8, 5, 6, 1, 0, 0}, {2, 8, 3, 16, 1, 1, 1, 0, 0},
    {1, 13, 13, 4, 26, 26, 0, 0, 1}, {0, 3, 3, 5, 4, 4, 0, 0, 1}, {3, 4, 5, 12, 9, 11, 0, 0, 1}};

int32_t from(int32_t in, int32_t out, int32_t o, const Shape& s) {
  if (s.fixed) {
    const int64_t scale = int64_t{in} * 65536 / out + 1;
    return static_cast<int32_t>(std::min<int64_t>(o * scale / 65536, in - 1));
  }
  const bool aligned = s.align && out > 1;
  const float scale =
      static_cast<float>(aligned ? in - 1 : in) / static_cast<float>(aligned ? out - 1 : out);
  const float at = (static_cast<float>(o) + (s.half ? 0.5f : 0)) * scale;
  return std::min(static_cast<int32_t>(s.align ? std::round(at) : std::floor(at)), in - 1);
}

template <typename T>
void compare(Type type, int32_t flip, std::mt19937& random) {
  for (const Shape& s : kShapes) {
    const auto x =
        random_integers<T>(random, size_t{1} * s.n * s.h * s.w * s.c, -(1 << 30), 1 << 30);
    KernelCase test;
    const int vx = test.arena(type, {s.n, s.h, s.w, s.c});
    const int vy = test.arena(type, {s.n, s.oh, s.ow, s.c}, {{0, 0, 0, 0}, flip, 0});
    test.instruction("resize_nearest_neighbor", {vx, vy, s.align, s.half, s.fixed});
    ASSERT_TRUE(test.bind(2)) << test.error();
    test.set(vx, x);
    test.run();
    const auto y = test.get<T>(vy);
    for (size_t i = 0; i < y.size(); ++i) {
      const auto c = static_cast<int32_t>(i % s.c), ow = static_cast<int32_t>(i / s.c % s.ow);
      const auto oh = static_cast<int32_t>(i / s.c / s.ow % s.oh);
      const size_t n = i / s.c / s.ow / s.oh;
      const size_t row = n * s.h + from(s.h, s.oh, oh, s);
      ASSERT_EQ(y[i], x[(row * s.w + from(s.w, s.ow, ow, s)) * s.c + c]);
    }
  }
}

TEST(ResizeNearestNeighbor, CopiesPixels) {
  std::mt19937 random(104);
  compare<int8_t>(Type::kI8, 0, random);
  compare<int8_t>(Type::kI8, 0x80, random);
  compare<uint8_t>(Type::kU8, 0, random);
  compare<int16_t>(Type::kI16, 0, random);
  compare<int32_t>(Type::kF32, 0, random);
  compare<int64_t>(Type::kI64, 0, random);
}

TEST(ResizeNearestNeighbor, MutantsAreRefusedOrHarmless) {
  KernelCase test;
  const int vx = test.arena(Type::kI8, {2, 5, 6, 3}, {{0, 0, 0, 0}, 0x80, 0});
  const int vy = test.arena(Type::kI8, {2, 9, 7, 3});
  test.instruction("resize_nearest_neighbor", {vx, vy, 0, 0, 1});
  test.fuzz(3000, 200, 105);
}

}  // namespace
}  // namespace octet::test
