// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "kernel_case.h"

namespace octet::test {
namespace {

constexpr int32_t kBatch = 2, kInputs = 6, kCells = 9, kOutputs = 4, kRows = 3 * kCells;

struct Lstm {
  std::vector<int8_t> w, r, p;
  std::vector<int32_t> words, numbers;
  std::vector<int16_t> norm;

  explicit Lstm(uint32_t seed) {
    std::mt19937 random(seed);
    w = random_integers<int8_t>(random, kRows * kInputs, -127, 127);
    r = random_integers<int8_t>(random, kRows * kOutputs, -127, 127);
    p = random_integers<int8_t>(random, kOutputs * kCells, -127, 127);
    words = random_integers<int32_t>(random, kRows + kOutputs, -200000, 200000);
    norm = random_integers<int16_t>(random, kRows, -32767, 32767);
    for (int g = 0; g < 3; ++g) {
      // products / 128, sums * 8
      for (const int32_t v :
           {1 << 30, -6, 1 << 30, -6, 1 << 30, 4, 1 << 30, 4, -5, 7, bits(1 / 20000.0f)}) {
        numbers.push_back(v);
      }
    }
    numbers.push_back(1 << 30);
    numbers.push_back(-16);  // / 2^17
  }
};

struct Placed {
  int x, h, c, y;
};

Placed place(const Lstm& t, KernelCase* test,
             const std::vector<int32_t>& fields = {kInputs, kCells, kOutputs, 3, -2}) {
  Placed at{};
  at.x = test->arena(Type::kI8, {kBatch, kInputs});
  at.h = test->arena(Type::kI8, {kBatch, kOutputs});
  at.c = test->arena(Type::kI16, {kBatch, kCells});
  at.y = test->arena(Type::kI8, {kBatch, kOutputs});
  const int w = test->weights("lstm_i8_8", fields,
                              {KernelCase::bytes_of(t.w), KernelCase::bytes_of(t.r),
                               KernelCase::bytes_of(t.p), KernelCase::bytes_of(t.words),
                               KernelCase::bytes_of(t.norm), KernelCase::bytes_of(t.numbers)});
  test->instruction("lstm_i8_8", {at.x, w, at.h, at.c, at.y, 20000, 90});
  return at;
}

TEST(LstmI88, IsWithinAStepOfTheFormula) {
  const Lstm t(71);
  std::mt19937 random(72);
  KernelCase test;
  const Placed at = place(t, &test);
  ASSERT_TRUE(test.bind()) << test.error();
  const auto x = random_integers<int8_t>(random, kBatch * kInputs, -128, 127);
  const auto h = random_integers<int8_t>(random, kBatch * kOutputs, -128, 127);
  const auto c = random_integers<int16_t>(random, kBatch * kCells, -20000, 20000);
  test.set(at.x, x);
  test.set(at.h, h);
  test.set(at.c, c);
  test.run();
  const auto y = test.get<int8_t>(at.y);
  const auto cell = test.get<int16_t>(at.c);
  EXPECT_EQ(test.get<int8_t>(at.h), y);
  for (int32_t b = 0; b < kBatch; ++b) {
    std::vector<double> z[3];
    for (int32_t g = 0; g < 3; ++g) {
      double mean = 0, variance = 0;
      for (int32_t j = 0; j < kCells; ++j) {
        const int32_t row = g * kCells + j;
        double a = 0, r = 0;
        for (int32_t l = 0; l < kInputs; ++l) {
          a += (x[b * kInputs + l] - 3.0) * t.w[row * kInputs + l];
        }
        for (int32_t l = 0; l < kOutputs; ++l) {
          r += (h[b * kOutputs + l] + 2.0) * t.r[row * kOutputs + l];
        }
        a = std::clamp(std::round(a / 128) - 5, -128.0, 127.0) + 5;
        r = std::clamp(std::round(r / 128) + 7, -128.0, 127.0) - 7;
        z[g].push_back(8 * (a + r));
        mean += z[g].back() / kCells;
      }
      for (const double v : z[g]) variance += (v - mean) * (v - mean) / kCells;
      for (int32_t j = 0; j < kCells; ++j) {
        const int32_t row = g * kCells + j;
        const double v =
            ((z[g][j] - mean) / std::sqrt(variance) * t.norm[row] + t.words[row] / 1024.0) / 20000;
        z[g][j] = g == 1 ? std::tanh(v) : 1 / (1 + std::exp(-v));
      }
    }
    std::vector<double> m(kCells);
    for (int32_t j = 0; j < kCells; ++j) {
      const double next = std::clamp(z[0][j] * c[b * kCells + j] + (1 - z[0][j]) * z[1][j] * 32768,
                                     -20000., 20000.);
      ASSERT_NEAR(cell[b * kCells + j], next, 20);  // a gate's own step is 2^-12
      m[j] = z[2][j] * std::tanh(next / 32768) * 32768;
    }
    for (int32_t i = 0; i < kOutputs; ++i) {
      double sum = t.words[kRows + i];
      for (int32_t j = 0; j < kCells; ++j) sum += m[j] * t.p[i * kCells + j];
      ASSERT_NEAR(y[b * kOutputs + i], std::clamp(sum / (1 << 17) - 2, -90., 90.), 1.01);
    }
  }
}

TEST(LstmI88, MutantsAreRefusedOrHarmless) {
  KernelCase test;
  place(Lstm(73), &test);
  test.fuzz(3000, 100, 74);
}

TEST(LstmI88, WeightsOfOtherSizesAreRefused) {
  for (int field = 0; field < 5; ++field) {
    for (const int32_t v : {-1000, 5, 300, 1 << 20, INT32_MAX, INT32_MIN}) {
      if (field >= 3 && v == 5) continue;
      std::vector<int32_t> fields = {kInputs, kCells, kOutputs, 0, 0};
      fields[field] = v;
      KernelCase test;
      place(Lstm(75), &test, fields);
      EXPECT_FALSE(test.bind()) << field << " " << v;
    }
  }
  for (const auto& [at, v] : std::vector<std::pair<int, int32_t>>{
           {0, -1}, {1, 31}, {1, -32}, {8, 128}, {9, -129}, {10, 0x7f800000}, {34, 8}}) {
    Lstm t(76);
    t.numbers[at] = v;
    KernelCase test;
    place(t, &test);
    EXPECT_FALSE(test.bind()) << at << " " << v;
  }
}

}  // namespace
}  // namespace octet::test
