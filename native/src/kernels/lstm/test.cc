// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "kernel_case.h"

namespace octet::test {
namespace {

constexpr int32_t kPeephole = 1, kNorm = 2, kDiagonal = 4, kProjection = 8, kProjectionBias = 16;
const std::vector<Isa> kIsas = {Isa::kScalar, Isa::kAvx2, Isa::kAvx512, Isa::kAvx512Vnni};

using Floats = std::vector<float>;

struct Lstm {
  int32_t steps, batch, inputs, aux, cells, outputs, gates, sections;
  bool time_major = true, reverse = false;
  int32_t activation = 4;
  float cell_clip = 0, projection_clip = 0;
  int32_t y_offset = 0, y_columns = 0;
  Floats x = {}, a = {}, w = {}, aw = {}, r = {}, p = {}, vectors = {}, h = {}, c = {};

  bool has(int32_t section) const { return (sections & section) != 0; }

  void fill(std::mt19937& random) {
    const int32_t rows = gates * cells;
    x = random_floats(random, steps * batch * inputs);
    a = random_floats(random, steps * batch * aux);
    w = random_floats(random, rows * inputs);
    aw = random_floats(random, rows * aux);
    r = random_floats(random, has(kDiagonal) ? 0 : rows * outputs);
    for (float& v : r) v *= 0.3f;
    p = random_floats(random, has(kProjection) ? outputs * cells : 0);
    size_t floats = rows;
    if (has(kPeephole)) floats += rows - cells;
    if (has(kNorm)) floats += rows;
    if (has(kDiagonal)) floats += rows;
    if (has(kProjectionBias)) floats += outputs;
    vectors = random_floats(random, floats);
    h = random_floats(random, batch * outputs);
    c = random_floats(random, batch * cells);
    if (y_columns == 0) y_columns = outputs;
  }

  std::vector<int32_t> shape(int32_t last) const {
    return time_major ? std::vector<int32_t>{steps, batch, last}
                      : std::vector<int32_t>{batch, steps, last};
  }
};

struct Placed {
  int x, aux, h, c, y;
};

Placed place(const Lstm& t, KernelCase* test) {
  Placed at{};
  at.x = test->arena(Type::kF32, t.shape(t.inputs));
  at.aux = t.aux > 0 ? test->arena(Type::kF32, t.shape(t.aux)) : -1;
  at.h = test->arena(Type::kF32, {t.batch, t.outputs});
  at.c = test->arena(Type::kF32, {t.batch, t.cells});
  at.y = test->arena(Type::kF32, t.shape(t.y_columns));
  const auto bytes = [](const Floats& v) { return KernelCase::bytes_of(v); };
  const int w =
      test->weights("lstm", {0, t.gates, t.inputs, t.aux, t.cells, t.outputs, t.sections},
                    {bytes(t.w), bytes(t.aw), bytes(t.r), bytes(t.p), bytes(t.vectors), {}});
  test->instruction("lstm", {at.x, at.aux, w, at.h, at.c, at.y, t.y_offset, t.time_major, t.reverse,
                             0, t.activation, bits(t.cell_clip), bits(t.projection_clip)});
  return at;
}

double squash(int32_t activation, double v) {
  return activation == 4   ? std::tanh(v)
         : activation == 1 ? std::max(v, 0.0)
         : activation == 3 ? std::clamp(v, 0.0, 6.0)
                           : v;
}
double logistic(double v) { return 1 / (1 + std::exp(-v)); }

// What lstm.cc says, in double; h and c are changed.
std::vector<double> naive(const Lstm& t, std::vector<double>* h, std::vector<double>* c) {
  const int32_t n = t.cells, full = t.gates - 3;
  size_t at = t.gates * n;
  const size_t peephole = at;
  if (t.has(kPeephole)) at += (t.gates - 1) * n;
  const size_t norm = at;
  if (t.has(kNorm)) at += t.gates * n;
  const size_t diagonal = at;
  if (t.has(kDiagonal)) at += t.gates * n;
  const size_t projection_bias = at;
  std::vector<double> y(t.steps * t.batch * t.y_columns, 0);
  for (int32_t i = 0; i < t.steps; ++i) {
    const int32_t step = t.reverse ? t.steps - 1 - i : i;
    for (int32_t b = 0; b < t.batch; ++b) {
      const int32_t row = t.time_major ? step * t.batch + b : b * t.steps + step;
      std::vector<std::vector<double>> z(t.gates, std::vector<double>(n));
      const auto gate = [&](int32_t g, int32_t peep) {
        for (int32_t j = 0; j < n; ++j) {
          const int32_t k = g * n + j;
          double v = t.has(kNorm) ? 0 : t.vectors[k];
          for (int32_t l = 0; l < t.inputs; ++l)
            v += t.x[row * t.inputs + l] * t.w[k * t.inputs + l];
          for (int32_t l = 0; l < t.aux; ++l) v += t.a[row * t.aux + l] * t.aw[k * t.aux + l];
          for (int32_t l = 0; l < t.outputs && !t.r.empty(); ++l) {
            v += (*h)[b * t.outputs + l] * t.r[k * t.outputs + l];
          }
          if (t.has(kDiagonal)) v += t.vectors[diagonal + k] * (*h)[b * n + j];
          if (t.has(kPeephole) && peep >= 0) {
            v += t.vectors[peephole + peep * n + j] * (*c)[b * n + j];
          }
          z[g][j] = v;
        }
        if (!t.has(kNorm)) return;
        double mean = 0, variance = 0;
        for (const double v : z[g]) mean += v / n;
        for (const double v : z[g]) variance += (v - mean) * (v - mean) / n;
        for (int32_t j = 0; j < n; ++j) {
          z[g][j] = (z[g][j] - mean) / std::sqrt(variance + 1e-8) * t.vectors[norm + g * n + j] +
                    t.vectors[g * n + j];
        }
      };
      if (full != 0) gate(0, 0);
      gate(full, full);
      gate(full + 1, -1);
      for (int32_t j = 0; j < n; ++j) {
        double& cell = (*c)[b * n + j];
        const double forget = logistic(z[full][j]);
        const double input = full != 0 ? logistic(z[0][j]) : 1 - forget;
        cell = forget * cell + input * squash(t.activation, z[full + 1][j]);
        if (t.cell_clip > 0) cell = std::clamp<double>(cell, -t.cell_clip, t.cell_clip);
      }
      gate(full + 2, full + 1);
      std::vector<double> hidden(n);
      for (int32_t j = 0; j < n; ++j) {
        hidden[j] = logistic(z[full + 2][j]) * squash(t.activation, (*c)[b * n + j]);
      }
      for (int32_t j = 0; j < t.outputs; ++j) {
        double v = hidden[j % n];
        if (t.has(kProjection)) {
          v = t.has(kProjectionBias) ? t.vectors[projection_bias + j] : 0;
          for (int32_t l = 0; l < n; ++l) v += t.p[j * n + l] * hidden[l];
          if (t.projection_clip > 0) {
            v = std::clamp<double>(v, -t.projection_clip, t.projection_clip);
          }
        }
        (*h)[b * t.outputs + j] = v;
        y[row * t.y_columns + t.y_offset + j] = v;
      }
    }
  }
  return y;
}

void check(Lstm t, int32_t isa, int32_t seed) {
  std::mt19937 random(seed);
  t.fill(random);
  KernelCase test;
  const Placed at = place(t, &test);
  ASSERT_TRUE(test.bind(2, isa)) << test.error();
  test.set(at.x, t.x);
  if (t.aux > 0) test.set(at.aux, t.a);
  test.set(at.h, t.h);
  test.set(at.c, t.c);
  std::vector<double> h(t.h.begin(), t.h.end()), c(t.c.begin(), t.c.end());
  for (int run = 0; run < 2; ++run) {
    test.set(at.y, Floats(t.steps * t.batch * t.y_columns, 0));
    test.run();
    const auto expected = naive(t, &h, &c);
    const auto y = test.get<float>(at.y);
    for (size_t i = 0; i < y.size(); ++i) ASSERT_NEAR(y[i], expected[i], 2e-5) << i;
    const auto state = test.get<float>(at.h), cell = test.get<float>(at.c);
    for (size_t i = 0; i < h.size(); ++i) ASSERT_NEAR(state[i], h[i], 2e-5) << i;
    for (size_t i = 0; i < c.size(); ++i) ASSERT_NEAR(cell[i], c[i], 2e-5) << i;
  }
}

TEST(Lstm, IsTheFormulaOnEveryIsa) {
  for (const int32_t isa : runnable(kIsas)) {
    int32_t seed = 0;
    for (const int32_t gates : {3, 4}) {
      for (const int32_t sections : {0, kPeephole, kNorm, kPeephole | kNorm, kDiagonal, kProjection,
                                     kProjection | kProjectionBias | kPeephole}) {
        for (const int32_t cells : {5, 16, 21}) {
          Lstm t{5, 2, 7, 0, cells, (sections & kProjection) != 0 ? 3 : cells, gates, sections};
          t.time_major = seed % 2 == 0;
          check(t, isa, ++seed);
        }
      }
    }
  }
}

TEST(Lstm, BackwardWithAnotherInputIntoAPartOfItsRows) {
  for (const int32_t isa : runnable(kIsas)) {
    for (const bool time_major : {false, true}) {
      Lstm t{6, 3, 4, 5, 9, 9, 4, 0};
      t.time_major = time_major;
      t.reverse = true;
      t.y_columns = 14;
      t.y_offset = 5;
      check(t, isa, 17);
    }
  }
}

// More rows than one chunk of sums holds.
TEST(Lstm, LongSequencesAndClips) {
  Lstm t{300, 2, 3, 0, 40, 7, 4, kProjection};
  t.cell_clip = 0.6f;
  t.projection_clip = 0.8f;
  t.activation = 3;
  check(t, -1, 21);
  t.reverse = true;
  t.time_major = false;
  check(t, -1, 22);
}

// Steps of a cell without options run in one function, chunk after chunk.
TEST(Lstm, LongPlainSequencesOnEveryIsa) {
  for (const int32_t isa : runnable(kIsas)) {
    for (const bool reverse : {false, true}) {
      for (const bool time_major : {false, true}) {
        Lstm t{60, 2, 3, 0, 70, 70, 4, 0};
        t.cell_clip = reverse == time_major ? 0.7f : 0;
        t.reverse = reverse;
        t.time_major = time_major;
        check(t, isa, 23);
      }
    }
  }
}

TEST(Lstm, MutantsAreRefusedOrHarmless) {
  std::mt19937 random(5);
  Lstm t{4, 2, 6, 3, 5, 5, 4, kPeephole};
  t.y_columns = 8;
  t.fill(random);
  KernelCase test;
  place(t, &test);
  test.fuzz(3000, 100, 23);
}

TEST(Lstm, WeightsOfOtherSizesAreRefused) {
  std::mt19937 random(6);
  Lstm sound{2, 1, 6, 3, 5, 4, 4, kProjection};
  sound.fill(random);
  for (int field = 0; field < 7; ++field) {
    for (const int32_t v : {-1, 2, 7, 31, 64, 1 << 20, INT32_MAX, INT32_MIN}) {
      KernelCase test;
      std::vector<int32_t> fields = {0, 4, 6, 3, 5, 4, kProjection};
      fields[field] = v;
      const auto bytes = [](const Floats& f) { return KernelCase::bytes_of(f); };
      const int x = test.arena(Type::kF32, {2, 1, 6});
      const int w = test.weights("lstm", fields,
                                 {bytes(sound.w),
                                  bytes(sound.aw),
                                  bytes(sound.r),
                                  bytes(sound.p),
                                  bytes(sound.vectors),
                                  {}});
      test.instruction("lstm", {x, x, w, x, x, x, 0, 1, 0, 0, 4, 0, 0});
      EXPECT_FALSE(test.bind()) << field << " " << v;
      EXPECT_FALSE(test.error().empty());
    }
  }
}

// int8 weights of powers of two and activations that quantize exactly give what floats give.
TEST(Lstm, HybridIsTheFormulaWhereNothingIsRounded) {
  for (const int32_t isa : runnable(kIsas)) {
    for (const int32_t asymmetric : {0, 1}) {
      const int32_t cells = 11, inputs = 9;
      std::mt19937 random(9);
      Lstm t{1, 1, inputs, 0, cells, cells, 4, 0};
      t.fill(random);
      const auto q = random_integers<int8_t>(random, 4 * cells * inputs, -127, 127);
      const auto qr = random_integers<int8_t>(random, 4 * cells * cells, -127, 127);
      Floats scales(3 * 4 * cells);
      for (size_t i = 0; i < scales.size(); ++i) scales[i] = std::ldexp(1.0f, -8 - i % 3);
      for (size_t i = 0; i < q.size(); ++i) t.w[i] = q[i] * scales[i / inputs];
      for (size_t i = 0; i < qr.size(); ++i) t.r[i] = qr[i] * scales[8 * cells + i / cells];
      // steps of 1/64 between -127 and 127, or -128 and 127
      for (float& v : t.x) v = std::round(v * 100) / 64;
      t.x[0] = 127 / 64.0f;
      t.x[1] = asymmetric != 0 ? -128 / 64.0f : 0;
      std::fill(t.h.begin(), t.h.end(), 0.0f);
      KernelCase test;
      const int x = test.arena(Type::kF32, {1, inputs});
      const int h = test.arena(Type::kF32, {1, cells}), c = test.arena(Type::kF32, {1, cells});
      const int y = test.arena(Type::kF32, {1, cells});
      const int w = test.weights("lstm", {1, 4, inputs, 0, cells, cells, 0},
                                 {KernelCase::bytes_of(q),
                                  {},
                                  KernelCase::bytes_of(qr),
                                  {},
                                  KernelCase::bytes_of(t.vectors),
                                  KernelCase::bytes_of(scales)});
      test.instruction("lstm", {x, -1, w, h, c, y, 0, 1, 0, asymmetric, 4, 0, 0});
      ASSERT_TRUE(test.bind(1, isa)) << test.error();
      test.set(x, t.x);
      test.set(h, t.h);
      test.set(c, t.c);
      test.run();
      std::vector<double> hd(t.h.begin(), t.h.end()), cd(t.c.begin(), t.c.end());
      const auto expected = naive(t, &hd, &cd);
      const auto got = test.get<float>(y);
      for (size_t i = 0; i < got.size(); ++i) ASSERT_NEAR(got[i], expected[i], 2e-6);
    }
  }
}

// NaN stays NaN, and without y the states are the same.
TEST(Lstm, KeepsNanAndNeedsNoY) {
  for (const int32_t isa : runnable(kIsas)) {
    std::mt19937 random(3);
    Lstm t{3, 2, 5, 0, 7, 7, 4, 0};
    t.fill(random);
    t.x[5] = std::nanf("");  // step 0, row 1
    std::vector<float> states[2];
    for (const bool has_y : {true, false}) {
      KernelCase test;
      const int x = test.arena(Type::kF32, {3, 2, 5});
      const int h = test.arena(Type::kF32, {2, 7}), c = test.arena(Type::kF32, {2, 7});
      const int y = test.arena(Type::kF32, {3, 2, 7});
      const int w = test.weights("lstm", {0, 4, 5, 0, 7, 7, 0},
                                 {KernelCase::bytes_of(t.w),
                                  {},
                                  KernelCase::bytes_of(t.r),
                                  {},
                                  KernelCase::bytes_of(t.vectors),
                                  {}});
      test.instruction("lstm", {x, -1, w, h, c, has_y ? y : -1, 0, 1, 0, 0, 4, 0, 0});
      ASSERT_TRUE(test.bind(1, isa)) << test.error();
      test.set(x, t.x);
      test.set(h, t.h);
      test.set(c, t.c);
      test.run();
      states[has_y] = test.get<float>(h);
    }
    for (int i = 0; i < 7; ++i) {
      EXPECT_EQ(states[0][i], states[1][i]);
      EXPECT_TRUE(std::isfinite(states[0][i]));
      EXPECT_TRUE(std::isnan(states[0][7 + i]) && std::isnan(states[1][7 + i]));
    }
  }
}

}  // namespace
}  // namespace octet::test
