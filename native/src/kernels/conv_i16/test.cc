// SPDX-License-Identifier: Apache-2.0
#include "kernel_case.h"
#include "kernels/conv_i16/conv_i16.h"
#include "naive_convolution.h"

namespace octet::test {
namespace {

const std::vector<int32_t>& isas() {
  static const std::vector<int32_t> kIsas = runnable({
#define OCTET_CONV_I16(isa, function) isa,
#include "kernels/conv_i16/kernels.inc"
#undef OCTET_CONV_I16
  });
  return kIsas;
}

struct Case {
  NaiveWindow window;
  int32_t co;
  bool wide_bias;
  int32_t form;
  int32_t least, greatest;  // of the weights
};

int64_t expected(const Case& c, int64_t sum, int32_t multiplier, int32_t shift) {
  if (c.form != 3) {
    return naive_requantize(c.form, static_cast<int32_t>(sum), multiplier, shift);
  }
  const __int128 upper = multiplier < 0x7fff0000 ? (multiplier + 32768) / 65536 : 0x7fff;
  const __int128 divisor = __int128{1} << (15 - shift);
  const __int128 scaled = upper * sum + divisor / 2;
  return static_cast<int64_t>(scaled >= 0 ? scaled / divisor : -((divisor - 1 - scaled) / divisor));
}

void check(const Case& c, uint32_t seed) {
  const NaiveWindow& s = c.window;
  std::mt19937 random(seed);
  const size_t k = size_t{1} * s.kh * s.kw * s.c;
  const auto x = random_integers<int16_t>(random, s.x_size(), -32768, 32767);
  const auto w = random_integers<int8_t>(random, k * c.co, c.least, c.greatest);
  const auto bias = random_integers<int32_t>(random, c.co, -2000000, 2000000);
  const auto multiplier = random_integers<int32_t>(random, c.co, 1 << 30, INT32_MAX);
  const auto shift = random_integers<int32_t>(random, c.co, -16, -8);
  for (const int32_t isa : isas()) {
    KernelCase test;
    const int vx = test.arena(Type::kI16, {s.n, s.h, s.w, s.c});
    const int vy = test.arena(Type::kI16, {s.n, s.oh, s.ow, c.co});
    const std::vector<int64_t> wide(bias.begin(), bias.end());
    const int weights =
        test.weights("conv_i16", {c.co, s.kh, s.kw, s.c, s.dilation_w, c.form},
                     {KernelCase::bytes_of(w),
                      c.wide_bias ? KernelCase::bytes_of(wide) : KernelCase::bytes_of(bias),
                      KernelCase::bytes_of(multiplier), KernelCase::bytes_of(shift)});
    test.instruction("conv_i16", {vx, weights, vy, s.stride_h, s.stride_w, s.dilation_h, s.pad_h,
                                  s.pad_w, -30000, 32767, 1, 1, 0, 0});
    ASSERT_TRUE(test.bind(2, isa)) << test.error();
    test.set(vx, x);
    test.run();
    const auto y = test.get<int16_t>(vy);
    naive_conv(s, 1, c.co, [&](size_t at, int32_t channel, const NaiveTaps& taps) {
      int64_t sum = bias[channel];
      for (const auto& [xi, wi] : taps) sum += int64_t{x[xi]} * w[wi];
      const int64_t q = expected(c, sum, multiplier[channel], shift[channel]);
      ASSERT_EQ(y[at], std::min<int64_t>(32767, std::max<int64_t>(-30000, q)))
          << "isa " << isa << " at " << at;
    });
  }
}

TEST(ConvI16, EveryFormAndShape) {
  const std::vector<NaiveWindow> windows = {
      {1, 5, 6, 3, 3, 3, 1, 1, 1, 1, 1, 1, 5, 6},  {2, 9, 7, 5, 3, 2, 2, 1, 1, 1, 0, 1, 4, 7},
      {1, 9, 9, 4, 3, 3, 1, 1, 2, 3, 2, 3, 9, 9},  {1, 1, 40, 7, 1, 1, 1, 1, 1, 1, 0, 0, 1, 40},
      {2, 3, 5, 16, 1, 1, 1, 2, 1, 1, 0, 0, 3, 3}, {1, 20, 2, 33, 4, 2, 2, 1, 1, 1, 0, 0, 9, 1},
      {0, 5, 5, 3, 3, 3, 1, 1, 1, 1, 1, 1, 5, 5},  {1, 3, 3, 600, 3, 3, 1, 1, 1, 1, 1, 1, 3, 3}};
  uint32_t seed = 1;
  for (const NaiveWindow& window : windows) {
    for (const int32_t co : {1, 2, 3, 6, 8, 10, 15, 16, 17, 40, 70}) {
      for (int32_t form = 1; form <= 3; ++form) {
        check({window, co, form == 3, form, -20, 20}, ++seed);
        check({window, co, form == 2, form, -128, 127}, ++seed);
      }
    }
  }
}

TEST(ConvI16, AnyWideBiasWraps) {
  for (const int32_t isa : isas()) {
    KernelCase test;
    const int vx = test.arena(Type::kI16, {1, 1}), vy = test.arena(Type::kI16, {1, 1});
    const int weights = test.weights(
        "conv_i16", {1, 1, 1, 1, 1, 3},
        {KernelCase::bytes_of(std::vector<int8_t>{1}),
         KernelCase::bytes_of(std::vector<int64_t>{INT64_MAX}),
         KernelCase::bytes_of(std::vector{1 << 30}), KernelCase::bytes_of(std::vector{0})});
    test.instruction("conv_i16", {vx, weights, vy, 1, 1, 1, 0, 0, -32768, 32767, 1, 1, 0, 0});
    ASSERT_TRUE(test.bind(1, isa)) << test.error();
    test.set(vx, std::vector<int16_t>{32767});
    test.run();
    // 2^63 + 32766, times 2^14 modulo 2^64, rounded to multiples of 2^15
    EXPECT_EQ(test.get<int16_t>(vy)[0], 16383) << "isa " << isa;
  }
}

// Partial sums at the ends of what int32 holds, with and without a flush.
TEST(ConvI16, ExtremeSums) {
  for (const int32_t k : {511, 512, 513, 1023, 5000, 32768, 32769}) {
    const int32_t bits = k > 5000 ? 24 : 21;
    for (const int8_t weight : {int8_t{-128}, int8_t{127}}) {
      for (const int32_t isa : isas()) {
        KernelCase test;
        const int vx = test.arena(Type::kI16, {9, k}), vy = test.arena(Type::kI16, {9, 1});
        const std::vector<int8_t> w(k, weight);
        const int weights = test.weights("conv_i16", {1, 1, 1, k, 1, 3},
                                         {KernelCase::bytes_of(w),
                                          {},
                                          KernelCase::bytes_of(std::vector{1 << 30}),
                                          KernelCase::bytes_of(std::vector{1 - bits})});
        test.instruction("conv_i16", {vx, weights, vy, 1, 1, 1, 0, 0, -32768, 32767, 1, 1, 0, 0});
        ASSERT_TRUE(test.bind(1, isa)) << test.error();
        test.set(vx, std::vector<int16_t>(size_t{9} * k, -32768));
        test.run();
        // times 2^-bits, halves up
        const int64_t q = (int64_t{-32768} * weight * k + (int64_t{1} << (bits - 1))) >> bits;
        for (const int16_t y : test.get<int16_t>(vy)) ASSERT_EQ(y, q) << k << " of isa " << isa;
      }
    }
  }
}

TEST(ConvI16, FactorsRoundHalvesAway) {
  for (const int32_t isa : isas()) {
    KernelCase test;
    const int vx = test.arena(Type::kI16, {1, 1}), vy = test.arena(Type::kI16, {1, 3});
    const int weights = test.weights("conv_i16", {3, 1, 1, 1, 1, 4},
                                     {KernelCase::bytes_of(std::vector<int8_t>{1, -1, 3}),
                                      KernelCase::bytes_of(std::vector<int64_t>{0, 0, 1ll << 40}),
                                      KernelCase::bytes_of(std::vector<double>{0.5, 0.5, 0.25}),
                                      {}});
    test.instruction("conv_i16", {vx, weights, vy, 1, 1, 1, 0, 0, -32768, 32767, 1, 1, 0, 0});
    ASSERT_TRUE(test.bind(1, isa)) << test.error();
    test.set(vx, std::vector<int16_t>{5});
    test.run();
    EXPECT_EQ(test.get<int16_t>(vy), (std::vector<int16_t>{3, -3, 32767})) << "isa " << isa;
  }
}

// Shifts down to the least, sums of bias that wrap, one row and several.
TEST(ConvI16, WideFormOfEveryShift) {
  std::mt19937 random(17);
  for (const int32_t most : {-1, 14}) {
    for (const int32_t m : {1, 5}) {
      for (const int32_t n : {2, 46}) {
        const int32_t k = 700;  // 32768 * 127 * k is beyond int32
        const auto x = random_integers<int16_t>(random, size_t{1} * m * k, -32768, 32767);
        const auto w = random_integers<int8_t>(random, size_t{1} * n * k, -128, 127);
        const auto multiplier = random_integers<int32_t>(random, n, 1 << 30, INT32_MAX);
        std::vector<int64_t> bias(n);
        std::vector<int32_t> shift(n);
        for (int32_t c = 0; c < n; ++c) {
          shift[c] = most - c % (most + 32);
          bias[c] = static_cast<int64_t>((uint64_t{random()} << 32 | random()) >> (c % 3 * 20));
        }
        for (const int32_t isa : isas()) {
          KernelCase test;
          const int vx = test.arena(Type::kI16, {m, k}), vy = test.arena(Type::kI16, {m, n});
          const int weights =
              test.weights("conv_i16", {n, 1, 1, k, 1, 3},
                           {KernelCase::bytes_of(w), KernelCase::bytes_of(bias),
                            KernelCase::bytes_of(multiplier), KernelCase::bytes_of(shift)});
          test.instruction("conv_i16", {vx, weights, vy, 1, 1, 1, 0, 0, -32768, 32767, 1, 1, 0, 0});
          ASSERT_TRUE(test.bind(1, isa)) << test.error();
          test.set(vx, x);
          test.run();
          const auto y = test.get<int16_t>(vy);
          for (int32_t i = 0; i < m * n; ++i) {
            const int32_t c = i % n;
            int64_t sum = 0;
            for (int32_t j = 0; j < k; ++j) sum += int64_t{x[i / n * k + j]} * w[c * k + j];
            const uint64_t factor =
                multiplier[c] < 0x7fff0000 ? (multiplier[c] + 32768u) >> 16 : 0x7fff;
            const uint64_t product =
                (static_cast<uint64_t>(sum) + static_cast<uint64_t>(bias[c])) * factor;
            const int64_t q =
                static_cast<int64_t>(product + (uint64_t{1} << (14 - shift[c]))) >> (15 - shift[c]);
            const auto low = static_cast<int32_t>(static_cast<uint64_t>(q));
            ASSERT_EQ(y[i], std::min(32767, std::max(-32768, low)))
                << "isa " << isa << " shift " << shift[c];
          }
        }
      }
    }
  }
}

TEST(ConvI16, FactorsOnManyRows) {
  std::mt19937 random(18);
  for (const int32_t k : {40, 3000}) {
    for (const int32_t n : {1, 5, 16, 37}) {
      const int32_t m = 11;
      const auto x = random_integers<int16_t>(random, size_t{1} * m * k, -32768, 32767);
      const auto w = random_integers<int8_t>(random, size_t{1} * n * k, -128, 127);
      const auto narrow = random_integers<int32_t>(random, n, -2000000000, 2000000000);
      const std::vector<int64_t> bias(narrow.begin(), narrow.end());
      std::vector<double> factor(n);
      for (double& f : factor) f = 1e-4 * (random() % 1000);
      for (const int32_t isa : isas()) {
        KernelCase test;
        const int vx = test.arena(Type::kI16, {m, k}), vy = test.arena(Type::kI16, {m, n});
        const int weights = test.weights("conv_i16", {n, 1, 1, k, 1, 4},
                                         {KernelCase::bytes_of(w),
                                          KernelCase::bytes_of(bias),
                                          KernelCase::bytes_of(factor),
                                          {}});
        test.instruction("conv_i16", {vx, weights, vy, 1, 1, 1, 0, 0, -32768, 32760, 1, 1, 0, 0});
        ASSERT_TRUE(test.bind(1, isa)) << test.error();
        test.set(vx, x);
        test.run();
        const auto y = test.get<int16_t>(vy);
        for (int32_t i = 0; i < m * n; ++i) {
          int64_t sum = bias[i % n];
          for (int32_t j = 0; j < k; ++j) sum += int64_t{x[i / n * k + j]} * w[i % n * k + j];
          const double v = std::round(static_cast<double>(sum) * factor[i % n]);
          ASSERT_EQ(y[i], std::min(32760.0, std::max(-32768.0, v))) << "isa " << isa;
        }
      }
    }
  }
}

// Four phases of a 2x2 transposed convolution fill y.
TEST(ConvI16, PhasesLeaveTheRestAlone) {
  KernelCase test;
  const int vx = test.arena(Type::kI16, {1, 3, 3, 1}), vy = test.arena(Type::kI16, {1, 5, 6, 2});
  const std::vector<int32_t> multiplier(2, 1 << 30), shift(2, 1);
  for (int32_t phase = 0; phase < 4; ++phase) {
    const std::vector<int8_t> w = {static_cast<int8_t>(phase + 1), static_cast<int8_t>(10 * phase)};
    const int weights = test.weights("conv_i16", {2, 1, 1, 1, 1, 3},
                                     {KernelCase::bytes_of(w),
                                      {},
                                      KernelCase::bytes_of(multiplier),
                                      KernelCase::bytes_of(shift)});
    test.instruction("conv_i16",
                     {vx, weights, vy, 1, 1, 1, 0, 0, -32768, 32767, 2, 2, phase / 2, phase % 2});
  }
  ASSERT_TRUE(test.bind()) << test.error();
  test.set(vx, std::vector<int16_t>{1, 2, 3, 4, 5, 6, 7, 8, 9});
  test.run();
  const auto y = test.get<int16_t>(vy);
  for (int32_t i = 0; i < 5; ++i) {
    for (int32_t j = 0; j < 6; ++j) {
      const int32_t phase = i % 2 * 2 + j % 2, x = i / 2 * 3 + j / 2 + 1;
      EXPECT_EQ(y[(i * 6 + j) * 2], x * (phase + 1)) << i << " " << j;
      EXPECT_EQ(y[(i * 6 + j) * 2 + 1], x * 10 * phase);
    }
  }
}

TEST(ConvI16, MutantsAreRefusedOrHarmless) {
  KernelCase test;
  const int vx = test.arena(Type::kI16, {1, 4, 4, 2}), vy = test.arena(Type::kI16, {1, 4, 4, 3});
  const int weights = test.weights(
      "conv_i16", {3, 2, 2, 2, 1, 3},
      {std::vector<char>(24, 1), std::vector<char>(24, 0),
       KernelCase::bytes_of(std::vector<int32_t>(3, 1 << 30)), std::vector<char>(12, 0)});
  test.instruction("conv_i16", {vx, weights, vy, 1, 1, 1, 1, 1, -5, 1000, 1, 1, 0, 0});
  test.fuzz(4000, 200, 33);
}

}  // namespace
}  // namespace octet::test
