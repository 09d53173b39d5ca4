// SPDX-License-Identifier: Apache-2.0
#include "kernel_case.h"
#include "kernels/dwconv_f32/dwconv_f32.h"
#include "naive_convolution.h"

namespace octet::test {
namespace {

const std::vector<Isa> kIsas = {
#define OCTET_DWCONV_F32(name) name.isa,
#include "kernels/dwconv_f32/kernels.inc"
#undef OCTET_DWCONV_F32
};

std::vector<NaiveWindow> shapes() {
  std::vector<NaiveWindow> result = {
      {2, 6, 5, 70, 3, 2, 2, 2, 1, 1, 0, 1, 2, 3},  {1, 9, 12, 3, 3, 3, 1, 1, 2, 2, 2, 2, 9, 12},
      {1, 11, 9, 5, 10, 8, 2, 2, 1, 1, 4, 3, 6, 5}, {1, 2, 2, 8, 5, 5, 1, 1, 1, 1, 2, 2, 2, 2},
      {0, 5, 5, 3, 3, 3, 1, 1, 1, 1, 1, 1, 5, 5},   {1, 5, 5, 0, 3, 3, 1, 1, 1, 1, 1, 1, 5, 5},
      {1, 1, 1, 20, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1},  {1, 3, 1, 9, 3, 3, 1, 1, 1, 1, 1, 1, 3, 1},
      {2, 13, 14, 9, 5, 5, 2, 2, 1, 1, 1, 2, 6, 7}, {2, 9, 10, 17, 3, 3, 2, 2, 1, 1, 0, 1, 4, 5},
      {1, 7, 9, 136, 3, 3, 1, 1, 1, 1, 1, 1, 7, 9}, {1, 7, 9, 24, 5, 5, 1, 1, 1, 1, 2, 2, 7, 9},
      {1, 9, 9, 12, 3, 3, 2, 1, 1, 1, 1, 1, 5, 9},  {1, 9, 9, 12, 3, 3, 3, 3, 1, 1, 0, 0, 3, 3},
      {1, 9, 9, 12, 3, 3, 1, 1, 1, 3, 1, 3, 9, 9},  {1, 9, 8, 40, 5, 5, 1, 1, 1, 1, 0, 0, 5, 4},
  };
  for (const int32_t c : {1, 2, 4, 7, 8, 9, 15, 16, 17, 24, 25, 31, 32, 33, 48, 65, 129, 160}) {
    result.push_back({1, 4, 11, c, 3, 3, 1, 1, 1, 1, 1, 1, 4, 11});
    result.push_back({1, 5, 12, c, 3, 3, 2, 2, 1, 1, 0, 0, 2, 6});
  }
  // every remainder of rows and columns of a block
  for (int32_t size = 3; size < 9; ++size) {
    result.push_back({1, size, size + 1, 10, 3, 3, 1, 1, 1, 1, 0, 0, size - 2, size - 1});
    result.push_back({1, size + 2, 2 * size + 3, 10, 5, 5, 2, 2, 1, 1, 0, 0, (size - 1) / 2, size});
  }
  return result;
}

TEST(DwconvF32, EveryIsaAgainstDouble) {
  std::mt19937 random(41);
  for (const int32_t isa : runnable(kIsas)) {
    for (const NaiveWindow& s : shapes()) {
      for (const bool bordered : {false, true}) {
        const int32_t co = s.c;
        const auto x = random_floats(random, s.x_size());
        const auto w = random_floats(random, size_t{1} * s.kh * s.kw * co);
        const auto bias = random_floats(random, bordered ? co : 0);
        KernelCase test;
        const int vx = test.arena(Type::kF32, {s.n, s.h, s.w, s.c},
                                  bordered ? Layout{{1, 2, 1, 0}, 0, 0} : Layout{});
        const int weights =
            test.weights("dwconv_f32", {s.kh, s.kw, co}, {test.bytes_of(w), test.bytes_of(bias)});
        const int vy = test.arena(Type::kF32, {s.n, s.oh, s.ow, co});
        test.instruction("dwconv_f32", {vx, weights, vy, s.stride_h, s.stride_w, s.dilation_h,
                                        s.dilation_w, s.pad_h, s.pad_w, bits(-0.75f), bits(1.0f)});
        ASSERT_TRUE(test.bind(2, isa)) << test.error();
        test.set(vx, x);
        test.run();
        const auto y = test.get<float>(vy);
        naive_depthwise(s, co, [&](size_t at, int32_t c, const NaiveTaps& taps) {
          double sum = bias.empty() ? 0 : bias[c], size = 1e-3 + std::abs(sum);
          for (const auto& [xi, wi] : taps) {
            sum += static_cast<double>(x[xi]) * w[wi];
            size += std::abs(static_cast<double>(x[xi]) * w[wi]);
          }
          ASSERT_NEAR(y[at], std::min(1.0, std::max(-0.75, sum)), 1e-6 * size) << isa;
        });
      }
    }
  }
}

TEST(DwconvF32, PackerRefusesSizesThatDoNotFit) {
  const std::vector<char> w(4 * 3 * 3 * 5), bias(20);
  const auto packed = [](std::vector<int32_t> fields, std::vector<std::vector<char>> parts) {
    KernelCase test;
    test.weights("dwconv_f32", std::move(fields), std::move(parts));
    return test.bind();
  };
  EXPECT_TRUE(packed({3, 3, 5}, {w, bias}));
  EXPECT_FALSE(packed({3, 3, 5}, {w, w}));
  EXPECT_FALSE(packed({3, 3, 4}, {w, {}}));
  EXPECT_FALSE(packed({-3, -3, 5}, {w, {}}));
  EXPECT_FALSE(packed({INT32_MAX, INT32_MAX, INT32_MAX}, {w, {}}));
}

TEST(DwconvF32, MutantsAreRefusedOrHarmless) {
  KernelCase test;
  const int vx = test.arena(Type::kF32, {1, 4, 4, 5}, {{1, 1, 1, 1}, 0, 0});
  const int weights = test.weights("dwconv_f32", {2, 2, 5},
                                   {std::vector<char>(4 * 2 * 2 * 5), std::vector<char>(20)});
  const int vy = test.arena(Type::kF32, {1, 4, 4, 5});
  test.instruction("dwconv_f32", {vx, weights, vy, 1, 1, 1, 1, 1, 1, bits(0), bits(6)});
  test.fuzz(4000, 400, 42);
}

}  // namespace
}  // namespace octet::test
