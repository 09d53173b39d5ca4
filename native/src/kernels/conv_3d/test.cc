// SPDX-License-Identifier: Apache-2.0
#include "kernel_case.h"

namespace octet::test {
namespace {

// conv_3d and conv_3d_f32 agree with sums in double, forward; conv_3d also transposed.
struct Shape {
  int32_t n, in[3], ci, co, k[3], stride[3], dilation[3], pad[3], out[3];
};

double expected(const Shape& s, const std::vector<float>& x, const std::vector<float>& w,
                bool transposed, int64_t n, const int32_t* o, int32_t c) {
  double sum = 0;
  for (int32_t tap = 0; tap < s.k[0] * s.k[1] * s.k[2]; ++tap) {
    const int32_t t[3] = {tap / s.k[2] / s.k[1], tap / s.k[2] % s.k[1], tap % s.k[2]};
    int64_t pixel = n;
    bool inside = true;
    for (int32_t i = 0; i < 3; ++i) {
      int32_t at = o[i] * s.stride[i] - s.pad[i] + t[i] * s.dilation[i];
      if (transposed) {
        const int32_t reached = o[i] + s.pad[i] - t[i] * s.dilation[i];
        at = reached < 0 || reached % s.stride[i] != 0 ? -1 : reached / s.stride[i];
      }
      inside = inside && at >= 0 && at < s.in[i];
      pixel = pixel * s.in[i] + at;
    }
    for (int32_t i = 0; inside && i < s.ci; ++i) {
      const int64_t at =
          transposed ? (int64_t{tap} * s.co + c) * s.ci + i : (int64_t{tap} * s.ci + i) * s.co + c;
      sum += double{x[pixel * s.ci + i]} * w[at];
    }
  }
  return sum;
}

void check(const Shape& s, bool transposed, bool packed) {
  std::mt19937 random(5);
  const int32_t taps = s.k[0] * s.k[1] * s.k[2];
  const auto x = random_floats(random, size_t{1} * s.n * s.in[0] * s.in[1] * s.in[2] * s.ci);
  const auto w = random_floats(random, size_t{1} * taps * s.ci * s.co);
  const auto bias = random_floats(random, s.co);
  KernelCase test;
  const int vx = test.arena(Type::kF32, {s.n, s.in[0], s.in[1], s.in[2], s.ci});
  const int vy = test.arena(Type::kF32, {s.n, s.out[0], s.out[1], s.out[2], s.co});
  std::vector<int32_t> fields;
  if (packed) {
    std::vector<float> by_channel;
    for (int32_t c = 0; c < s.co; ++c) {
      for (int32_t i = 0; i < taps * s.ci; ++i) by_channel.push_back(w[i * s.co + c]);
    }
    const int weights =
        test.weights("conv_f32", {s.co, taps, 1, s.ci},
                     {KernelCase::bytes_of(by_channel), KernelCase::bytes_of(bias)});
    fields = {vx, weights, vy, s.k[0], s.k[1], s.k[2]};
  } else {
    const int32_t a = transposed ? s.co : s.ci, b = transposed ? s.ci : s.co;
    const int vw = test.constant(Type::kF32, {s.k[0], s.k[1], s.k[2], a, b}, w);
    fields = {vx, vw, test.constant(Type::kF32, {s.co}, bias), vy};
  }
  for (const auto* three : {s.stride, s.dilation, s.pad}) {
    fields.insert(fields.end(), three, three + 3);
  }
  if (packed) {
    fields.insert(fields.end(), {1, 1, 1, 0, 0, 0});
  } else {
    fields.push_back(transposed);
  }
  fields.insert(fields.end(), {bits(-2.0f), bits(3.0f)});
  test.instruction(packed ? "conv_3d_f32" : "conv_3d", fields);
  ASSERT_TRUE(test.bind(2)) << test.error();
  test.set(vx, x);
  test.run();
  const auto y = test.get<float>(vy);
  for (size_t i = 0; i < y.size(); ++i) {
    const auto c = static_cast<int32_t>(i % s.co);
    const auto pixel = static_cast<int32_t>(i / s.co);
    const int32_t o[3] = {pixel / s.out[2] / s.out[1] % s.out[0], pixel / s.out[2] % s.out[1],
                          pixel % s.out[2]};
    const int64_t n = pixel / s.out[2] / s.out[1] / s.out[0];
    const double sum = expected(s, x, w, transposed, n, o, c) + bias[c];
    ASSERT_NEAR(y[i], std::min(3.0, std::max(-2.0, sum)), 2e-5) << i;
  }
}

TEST(Conv3d, AgainstDouble) {
  const Shape forward[] = {
      {1, {4, 5, 6}, 3, 5, {3, 3, 3}, {1, 1, 1}, {1, 1, 1}, {1, 1, 1}, {4, 5, 6}},
      {2, {5, 4, 7}, 2, 17, {2, 3, 1}, {2, 1, 3}, {1, 1, 1}, {0, 1, 0}, {2, 4, 3}},
      {1, {6, 6, 30}, 4, 33, {2, 2, 3}, {1, 2, 1}, {2, 1, 3}, {1, 0, 2}, {6, 3, 28}},
      {0, {2, 2, 2}, 1, 1, {1, 1, 1}, {1, 1, 1}, {1, 1, 1}, {0, 0, 0}, {2, 2, 2}}};
  for (const Shape& s : forward) {
    check(s, false, false);
    check(s, false, true);
  }
  check({2, {2, 3, 4}, 3, 5, {3, 2, 4}, {2, 1, 3}, {1, 2, 1}, {1, 0, 1}, {4, 5, 11}}, true, false);
}

TEST(Conv3d, MutantsAreRefusedOrHarmless) {
  KernelCase plain;
  const int vx = plain.arena(Type::kF32, {1, 3, 3, 3, 2});
  const int vy = plain.arena(Type::kF32, {1, 3, 3, 3, 3});
  const int vw = plain.constant(Type::kF32, {2, 2, 2, 2, 3}, std::vector<float>(48, 1));
  plain.instruction("conv_3d", {vx, vw, -1, vy, 1, 1, 1, 1, 1, 1, 1, 0, 1, 0, bits(0), bits(6)});
  plain.fuzz(3000, 200, 41);
  KernelCase packed;
  const int px = packed.arena(Type::kF32, {1, 3, 3, 3, 2});
  const int py = packed.arena(Type::kF32, {1, 3, 3, 3, 3});
  const int weights =
      packed.weights("conv_f32", {3, 8, 1, 2}, {std::vector<char>(192), std::vector<char>(12)});
  packed.instruction("conv_3d_f32", {px, weights, py, 2, 2, 2, 1, 1, 1, 1,       1,      1,
                                     1,  0,       1,  1, 1, 1, 0, 0, 0, bits(0), bits(6)});
  packed.fuzz(3000, 200, 42);
}

}  // namespace
}  // namespace octet::test
