// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "base/fixed_point.h"
#include "kernel_case.h"

namespace octet::test {
namespace {

using Floats = std::vector<float>;
const std::vector<Isa> kIsas = {Isa::kScalar, Isa::kAvx2, Isa::kAvx512, Isa::kAvx512Vnni};

struct Shape {
  int32_t batch, inputs, units, rank, memory;
};
const std::vector<Shape> kShapes = {{1, 10, 4, 1, 1}, {2, 7, 5, 2, 3}, {3, 33, 20, 3, 8}};

TEST(Svdf, FloatIsTheFormulaOnEveryIsa) {
  for (const int32_t isa : runnable(kIsas)) {
    for (const Shape& s : kShapes) {
      std::mt19937 random(41);
      const int32_t filters = s.units * s.rank;
      const auto w = random_floats(random, filters * s.inputs);
      const auto time = random_floats(random, filters * s.memory);
      const auto bias = random_floats(random, s.units);
      KernelCase test;
      const int x = test.arena(Type::kF32, {s.batch, s.inputs});
      const int state = test.arena(Type::kF32, {s.batch, filters * s.memory});
      const int y = test.arena(Type::kF32, {s.batch, s.units});
      const int weights = test.weights(
          "svdf", {0, s.inputs, s.units, s.rank, s.memory, 0},
          {KernelCase::bytes_of(w), KernelCase::bytes_of(time), KernelCase::bytes_of(bias), {}});
      test.instruction("svdf", {x, weights, state, y, 0, 1, 0, 0, 0, 0, 0});
      ASSERT_TRUE(test.bind(1, isa)) << test.error();
      test.set(state, Floats(s.batch * filters * s.memory, 0));
      std::vector<std::vector<double>> features;
      for (int run = 0; run < 5; ++run) {
        const auto in = random_floats(random, s.batch * s.inputs);
        test.set(x, in);
        test.run();
        std::vector<double> now(s.batch * filters);
        for (int32_t b = 0; b < s.batch; ++b) {
          for (int32_t f = 0; f < filters; ++f) {
            for (int32_t l = 0; l < s.inputs; ++l) {
              now[b * filters + f] += in[b * s.inputs + l] * w[f * s.inputs + l];
            }
          }
        }
        features.push_back(now);
        const auto got = test.get<float>(y);
        for (int32_t b = 0; b < s.batch; ++b) {
          for (int32_t u = 0; u < s.units; ++u) {
            double v = bias[u];
            for (int32_t f = u * s.rank; f < (u + 1) * s.rank; ++f) {
              for (int32_t m = 0; m < s.memory && m < static_cast<int32_t>(features.size()); ++m) {
                v += features[features.size() - 1 - m][b * filters + f] *
                     time[f * s.memory + s.memory - 1 - m];
              }
            }
            ASSERT_NEAR(got[b * s.units + u], std::max(v, 0.0), 5e-5);
          }
        }
      }
    }
  }
}

TEST(Svdf, IntegersFollowTheirStepsOnEveryIsa) {
  for (const int32_t isa : runnable(kIsas)) {
    for (const Shape& s : kShapes) {
      std::mt19937 random(42);
      const int32_t filters = s.units * s.rank, zero = -17;
      const auto w = random_integers<int8_t>(random, filters * s.inputs, -128, 127);
      const auto time = random_integers<int16_t>(random, filters * s.memory, -3000, 3000);
      const auto bias = random_integers<int32_t>(random, s.units, -100000, 100000);
      const int32_t fm = 1500000000, fs = -3, ym = 1300000000, ys = -19;
      KernelCase test;
      const int x = test.arena(Type::kI8, {s.batch, s.inputs});
      const int state = test.arena(Type::kI16, {s.batch, filters * s.memory});
      const int y = test.arena(Type::kI8, {s.batch, s.units});
      const int weights = test.weights(
          "svdf", {2, s.inputs, s.units, s.rank, s.memory, zero},
          {KernelCase::bytes_of(w), KernelCase::bytes_of(time), KernelCase::bytes_of(bias), {}});
      test.instruction("svdf", {x, weights, state, y, 0, 1, fm, fs, ym, ys, 5});
      ASSERT_TRUE(test.bind(1, isa)) << test.error();
      std::vector<int16_t> memory(s.batch * filters * s.memory, 0);
      test.set(state, memory);
      for (int run = 0; run < 4; ++run) {
        const auto in = random_integers<int8_t>(random, s.batch * s.inputs, -128, 127);
        test.set(x, in);
        test.run();
        const auto got = test.get<int8_t>(y);
        for (int32_t b = 0; b < s.batch; ++b) {
          for (int32_t u = 0; u < s.units; ++u) {
            int32_t sum = bias[u];
            for (int32_t f = u * s.rank; f < (u + 1) * s.rank; ++f) {
              int32_t feature = 0;
              for (int32_t l = 0; l < s.inputs; ++l) {
                feature += (in[b * s.inputs + l] - zero) * w[f * s.inputs + l];
              }
              int16_t* row = &memory[(b * filters + f) * s.memory];
              for (int32_t m = 0; m + 1 < s.memory; ++m) row[m] = row[m + 1];
              row[s.memory - 1] = static_cast<int16_t>(
                  std::clamp(multiply_half_away(feature, fm, fs), -32768, 32767));
              for (int32_t m = 0; m < s.memory; ++m) sum += row[m] * time[f * s.memory + m];
            }
            const int32_t v = multiply_half_away(sum, ym, ys) + 5;
            ASSERT_EQ(got[b * s.units + u], std::clamp(v, -128, 127));
          }
        }
        ASSERT_EQ(test.get<int16_t>(state), memory);
      }
    }
  }
}

TEST(Svdf, MutantsAreRefusedOrHarmless) {
  KernelCase test;
  const int x = test.arena(Type::kI8, {2, 7}), state = test.arena(Type::kI16, {2, 30});
  const int y = test.arena(Type::kI8, {2, 5});
  const int w = test.weights("svdf", {2, 7, 5, 2, 3, 0},
                             {KernelCase::bytes_of(std::vector<int8_t>(70)),
                              KernelCase::bytes_of(std::vector<int16_t>(30)),
                              {},
                              {}});
  test.instruction("svdf", {x, w, state, y, 0, 1, 1 << 30, -3, 1 << 30, -10, 0});
  test.fuzz(3000, 100, 43);
}

TEST(Svdf, WeightsOfOtherSizesAreRefused) {
  for (int field = 0; field < 6; ++field) {
    for (const int32_t v : {-1000, 0, 4, 1 << 20, INT32_MAX, INT32_MIN}) {
      KernelCase test;
      std::vector<int32_t> fields = {2, 7, 5, 2, 3, 0};
      if (fields[field] == v) continue;
      fields[field] = v;
      if (field == 5 && v == 4) continue;
      const int x = test.arena(Type::kI8, {2, 7});
      const int w = test.weights("svdf", fields,
                                 {KernelCase::bytes_of(std::vector<int8_t>(70)),
                                  KernelCase::bytes_of(std::vector<int16_t>(30)),
                                  {},
                                  {}});
      test.instruction("svdf", {x, w, x, x, 0, 1, 0, 0, 0, 0, 0});
      EXPECT_FALSE(test.bind()) << field << " " << v;
    }
  }
}

}  // namespace
}  // namespace octet::test
