// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "base/fixed_point.h"
#include "kernel_case.h"
#include "kernels/recurrent/reference.h"

namespace octet::test {
namespace {

using Floats = std::vector<float>;
const std::vector<Isa> kIsas = {Isa::kScalar, Isa::kAvx2, Isa::kAvx512, Isa::kAvx512Vnni};

struct Placed {
  int x, h, c, y, c_new, concat, gates;
};

Placed place(KernelCase* test, bool integer, int32_t batch, int32_t inputs, int32_t cells,
             std::vector<char> w, std::vector<char> bias, int32_t zero, int32_t shift,
             int32_t write_back) {
  const Type narrow = integer ? Type::kU8 : Type::kF32, wide = integer ? Type::kI16 : Type::kF32;
  Placed at{};
  at.x = test->arena(narrow, {batch, inputs});
  at.h = test->arena(narrow, {batch, cells});
  at.c = test->arena(wide, {batch, cells});
  at.y = test->arena(narrow, {batch, cells});
  at.c_new = test->arena(wide, {batch, cells});
  at.concat = test->arena(narrow, {batch, inputs + cells});
  at.gates = test->arena(wide, {batch, 4 * cells});
  const int weights =
      test->weights("lstm_basic", {integer, inputs, cells, zero}, {std::move(w), std::move(bias)});
  test->instruction("lstm_basic", {at.x, at.h, at.c, weights, at.y, at.c_new, at.concat, at.gates,
                                   1500000000, shift, write_back});
  return at;
}

double logistic(double v) { return 1 / (1 + std::exp(-v)); }

TEST(LstmBasic, FloatIsTheFormulaOnEveryIsa) {
  const int32_t batch = 2, inputs = 5;
  for (const int32_t isa : runnable(kIsas)) {
    for (const int32_t cells : {1, 8, 17}) {
      std::mt19937 random(51);
      const int32_t k = inputs + cells;
      const auto w = random_floats(random, 4 * cells * k), bias = random_floats(random, 4 * cells);
      const auto x = random_floats(random, batch * inputs);
      const auto h = random_floats(random, batch * cells), c = random_floats(random, batch * cells);
      KernelCase test;
      const Placed at = place(&test, false, batch, inputs, cells, KernelCase::bytes_of(w),
                              KernelCase::bytes_of(bias), 0, 0, 0);
      ASSERT_TRUE(test.bind(1, isa)) << test.error();
      test.set(at.x, x);
      test.set(at.h, h);
      test.set(at.c, c);
      test.run();
      const auto y = test.get<float>(at.y), state = test.get<float>(at.c_new);
      const auto gates = test.get<float>(at.gates), concat = test.get<float>(at.concat);
      for (int32_t b = 0; b < batch; ++b) {
        for (int32_t j = 0; j < cells; ++j) {
          double z[4];
          for (int g = 0; g < 4; ++g) {
            z[g] = bias[g * cells + j];
            for (int32_t l = 0; l < k; ++l) {
              const double v = l < inputs ? x[b * inputs + l] : h[b * cells + l - inputs];
              ASSERT_EQ(concat[b * k + l], static_cast<float>(v));
              z[g] += v * w[(g * cells + j) * k + l];
            }
            ASSERT_NEAR(gates[b * 4 * cells + g * cells + j], z[g], 1e-5);
          }
          const double cell = logistic(z[0]) * std::tanh(z[1]) + logistic(z[2]) * c[b * cells + j];
          ASSERT_NEAR(state[b * cells + j], cell, 1e-5);
          ASSERT_NEAR(y[b * cells + j], logistic(z[3]) * std::tanh(cell), 1e-5);
        }
      }
      EXPECT_EQ(test.get<float>(at.h), h);
    }
  }
}

TEST(LstmBasic, IntegersFollowTheirStepsOnEveryIsa) {
  using namespace reference;
  const int32_t batch = 2, inputs = 5, shift = -6;
  for (const int32_t isa : runnable(kIsas)) {
    for (const int32_t cells : {1, 8, 17, 40}) {
      std::mt19937 random(52);
      const int32_t k = inputs + cells, zero = 131;
      const auto w = random_integers<uint8_t>(random, 4 * cells * k, 0, 255);
      const auto bias = random_integers<int32_t>(random, 4 * cells, -90000, 90000);
      const auto x = random_integers<uint8_t>(random, batch * inputs, 0, 255);
      const auto h = random_integers<uint8_t>(random, batch * cells, 0, 255);
      const auto c = random_integers<int16_t>(random, batch * cells, -32768, 32767);
      KernelCase test;
      const Placed at = place(&test, true, batch, inputs, cells, KernelCase::bytes_of(w),
                              KernelCase::bytes_of(bias), zero, shift, 1);
      ASSERT_TRUE(test.bind(1, isa)) << test.error();
      test.set(at.x, x);
      test.set(at.h, h);
      test.set(at.c, c);
      test.run();
      const auto y = test.get<uint8_t>(at.y);
      const auto state = test.get<int16_t>(at.c_new);
      for (int32_t b = 0; b < batch; ++b) {
        for (int32_t j = 0; j < cells; ++j) {
          int32_t z[4];
          for (int g = 0; g < 4; ++g) {
            int32_t sum = bias[g * cells + j];
            for (int32_t l = 0; l < k; ++l) {
              const int32_t v = l < inputs ? x[b * inputs + l] : h[b * cells + l - inputs];
              sum += (v - 128) * (w[(g * cells + j) * k + l] - zero);
            }
            z[g] = saturate16(multiply_half_away(sum, 1500000000, shift));
          }
          const int32_t added = divide16(product16(logistic16(z[0]), tanh16(z[1], 3)), 4);
          const int32_t cell = saturate16(added + product16(logistic16(z[2]), c[b * cells + j]));
          const int32_t out = product16(logistic16(z[3]), tanh16(saturate16(2.0 * cell), 3));
          ASSERT_EQ(state[b * cells + j], cell);
          ASSERT_EQ(y[b * cells + j], 128 + std::clamp(divide16(out, 8), -128, 127));
        }
      }
      EXPECT_EQ(test.get<uint8_t>(at.h), y);
      EXPECT_EQ(test.get<int16_t>(at.c), state);
    }
  }
}

TEST(LstmBasic, MutantsAreRefusedOrHarmless) {
  KernelCase test;
  place(&test, true, 2, 5, 4, std::vector<char>(4 * 4 * 9), std::vector<char>(64), 128, -5, 1);
  test.fuzz(3000, 100, 53);
}

TEST(LstmBasic, WeightsOfOtherSizesAreRefused) {
  for (int field = 0; field < 4; ++field) {
    for (const int32_t v : {-1, 2, 1 << 20, INT32_MAX, INT32_MIN}) {
      KernelCase test;
      std::vector<int32_t> fields = {1, 5, 4, 128};
      fields[field] = v;
      if (field == 3 && v == 2) continue;
      const int x = test.arena(Type::kU8, {2, 5});
      const int w =
          test.weights("lstm_basic", fields, {std::vector<char>(4 * 4 * 9), std::vector<char>(64)});
      test.instruction("lstm_basic", {x, x, x, w, x, x, x, x, 0, 0, 0});
      EXPECT_FALSE(test.bind()) << field << " " << v;
    }
  }
}

}  // namespace
}  // namespace octet::test
