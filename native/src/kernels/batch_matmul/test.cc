// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "kernel_case.h"

namespace octet::test {
namespace {

int32_t bits(float v) {
  int32_t result;
  std::memcpy(&result, &v, sizeof(result));
  return result;
}

enum Form { kFloat, kHalfUp, kHalfAway, kWide, kRaw, kReal, kF32, kDouble };

// The operands of an instruction; -1 for one that is absent.
struct Operands {
  int x, w, y;
  int bias = -1, multiplier = -1, shift = -1, scale = -1, x_scale = -1, x_zeros = -1;
};

std::vector<int32_t> fields(const Operands& o, bool adj_x, bool adj_y, std::vector<int32_t> zeros,
                            std::vector<int32_t> range, Form form) {
  return {o.x,       o.w,      o.bias,        o.multiplier, o.shift,   o.scale,  o.x_scale,
          o.x_zeros, o.y,      adj_x,         adj_y,        zeros[0],  zeros[1], zeros[2],
          range[0],  range[1], int32_t{form}, bits(-1e9f),  bits(1e9f)};
}

// [rows, columns] as the flag has it stored.
std::vector<int32_t> stored(int32_t rows, int32_t columns, bool adj) {
  return adj ? std::vector<int32_t>{columns, rows} : std::vector<int32_t>{rows, columns};
}

constexpr int32_t kM = 3, kK = 37, kN = 5;

template <typename X, typename W>
int64_t sum_of(const std::vector<X>& x, const std::vector<W>& w, int32_t i, int32_t j, bool adj_x,
               bool adj_y, int32_t x_zero, int32_t w_zero) {
  int64_t sum = 0;
  for (int32_t c = 0; c < kK; ++c) {
    sum += int64_t{x[adj_x ? c * kM + i : i * kK + c] - x_zero} *
           (w[adj_y ? j * kK + c : c * kN + j] - w_zero);
  }
  return sum;
}

TEST(BatchMatmul, BytesAreRequantized) {
  std::mt19937 random(3);
  const auto x = random_integers<int8_t>(random, kM * kK, -128, 127);
  const auto w = random_integers<int8_t>(random, kK * kN, -127, 127);
  const auto bias = random_integers<int32_t>(random, kN, -5000, 5000);
  for (const bool adj_x : {false, true}) {
    for (const bool adj_y : {false, true}) {
      for (const int32_t flip : {0, 0x80}) {
        KernelCase test;
        Operands o{};
        o.x = test.arena(Type::kI8, stored(kM, kK, adj_x), {{0, 0, 0, 0}, flip, 0});
        o.w = test.arena(Type::kI8, stored(kK, kN, adj_y), {{0, 0, 0, 0}, flip, 0});
        o.y = test.arena(Type::kI8, {kM, kN}, {{0, 0, 0, 0}, flip, 0});
        o.bias = test.constant(Type::kI32, {kN}, bias);
        o.scale = test.constant(Type::kF32, {1}, std::vector<float>{0.00048828125f});
        test.instruction("batch_matmul", fields(o, adj_x, adj_y, {3, -2, 7}, {-100, 90}, kFloat));
        ASSERT_TRUE(test.bind(2)) << test.error();
        test.set(o.x, x);
        test.set(o.w, w);
        test.run();
        const auto y = test.get<int8_t>(o.y);
        for (int32_t i = 0; i < kM; ++i) {
          for (int32_t j = 0; j < kN; ++j) {
            const int64_t sum = sum_of(x, w, i, j, adj_x, adj_y, 3, -2) + bias[j];
            const double q = std::nearbyint(static_cast<double>(sum) / 2048) + 7;
            ASSERT_EQ(y[i * kN + j], std::min(90.0, std::max(-100.0, q)));
          }
        }
      }
    }
  }
}

TEST(BatchMatmul, WordsKeep64Bits) {
  std::mt19937 random(4);
  const auto x = random_integers<int16_t>(random, kM * kK, -32768, 32767);
  const auto w = random_integers<int16_t>(random, kK * kN, -32768, 32767);
  KernelCase test;
  Operands o{};
  o.x = test.arena(Type::kI16, {kM, kK});
  o.w = test.arena(Type::kI16, {kN, kK});
  o.y = test.arena(Type::kI16, {kM, kN});
  // 2^30 becomes 2^14 of 16 bits: a quarter of 2^(15 + 18)
  o.multiplier = test.constant(Type::kI32, {1}, std::vector<int32_t>{1 << 30});
  o.shift = test.constant(Type::kI32, {1}, std::vector<int32_t>{-18});
  test.instruction("batch_matmul", fields(o, false, true, {0, 0, 0}, {-32768, 32767}, kWide));
  ASSERT_TRUE(test.bind()) << test.error();
  test.set(o.x, x);
  test.set(o.w, w);
  test.run();
  const auto y = test.get<int16_t>(o.y);
  for (int32_t i = 0; i < kM; ++i) {
    for (int32_t j = 0; j < kN; ++j) {
      const auto sum = static_cast<double>(sum_of(x, w, i, j, false, true, 0, 0));
      const double q = std::floor(sum / (1 << 19) + 0.5);
      ASSERT_EQ(y[i * kN + j], std::min(32767.0, std::max(-32768.0, q)));
    }
  }
}

TEST(BatchMatmul, DoubleRoundsHalvesAway) {
  KernelCase test;
  Operands o{};
  o.x = test.arena(Type::kI16, {1, 1});
  o.w = test.constant(Type::kI8, {3, 1}, std::vector<int8_t>{1, -1, 3});
  o.y = test.arena(Type::kI16, {1, 3});
  o.bias = test.constant(Type::kI64, {3}, std::vector<int64_t>{0, 0, int64_t{1} << 40});
  o.scale = test.constant(Type::kF64, {1}, std::vector<double>{0.5});
  test.instruction("batch_matmul", fields(o, false, true, {0, 0, 0}, {-32768, 32767}, kDouble));
  ASSERT_TRUE(test.bind()) << test.error();
  test.set(o.x, std::vector<int16_t>{5});
  test.run();
  EXPECT_EQ(test.get<int16_t>(o.y), (std::vector<int16_t>{3, -3, 32767}));
}

TEST(BatchMatmul, RawSumsAndRealProducts) {
  std::mt19937 random(6);
  const auto x = random_integers<int8_t>(random, kM * kK, -128, 127);
  const auto w = random_integers<int8_t>(random, kK * kN, -127, 127);
  KernelCase test;
  Operands o{};
  o.x = test.arena(Type::kI8, {kM, kK});
  o.w = test.arena(Type::kI8, {kK, kN});
  o.y = test.arena(Type::kI32, {kM, kN});
  test.instruction("batch_matmul", fields(o, false, false, {3, -2, 0}, {0, 0}, kRaw));
  ASSERT_TRUE(test.bind()) << test.error();
  test.set(o.x, x);
  test.set(o.w, w);
  test.run();
  const auto sums = test.get<int32_t>(o.y);
  KernelCase real;
  Operands r{};
  r.x = real.arena(Type::kI8, {kM, kK});
  r.w = real.constant(Type::kI8, {kK, kN}, w);
  r.y = real.arena(Type::kF32, {kM, kN});
  const std::vector<float> bias = {1, 2, 3, 4, 5}, scale = {0.1f, 0.2f, 0.3f, 0.4f, 0.5f};
  r.bias = real.constant(Type::kF32, {kN}, bias);
  r.scale = real.constant(Type::kF32, {kN}, scale);
  r.x_scale = real.arena(Type::kF32, {kM});
  r.x_zeros = real.arena(Type::kI32, {kM});
  real.instruction("batch_matmul", fields(r, false, false, {0, 0, 0}, {0, 0}, kReal));
  ASSERT_TRUE(real.bind()) << real.error();
  const std::vector<float> x_scale = {0.5f, 1, 2};
  const std::vector<int32_t> x_zeros = {-128, 0, 19};
  real.set(r.x, x);
  real.set(r.x_scale, x_scale);
  real.set(r.x_zeros, x_zeros);
  real.run();
  const auto y = real.get<float>(r.y);
  for (int32_t i = 0; i < kM; ++i) {
    for (int32_t j = 0; j < kN; ++j) {
      ASSERT_EQ(sums[i * kN + j], sum_of(x, w, i, j, false, false, 0, 0));
      const auto sum = static_cast<float>(sum_of(x, w, i, j, false, false, x_zeros[i], 0));
      ASSERT_EQ(y[i * kN + j], bias[j] + sum * (x_scale[i] * scale[j]));
    }
  }
}

TEST(BatchMatmul, BatchesBroadcast) {
  KernelCase test;
  Operands o{};
  o.x = test.arena(Type::kF32, {2, 1, 1, 2});
  o.w = test.arena(Type::kF32, {3, 2, 1});
  o.y = test.arena(Type::kF32, {2, 3, 1, 1});
  test.instruction("batch_matmul", fields(o, false, false, {0, 0, 0}, {0, 0}, kF32));
  ASSERT_TRUE(test.bind()) << test.error();
  test.set(o.x, std::vector<float>{1, 10, 2, 20});
  test.set(o.w, std::vector<float>{1, 2, 3, 4, 5, 6});
  test.run();
  EXPECT_EQ(test.get<float>(o.y), (std::vector<float>{21, 43, 65, 42, 86, 130}));
}

KernelCase quantized() {
  KernelCase test;
  Operands o{};
  o.x = test.arena(Type::kI8, {2, 3, 4});
  o.w = test.arena(Type::kI8, {2, 4, 5});
  o.y = test.arena(Type::kI8, {2, 3, 5});
  o.bias = test.constant(Type::kI32, {5}, std::vector<int32_t>(5, 9));
  o.multiplier = test.constant(Type::kI32, {5}, std::vector<int32_t>(5, 1 << 30));
  o.shift = test.constant(Type::kI32, {5}, std::vector<int32_t>(5, -3));
  o.scale = test.constant(Type::kF32, {5}, std::vector<float>(5, 0.1f));
  test.instruction("batch_matmul", fields(o, false, false, {1, 2, 3}, {-128, 127}, kHalfUp));
  return test;
}

TEST(BatchMatmul, RefusesWhatDoesNotFit) {
  const auto refused = [](int field, int32_t value) {
    KernelCase test = quantized();
    test.fields()[field] = value;
    return !test.bind();
  };
  EXPECT_FALSE(refused(16, kHalfAway));
  EXPECT_TRUE(refused(9, 1)) << "adj_x";
  EXPECT_TRUE(refused(11, 128)) << "zero point";
  EXPECT_TRUE(refused(14, -129)) << "range";
  EXPECT_TRUE(refused(16, kWide)) << "bias of 32 bits";
  EXPECT_TRUE(refused(16, 8)) << "form";
  EXPECT_TRUE(refused(8, 3)) << "writes a constant";
}

TEST(BatchMatmul, MutantsAreRefusedOrHarmless) { quantized().fuzz(4000, 100, 19); }

}  // namespace
}  // namespace octet::test
