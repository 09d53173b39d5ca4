// SPDX-License-Identifier: Apache-2.0
#include "kernel_case.h"
#include "kernels/conv_f32/conv_f32.h"
#include "naive_convolution.h"

namespace octet::test {
namespace {

const std::vector<Isa> kIsas = {
#define OCTET_CONV_F32(name) name.isa,
#include "kernels/conv_f32/kernels.inc"
#undef OCTET_CONV_F32
};

struct Shape {
  NaiveWindow window;
  int32_t co;
};

std::vector<Shape> shapes() {
  std::vector<Shape> result = {
      {{1, 5, 6, 3, 3, 3, 1, 1, 1, 1, 1, 1, 5, 6}, 8},
      {{2, 7, 5, 17, 3, 2, 2, 1, 1, 1, 1, 0, 4, 5}, 33},
      {{1, 9, 9, 2, 3, 3, 1, 1, 2, 3, 2, 3, 9, 9}, 3},
      {{1, 2, 2, 4, 5, 5, 1, 1, 1, 1, 3, 3, 4, 4}, 20},
      {{0, 5, 5, 3, 3, 3, 1, 1, 1, 1, 1, 1, 5, 5}, 4},
      {{1, 5, 5, 3, 3, 3, 1, 1, 1, 1, 1, 1, 5, 5}, 0},
      {{1, 3, 3, 0, 3, 3, 1, 1, 1, 1, 1, 1, 3, 3}, 5},
  };
  // every remainder of rows and columns of a tile
  for (int32_t m = 1; m <= 17; ++m) {
    result.push_back({{1, 1, m, 13, 1, 1, 1, 1, 1, 1, 0, 0, 1, m}, 31 + m});
  }
  for (const int32_t co : {1, 15, 16, 17, 32, 127, 128, 129, 400}) {
    result.push_back({{1, 1, 1, 50, 1, 1, 1, 1, 1, 1, 0, 0, 1, 1}, co});
  }
  return result;
}

TEST(ConvF32, EveryIsaAgainstDouble) {
  std::mt19937 random(31);
  for (const int32_t isa : runnable(kIsas)) {
    for (const Shape& shape : shapes()) {
      for (const bool bordered : {false, true}) {
        const NaiveWindow& s = shape.window;
        const auto x = random_floats(random, s.x_size());
        const auto w = random_floats(random, size_t{1} * shape.co * s.kh * s.kw * s.c);
        const auto bias = random_floats(random, bordered ? shape.co : 0);
        KernelCase test;
        const int vx = test.arena(Type::kF32, {s.n, s.h, s.w, s.c},
                                  bordered ? Layout{{1, 2, 1, 0}, 0, 0} : Layout{});
        const int weights = test.weights("conv_f32", {shape.co, s.kh, s.kw, s.c},
                                         {test.bytes_of(w), test.bytes_of(bias)});
        const int vy = test.arena(Type::kF32, {s.n, s.oh, s.ow, shape.co});
        test.instruction("conv_f32",
                         {vx, weights, vy, s.stride_h, s.stride_w, s.dilation_h, s.dilation_w,
                          s.pad_h, s.pad_w, bits(-1.5f), bits(2.0f), 1, 1, 0, 0});
        ASSERT_TRUE(test.bind(2, isa)) << test.error();
        test.set(vx, x);
        test.run();
        const auto y = test.get<float>(vy);
        naive_conv(s, 1, shape.co, [&](size_t at, int32_t c, const NaiveTaps& taps) {
          double sum = bias.empty() ? 0 : bias[c], size = 1e-3 + std::abs(sum);
          for (const auto& [xi, wi] : taps) {
            sum += static_cast<double>(x[xi]) * w[wi];
            size += std::abs(static_cast<double>(x[xi]) * w[wi]);
          }
          ASSERT_NEAR(y[at], std::min(2.0, std::max(-1.5, sum)), 1e-6 * size) << isa;
        });
      }
    }
  }
}

// float16 arithmetic, for up to 2304 products a sum: within the bound of conv_f32.h.
TEST(ConvF32, HalvesAgainstDouble) {
  if (!isa_usable(Isa::kNeonHalf)) GTEST_SKIP() << "needs float16 arithmetic";
  std::mt19937 random(33);
  std::vector<Shape> all = shapes();
  all.push_back({{1, 6, 6, 256, 3, 3, 1, 1, 1, 1, 1, 1, 6, 6}, 24});
  double worst = 0;
  for (const Shape& shape : all) {
    const NaiveWindow& s = shape.window;
    const auto x = random_floats(random, s.x_size());
    const auto w = random_floats(random, size_t{1} * shape.co * s.kh * s.kw * s.c);
    const auto bias = random_floats(random, shape.co);
    KernelCase test;
    const int vx = test.arena(Type::kF32, {s.n, s.h, s.w, s.c});
    const int weights = test.weights("conv_f32", {shape.co, s.kh, s.kw, s.c},
                                     {test.bytes_of(w), test.bytes_of(bias)});
    const int vy = test.arena(Type::kF32, {s.n, s.oh, s.ow, shape.co});
    test.instruction("conv_f32",
                     {vx, weights, vy, s.stride_h, s.stride_w, s.dilation_h, s.dilation_w, s.pad_h,
                      s.pad_w, bits(-1e9f), bits(1e9f), 1, 1, 0, 0});
    ASSERT_TRUE(test.bind(2, static_cast<int32_t>(Isa::kNeonHalf))) << test.error();
    test.set(vx, x);
    test.run();
    const auto y = test.get<float>(vy);
    naive_conv(s, 1, shape.co, [&](size_t at, int32_t c, const NaiveTaps& taps) {
      double sum = bias[c], size = 1e-3;
      for (const auto& [xi, wi] : taps) {
        sum += static_cast<double>(x[xi]) * w[wi];
        size += std::abs(static_cast<double>(x[xi]) * w[wi]);
      }
      const double error = std::abs(y[at] - sum) - 1e-6 * std::abs(sum);
      worst = std::max(worst, error / size);
      ASSERT_LE(error, size / 64) << at;
    });
  }
  RecordProperty("worst", std::to_string(worst));
  std::printf("error up to %.2e of the sum of magnitudes\n", worst);
}

TEST(ConvF32, PackerRefusesSizesThatDoNotFit) {
  const std::vector<char> w(4 * 2 * 3 * 3 * 5), bias(8);
  const auto packed = [](std::vector<int32_t> fields, std::vector<std::vector<char>> parts) {
    KernelCase test;
    test.weights("conv_f32", std::move(fields), std::move(parts));
    return test.bind();
  };
  EXPECT_TRUE(packed({2, 3, 3, 5}, {w, bias}));
  EXPECT_TRUE(packed({2, 3, 3, 5}, {w, {}}));
  EXPECT_FALSE(packed({2, 3, 3, 5}, {w, std::vector<char>(4)}));
  EXPECT_FALSE(packed({3, 3, 3, 5}, {w, {}}));
  EXPECT_FALSE(packed({-2, 3, -3, 5}, {w, {}}));
  EXPECT_FALSE(packed({INT32_MAX, INT32_MAX, 4, 4}, {w, {}}));
  EXPECT_FALSE(packed({1 << 16, 1 << 16, 1 << 16, 1 << 16}, {{}, {}})) << "0 modulo 2^64";
}

TEST(ConvF32, MutantsAreRefusedOrHarmless) {
  KernelCase test;
  const int vx = test.arena(Type::kF32, {1, 4, 4, 3}, {{1, 1, 1, 1}, 0, 0});
  const int weights = test.weights("conv_f32", {5, 2, 2, 3},
                                   {std::vector<char>(4 * 5 * 2 * 2 * 3), std::vector<char>(20)});
  const int vy = test.arena(Type::kF32, {1, 4, 4, 5});
  test.instruction("conv_f32", {vx, weights, vy, 1, 1, 1, 1, 1, 1, bits(0), bits(6), 1, 1, 0, 0});
  test.fuzz(4000, 400, 32);
}

}  // namespace
}  // namespace octet::test
