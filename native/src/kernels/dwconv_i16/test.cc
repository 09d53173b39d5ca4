// SPDX-License-Identifier: Apache-2.0
#include "kernel_case.h"
#include "kernels/dwconv_i16/dwconv_i16.h"
#include "naive_convolution.h"

namespace octet::test {
namespace {

const std::vector<int32_t>& isas() {
  static const std::vector<int32_t> kIsas = runnable({
#define OCTET_DWCONV_I16(isa, function) isa,
#include "kernels/dwconv_i16/kernels.inc"
#undef OCTET_DWCONV_I16
  });
  return kIsas;
}

struct Case {
  NaiveWindow window;
  int32_t depth_multiplier;
  int32_t most_shift;
  bool border;
};

void check(const Case& c, uint32_t seed) {
  const NaiveWindow& s = c.window;
  std::mt19937 random(seed);
  const int32_t co = s.c * c.depth_multiplier;
  const auto x = random_integers<int16_t>(random, s.x_size(), -32768, 32767);
  const auto w = random_integers<int8_t>(random, size_t{1} * s.kh * s.kw * co, -128, 127);
  const auto multiplier = random_integers<int32_t>(random, co, 1 << 30, INT32_MAX);
  const auto shift = random_integers<int32_t>(random, co, c.most_shift - 6, c.most_shift);
  std::vector<int64_t> bias(co);
  for (int32_t i = 0; i < co; ++i) {
    bias[i] = static_cast<int64_t>(uint64_t{random()} << 32 | random()) >> (i % 4 * 15);
  }
  for (const int32_t isa : isas()) {
    KernelCase test;
    Layout layout;
    if (c.border) layout.border = {1, 2, 3, 1};
    const int vx = test.arena(Type::kI16, {s.n, s.h, s.w, s.c}, layout);
    const int vy = test.arena(Type::kI16, {s.n, s.oh, s.ow, co});
    const int weights =
        test.weights("dwconv_i16", {co, s.kh, s.kw},
                     {KernelCase::bytes_of(w), KernelCase::bytes_of(bias),
                      KernelCase::bytes_of(multiplier), KernelCase::bytes_of(shift)});
    test.instruction("dwconv_i16", {vx, weights, vy, s.stride_h, s.stride_w, s.dilation_h,
                                    s.dilation_w, s.pad_h, s.pad_w, -30000, 32767});
    ASSERT_TRUE(test.bind(2, isa)) << test.error();
    test.set(vx, x);
    test.run();
    const auto y = test.get<int16_t>(vy);
    naive_depthwise(s, co, [&](size_t at, int32_t channel, const NaiveTaps& taps) {
      int64_t sum = 0;
      for (const auto& [xi, wi] : taps) sum += int64_t{x[xi]} * w[wi];
      const uint64_t factor =
          multiplier[channel] < 0x7fff0000 ? (multiplier[channel] + 32768u) >> 16 : 0x7fff;
      const uint64_t product =
          (static_cast<uint64_t>(sum) + static_cast<uint64_t>(bias[channel])) * factor;
      const uint64_t half = uint64_t{1} << (14 - shift[channel]);
      const int64_t q = static_cast<int64_t>(product + half) >> (15 - shift[channel]);
      const auto low = static_cast<int32_t>(static_cast<uint64_t>(q));
      ASSERT_EQ(y[at], std::min(32767, std::max(-30000, low))) << "isa " << isa << " at " << at;
    });
  }
}

TEST(DwconvI16, EveryShape) {
  const std::vector<Case> cases = {
      {{1, 5, 6, 16, 3, 3, 1, 1, 1, 1, 1, 1, 5, 6}, 1, -9, false},
      {{1, 5, 6, 16, 3, 3, 1, 1, 1, 1, 0, 0, 3, 4}, 1, -9, true},
      {{2, 6, 5, 70, 3, 2, 2, 2, 1, 1, 0, 1, 2, 3}, 1, -8, true},
      {{1, 9, 8, 3, 3, 3, 1, 1, 2, 2, 2, 2, 9, 8}, 4, -8, false},
      {{1, 7, 11, 33, 3, 3, 1, 2, 1, 1, 1, 0, 7, 5}, 1, -25, false},
      {{1, 4, 13, 48, 1, 1, 1, 1, 1, 1, 0, 0, 4, 13}, 1, -7, false},
      {{1, 8, 9, 64, 4, 4, 1, 1, 1, 2, 1, 2, 7, 7}, 1, -10, false},
      {{1, 30, 30, 5, 23, 23, 1, 1, 1, 1, 0, 0, 8, 8}, 1, -14, false},  // sums beyond int32
      {{1, 3, 3, 40, 3, 3, 1, 1, 1, 1, 0, 0, 1, 1}, 2, 3, false},       // shifts for scalars only
      {{0, 5, 5, 3, 3, 3, 1, 1, 1, 1, 1, 1, 5, 5}, 1, -9, false}};
  uint32_t seed = 1;
  for (const Case& c : cases) check(c, ++seed);
}

TEST(DwconvI16, MutantsAreRefusedOrHarmless) {
  KernelCase test;
  const int vx = test.arena(Type::kI16, {1, 4, 4, 2}, {{1, 1, 1, 1}, 0, 0});
  const int vy = test.arena(Type::kI16, {1, 4, 4, 4});
  const int weights = test.weights(
      "dwconv_i16", {4, 2, 2},
      {std::vector<char>(16, 1), std::vector<char>(32, 0),
       KernelCase::bytes_of(std::vector<int32_t>(4, 1 << 30)), std::vector<char>(16, 0)});
  test.instruction("dwconv_i16", {vx, weights, vy, 1, 1, 1, 1, 1, 1, -5, 1000});
  test.fuzz(4000, 200, 34);
}

}  // namespace
}  // namespace octet::test
