// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "kernel_case.h"

namespace octet::test {
namespace {

struct Shape {
  int32_t n, h, w, c, oh, ow, align, half;
};
const std::vector<Shape> kShapes = {
    {1, 5, 7, 1, 11, 9, 0, 0},    {2, 3, 4, 3, 7, 8, 1, 0}, {1, 6, 6, 21, 13, 30, 0, 1},
    {1, 9, 40, 2, 4, 5, 0, 1},    {1, 1, 1, 8, 5, 6, 1, 0}, {2, 8, 3, 16, 1, 1, 1, 0},
    {1, 33, 33, 4, 65, 65, 0, 0}, {0, 3, 3, 5, 4, 4, 0, 0}, {3, 4, 5, 9, 40, 41, 0, 1}};
const std::vector<int32_t> kIsas =
    runnable({Isa::kScalar, Isa::kAvx2, Isa::kAvx512, Isa::kAvx512Vnni});

struct Tap {
  int32_t low, high;
  double fraction;
};

// In units of 2^-10 where `steps`.
Tap tap(int32_t in, int32_t out, int32_t o, const Shape& s, bool steps) {
  const bool aligned = s.align && out > 1;
  const double from = aligned ? in - 1 : in, to = aligned ? out - 1 : out;
  double at;
  if (steps) {
    const double scale = std::floor((1024 * from + std::floor(to / 2)) / to);
    at = (o * scale + (s.half ? std::floor(scale / 2) - 512 : 0)) / 1024;
  } else {
    const auto scale = static_cast<float>(from) / static_cast<float>(to);
    at = s.half ? (static_cast<float>(o) + 0.5f) * scale - 0.5f : static_cast<float>(o) * scale;
  }
  at = std::min(std::max(at, 0.0), in - 1.0);
  const auto low = static_cast<int32_t>(std::floor(at));
  return {low, std::min(low + 1, in - 1), at - low};
}

// The weighted corners of every element of y.
template <typename T>
std::vector<double> expected(const Shape& s, const std::vector<T>& x, bool steps) {
  std::vector<double> y;
  for (int32_t n = 0; n < s.n; ++n) {
    for (int32_t oh = 0; oh < s.oh; ++oh) {
      const Tap h = tap(s.h, s.oh, oh, s, steps);
      for (int32_t ow = 0; ow < s.ow; ++ow) {
        const Tap w = tap(s.w, s.ow, ow, s, steps);
        for (int32_t c = 0; c < s.c; ++c) {
          const auto at = [&](int32_t ih, int32_t iw) {
            return static_cast<double>(x[((size_t{1} * n * s.h + ih) * s.w + iw) * s.c + c]);
          };
          const double top = at(h.low, w.low) * (1 - w.fraction) + at(h.low, w.high) * w.fraction;
          const double bottom =
              at(h.high, w.low) * (1 - w.fraction) + at(h.high, w.high) * w.fraction;
          y.push_back(top * (1 - h.fraction) + bottom * h.fraction);
        }
      }
    }
  }
  return y;
}

template <typename T, typename Check>
void compare(Type type, int32_t flip, const Shape& s, const std::vector<T>& x, const Check& check) {
  for (const int32_t isa : kIsas) {
    KernelCase test;
    const int vx = test.arena(type, {s.n, s.h, s.w, s.c}, {{0, 0, 0, 0}, flip, 0});
    const int vy = test.arena(type, {s.n, s.oh, s.ow, s.c}, {{0, 0, 0, 0}, flip, 0});
    test.instruction("resize_bilinear", {vx, vy, s.align, s.half});
    ASSERT_TRUE(test.bind(2, isa)) << test.error();
    test.set(vx, x);
    test.run();
    const auto y = test.get<T>(vy);
    const auto e = expected(s, x, type == Type::kI8 || type == Type::kI16);
    ASSERT_EQ(y.size(), e.size());
    for (size_t i = 0; i < y.size(); ++i) check(y[i], e[i]);
  }
}

TEST(ResizeBilinear, Float) {
  std::mt19937 random(101);
  for (const Shape& s : kShapes) {
    const auto x = random_floats(random, size_t{1} * s.n * s.h * s.w * s.c);
    compare(Type::kF32, 0, s, x, [](float y, double e) { ASSERT_NEAR(y, e, 1e-5); });
  }
}

TEST(ResizeBilinear, Integers) {
  std::mt19937 random(102);
  // positions in steps are exact in double
  const auto halves_away = [](auto y, double e) { ASSERT_EQ(y, std::round(e)); };
  for (const Shape& s : kShapes) {
    const size_t elements = size_t{1} * s.n * s.h * s.w * s.c;
    const auto bytes = random_integers<int8_t>(random, elements, -128, 127);
    compare(Type::kI8, 0, s, bytes, halves_away);
    compare(Type::kI8, 0x80, s, bytes, halves_away);
    compare(Type::kI16, 0, s, random_integers<int16_t>(random, elements, -32768, 32767),
            halves_away);
    compare(Type::kU8, 0, s, random_integers<uint8_t>(random, elements, 0, 255),
            [](uint8_t y, double e) { ASSERT_NEAR(y, e, 0.5001); });
  }
}

TEST(ResizeBilinear, BothFlagsAndEmptyInputsAreRefused) {
  KernelCase both;
  const int vx = both.arena(Type::kF32, {1, 2, 2, 1}), vy = both.arena(Type::kF32, {1, 3, 3, 1});
  both.instruction("resize_bilinear", {vx, vy, 1, 1});
  EXPECT_FALSE(both.bind());
  KernelCase empty;
  const int ex = empty.arena(Type::kF32, {1, 0, 2, 1}), ey = empty.arena(Type::kF32, {1, 3, 3, 1});
  empty.instruction("resize_bilinear", {ex, ey, 0, 0});
  EXPECT_FALSE(empty.bind());
}

TEST(ResizeBilinear, MutantsAreRefusedOrHarmless) {
  for (const Type type : {Type::kF32, Type::kI8, Type::kU8, Type::kI16}) {
    KernelCase test;
    const int vx = test.arena(type, {2, 5, 6, 3}), vy = test.arena(type, {2, 9, 7, 3});
    test.instruction("resize_bilinear", {vx, vy, 0, 1});
    test.fuzz(1500, 100, 103);
  }
}

}  // namespace
}  // namespace octet::test
