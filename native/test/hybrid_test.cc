// SPDX-License-Identifier: Apache-2.0
//
// Float results of int8 products, whose scale and zero point of x come with the run: gemm_i8 with
// rounding 3, and the plain conv_2d and depthwise_conv_2d, against sums in double. int16 and
// transposed convolutions of the plain kernels.
#include "kernel_case.h"
#include "naive_convolution.h"

namespace octet::test {
namespace {

std::vector<int32_t> isas() {
  return runnable({Isa::kScalar, Isa::kAvx2, Isa::kAvx512, Isa::kAvx512Vnni});
}

struct Hybrid {
  std::vector<int8_t> x, w;
  std::vector<float> x_scale, scale, bias;
  std::vector<int32_t> zero;

  Hybrid(size_t x_size, size_t w_size, int32_t scales, int32_t co) {
    std::mt19937 random(61);
    x = random_integers<int8_t>(random, x_size, -128, 127);
    w = random_integers<int8_t>(random, w_size, -127, 127);
    x_scale = random_floats(random, scales);
    for (float& s : x_scale) s = 0.01f + std::abs(s) / 10;
    scale = random_floats(random, co);
    for (float& s : scale) s = 0.001f + std::abs(s) / 100;
    bias = random_floats(random, co);
    zero = random_integers<int32_t>(random, scales, -128, 127);
  }
  // Element `c` of a pixel whose taps are given, of image or row `n`.
  double expected(const NaiveTaps& taps, int32_t n, int32_t c, bool zeros) const {
    int64_t sum = 0;
    for (const auto& [xi, wi] : taps) sum += int64_t{x[xi] - (zeros ? zero[n] : 0)} * w[wi];
    const double y = static_cast<double>(sum) * x_scale[n] * scale[c] + bias[c];
    return std::min(50.0, std::max(-60.0, y));
  }
};

const std::vector<NaiveWindow> kWindows = {{2, 5, 6, 7, 3, 3, 1, 1, 1, 1, 1, 1, 5, 6},
                                           {3, 9, 8, 3, 2, 3, 2, 1, 1, 1, 0, 1, 4, 8},
                                           {1, 9, 9, 4, 3, 3, 1, 1, 2, 3, 2, 3, 9, 9},
                                           {2, 4, 4, 16, 1, 1, 1, 1, 1, 1, 0, 0, 4, 4}};

TEST(Hybrid, GemmAndPlainAgainstDouble) {
  for (const NaiveWindow& s : kWindows) {
    for (const int32_t co : {1, 16, 35, 70}) {
      const Hybrid data(s.x_size(), size_t{1} * co * s.kh * s.kw * s.c, s.n, co);
      for (const bool zeros : {false, true}) {
        for (const int32_t isa : isas()) {
          for (const bool plain : {false, true}) {
            KernelCase test;
            const Layout flipped = {{0, 0, 0, 0}, plain ? 0 : 0x80, 0};
            const int vx = test.arena(Type::kI8, {s.n, s.h, s.w, s.c}, flipped);
            const int vs = test.arena(Type::kF32, {s.n}), vz = test.arena(Type::kI32, {s.n});
            const int vy = test.arena(Type::kF32, {s.n, s.oh, s.ow, co});
            const int vzero = zeros ? vz : -1;
            if (plain) {
              const int vw = test.constant(Type::kI8, {co, s.kh, s.kw, s.c}, data.w);
              const int vb = test.constant(Type::kF32, {co}, data.bias);
              const int vf = test.constant(Type::kF32, {co}, data.scale);
              test.instruction("conv_2d", {vx,
                                           vw,
                                           vb,
                                           -1,
                                           -1,
                                           vf,
                                           vy,
                                           s.stride_h,
                                           s.stride_w,
                                           s.dilation_h,
                                           s.dilation_w,
                                           s.pad_h,
                                           s.pad_w,
                                           0,
                                           0,
                                           0,
                                           0,
                                           0,
                                           0,
                                           bits(-60.0f),
                                           bits(50.0f),
                                           vs,
                                           vzero,
                                           0});
            } else {
              const int weights =
                  test.weights("gemm_i8", {co, s.kh, s.kw, s.c, s.dilation_w, 128, 0, 3},
                               {KernelCase::bytes_of(data.w),
                                KernelCase::bytes_of(data.bias),
                                KernelCase::bytes_of(data.scale),
                                {},
                                {}});
              test.instruction(
                  "gemm_i8", {vx, weights, vy, s.stride_h, s.stride_w, s.dilation_h, s.pad_h,
                              s.pad_w, 0, 0, 0, 1, 1, 0, 0, vs, vzero, bits(-60.0f), bits(50.0f)});
            }
            ASSERT_TRUE(test.bind(2, isa)) << test.error();
            test.set(vx, data.x);
            test.set(vs, data.x_scale);
            test.set(vz, data.zero);
            test.run();
            const auto y = test.get<float>(vy);
            naive_conv(s, 1, co, [&](size_t at, int32_t c, const NaiveTaps& taps) {
              const auto n = static_cast<int32_t>(at / co / s.ow / s.oh);
              ASSERT_NEAR(y[at], data.expected(taps, n, c, zeros), 2e-4) << "isa " << isa;
            });
          }
        }
      }
    }
  }
}

TEST(Hybrid, RowsOfAMatrixHaveScalesOfTheirOwn) {
  const int32_t m = 37, k = 100, co = 50;
  const Hybrid data(size_t{m} * k, size_t{co} * k, m, co);
  for (const int32_t isa : isas()) {
    KernelCase test;
    const int vx = test.arena(Type::kI8, {m, k}, {{0, 0, 0, 0}, 0x80, 0});
    const int vs = test.arena(Type::kF32, {m}), vz = test.arena(Type::kI32, {m});
    const int vy = test.arena(Type::kF32, {m, co});
    const int weights = test.weights("gemm_i8", {co, 1, 1, k, 1, 128, 0, 3},
                                     {KernelCase::bytes_of(data.w),
                                      KernelCase::bytes_of(data.bias),
                                      KernelCase::bytes_of(data.scale),
                                      {},
                                      {}});
    test.instruction("gemm_i8", {vx, weights, vy, 1, 1, 1, 0, 0, 0, 0, 0, 1, 1, 0, 0, vs, vz,
                                 bits(-60.0f), bits(50.0f)});
    ASSERT_TRUE(test.bind(2, isa)) << test.error();
    test.set(vx, data.x);
    test.set(vs, data.x_scale);
    test.set(vz, data.zero);
    test.run();
    const auto y = test.get<float>(vy);
    for (int32_t i = 0; i < m * co; ++i) {
      NaiveTaps taps;
      for (int32_t j = 0; j < k; ++j) taps.push_back({i / co * k + j, i % co * k + j});
      ASSERT_NEAR(y[i], data.expected(taps, i / co, i % co, true), 2e-4) << "isa " << isa;
    }
  }
}

// isa < 0: the plain kernel.
std::vector<float> depthwise(const NaiveWindow& s, int32_t co, const Hybrid& data, int32_t isa,
                             bool zeros) {
  KernelCase test;
  const Layout flipped = {{0, 0, 0, 0}, isa < 0 ? 0 : 0x80, 0};
  const int vx = test.arena(Type::kI8, {s.n, s.h, s.w, s.c}, flipped);
  const int vs = test.arena(Type::kF32, {s.n}), vz = test.arena(Type::kI32, {s.n});
  const int vy = test.arena(Type::kF32, {s.n, s.oh, s.ow, co});
  const int vzero = zeros ? vz : -1;
  if (isa < 0) {
    const int vw = test.constant(Type::kI8, {1, s.kh, s.kw, co}, data.w);
    const int vb = test.constant(Type::kF32, {co}, data.bias);
    const int vf = test.constant(Type::kF32, {co}, data.scale);
    test.instruction("depthwise_conv_2d", {vx,
                                           vw,
                                           vb,
                                           -1,
                                           -1,
                                           vf,
                                           vy,
                                           s.stride_h,
                                           s.stride_w,
                                           s.dilation_h,
                                           s.dilation_w,
                                           s.pad_h,
                                           s.pad_w,
                                           co / s.c,
                                           0,
                                           0,
                                           0,
                                           0,
                                           0,
                                           0,
                                           bits(-60.0f),
                                           bits(50.0f),
                                           vs,
                                           vzero});
  } else {
    const int weights = test.weights("dwconv_i8", {co, s.kh, s.kw, 128, 0, 3},
                                     {KernelCase::bytes_of(data.w),
                                      KernelCase::bytes_of(data.bias),
                                      KernelCase::bytes_of(data.scale),
                                      {},
                                      {}});
    test.instruction("dwconv_i8",
                     {vx, weights, vy, s.stride_h, s.stride_w, s.dilation_h, s.dilation_w, s.pad_h,
                      s.pad_w, 0, 0, 0, vs, vzero, bits(-60.0f), bits(50.0f)});
  }
  EXPECT_TRUE(test.bind(2, isa)) << test.error();
  test.set(vx, data.x);
  test.set(vs, data.x_scale);
  test.set(vz, data.zero);
  test.run();
  return test.get<float>(vy);
}

TEST(Hybrid, DepthwiseAgainstDoubleAndThePlainKernel) {
  std::vector<NaiveWindow> windows = kWindows;
  for (const int32_t c : {32, 70, 144, 200}) {
    windows.push_back({2, 7, 9, c, 3, 3, 1, 1, 1, 1, 1, 1, 7, 9});
    windows.push_back({1, 8, 8, c, 3, 3, 2, 2, 1, 1, 0, 0, 4, 4});
    windows.push_back({1, 9, 20, c, 5, 5, 1, 1, 1, 1, 2, 2, 9, 20});
    windows.push_back({1, 9, 70, c, 3, 3, 1, 30, 1, 1, 1, 0, 9, 3});
  }
  for (const NaiveWindow& s : windows) {
    const int32_t co = s.c < 20 ? 2 * s.c : s.c;
    const Hybrid data(s.x_size(), size_t{1} * co * s.kh * s.kw, s.n, co);
    for (const bool zeros : {false, true}) {
      const auto plain = depthwise(s, co, data, -1, zeros);
      naive_depthwise(s, co, [&](size_t at, int32_t c, const NaiveTaps& taps) {
        const auto n = static_cast<int32_t>(at / co / s.ow / s.oh);
        ASSERT_NEAR(plain[at], data.expected(taps, n, c, zeros), 2e-4);
      });
      for (const int32_t isa : isas()) {
        EXPECT_EQ(depthwise(s, co, data, isa, zeros), plain) << "isa " << isa << " channels " << co;
      }
    }
  }
}

// Form 3 in int64: sums that int32 does not hold.
TEST(PlainWords, SumsAreExact) {
  const int32_t k = 3000, co = 3;
  std::mt19937 random(62);
  const auto w = random_integers<int8_t>(random, size_t{co} * k, -128, -100);
  const auto bias = random_integers<int64_t>(random, co, -1000000, 1000000);
  KernelCase test;
  const int vx = test.arena(Type::kI16, {2, k}), vy = test.arena(Type::kI16, {2, co});
  const int vw = test.constant(Type::kI8, {co, k}, w), vb = test.constant(Type::kI64, {co}, bias);
  const int vm = test.constant(Type::kI32, {co}, std::vector<int32_t>(co, 1 << 30));
  const int vs = test.constant(Type::kI32, {co}, std::vector<int32_t>(co, -20));
  test.instruction("conv_2d", {vx, vw, vb, vm, vs,     -1,    vy, 1,       1,       1,  1,  0,
                               0,  0,  0,  0,  -32768, 32767, 3,  bits(0), bits(0), -1, -1, 0});
  ASSERT_TRUE(test.bind()) << test.error();
  test.set(vx, std::vector<int16_t>(size_t{2} * k, -32768));
  test.run();
  const auto y = test.get<int16_t>(vy);
  for (int32_t i = 0; i < 2 * co; ++i) {
    int64_t sum = bias[i % co];
    for (int32_t j = 0; j < k; ++j) sum += int64_t{-32768} * w[i % co * k + j];
    ASSERT_EQ(y[i], (sum + (int64_t{1} << 20)) >> 21);
  }
}

TEST(PlainTransposed, ScattersAsTheDefinitionSays) {
  const int32_t h = 3, w = 4, ci = 2, co = 3, kh = 3, kw = 2, oh = 6, ow = 11;
  std::mt19937 random(63);
  const auto x = random_floats(random, size_t{h} * w * ci);
  const auto filter = random_floats(random, size_t{co} * kh * kw * ci);
  KernelCase test;
  const int vx = test.arena(Type::kF32, {1, h, w, ci});
  const int vy = test.arena(Type::kF32, {1, oh, ow, co});
  const int vw = test.constant(Type::kF32, {co, kh, kw, ci}, filter);
  test.instruction(
      "conv_2d",
      {vx,           vw, -1, -1, -1, -1, vy, 2, 3, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, bits(-100.0f),
       bits(100.0f), -1, -1, 1});
  ASSERT_TRUE(test.bind()) << test.error();
  test.set(vx, x);
  test.run();
  std::vector<double> expected(size_t{oh} * ow * co);
  for (int32_t i = 0; i < h * w * ci; ++i) {
    for (int32_t tap = 0; tap < kh * kw; ++tap) {
      const int32_t to_h = i / ci / w * 2 - 1 + tap / kw, to_w = i / ci % w * 3 + tap % kw;
      if (to_h < 0 || to_h >= oh || to_w >= ow) continue;
      for (int32_t c = 0; c < co; ++c) {
        expected[(to_h * ow + to_w) * co + c] +=
            double{x[i]} * filter[(c * kh * kw + tap) * ci + i % ci];
      }
    }
  }
  const auto y = test.get<float>(vy);
  for (size_t i = 0; i < y.size(); ++i) ASSERT_NEAR(y[i], expected[i], 1e-5) << i;
}

TEST(Hybrid, MutantsAreRefusedOrHarmless) {
  KernelCase test;
  const int vx = test.arena(Type::kI8, {2, 4, 4, 2}, {{0, 0, 0, 0}, 0x80, 0});
  const int vs = test.arena(Type::kF32, {2}), vz = test.arena(Type::kI32, {2});
  const int vy = test.arena(Type::kF32, {2, 4, 4, 3});
  const int weights = test.weights("gemm_i8", {3, 2, 2, 2, 1, 128, 0, 3},
                                   {std::vector<char>(24, 1), {}, std::vector<char>(12), {}, {}});
  test.instruction("gemm_i8", {vx, weights, vy, 1, 1, 1, 1, 1, 0, 0, 0, 1, 1, 0, 0, vs, vz, bits(0),
                               bits(6.0f)});
  test.fuzz(4000, 200, 64);
  KernelCase plain;
  const int px = plain.arena(Type::kI8, {2, 4, 4, 2});
  const int ps = plain.arena(Type::kF32, {2}), pz = plain.arena(Type::kI32, {2});
  const int py = plain.arena(Type::kF32, {2, 4, 4, 3});
  const int pw = plain.constant(Type::kI8, {3, 2, 2, 2}, std::vector<int8_t>(24, 1));
  const int pf = plain.constant(Type::kF32, {3}, std::vector<float>(3, 0.1f));
  plain.instruction("conv_2d", {px, pw, -1, -1, -1, pf, py, 1,       1,          1,  1,  1,
                                1,  0,  0,  0,  0,  0,  0,  bits(0), bits(6.0f), ps, pz, 0});
  plain.fuzz(4000, 200, 65);
}

}  // namespace
}  // namespace octet::test
