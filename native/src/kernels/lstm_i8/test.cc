// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "base/fixed_point.h"
#include "kernel_case.h"
#include "kernels/lstm_i8/layer_norm.h"
#include "kernels/recurrent/reference.h"

namespace octet::test {
namespace {

constexpr int32_t kPeephole = 1, kNorm = 2, kProjection = 4;
const std::vector<Isa> kIsas = {Isa::kScalar, Isa::kAvx2, Isa::kAvx512, Isa::kAvx512Vnni};

struct Lstm {
  int32_t steps, batch, inputs, cells, outputs, gates, sections;
  bool time_major = true;
  int32_t cell_bits = 4, cell_clip = 0, projection_clip = 0;
  int32_t x_zero = -9, h_zero = 5, hidden_zero = 3;
  std::vector<int8_t> x = {}, w = {}, r = {}, p = {}, h = {};
  std::vector<int16_t> halves = {}, c = {};
  std::vector<int32_t> words = {}, factors = {};

  bool has(int32_t section) const { return (sections & section) != 0; }
  std::vector<int32_t> shape(int32_t last) const {
    return time_major ? std::vector<int32_t>{steps, batch, last}
                      : std::vector<int32_t>{batch, steps, last};
  }

  void fill(std::mt19937& random) {
    const int32_t rows = gates * cells;
    x = random_integers<int8_t>(random, steps * batch * inputs, -128, 127);
    w = random_integers<int8_t>(random, rows * inputs, -128, 127);
    r = random_integers<int8_t>(random, rows * outputs, -128, 127);
    p = random_integers<int8_t>(random, has(kProjection) ? outputs * cells : 0, -128, 127);
    h = random_integers<int8_t>(random, batch * outputs, -128, 127);
    c = random_integers<int16_t>(random, batch * cells, -32768, 32767);
    words = random_integers<int32_t>(random, rows + (has(kProjection) ? outputs : 0), -3000, 3000);
    halves = random_integers<int16_t>(
        random, (has(kPeephole) ? rows - cells : 0) + (has(kNorm) ? rows : 0), -32768, 32767);
    factors.clear();
    for (int32_t g = 0; g < gates; ++g) {
      for (const int32_t v : {1400000000 + g, -4, 1500000000 - g, -5, 1300000000 + g, -16,
                              1200000000 + g, 2, 7 + g}) {
        factors.push_back(v);
      }
    }
    for (const int32_t v : {1600000000, -22, 1700000000, -7}) factors.push_back(v);
  }
};

struct Placed {
  int x, h, c, y;
};

Placed place(const Lstm& t, KernelCase* test) {
  Placed at{};
  at.x = test->arena(Type::kI8, t.shape(t.inputs));
  at.h = test->arena(Type::kI8, {t.batch, t.outputs});
  at.c = test->arena(Type::kI16, {t.batch, t.cells});
  at.y = test->arena(Type::kI8, t.shape(t.outputs));
  const int w = test->weights(
      "lstm_i8",
      {t.gates, t.inputs, t.cells, t.outputs, t.sections, t.x_zero, t.h_zero, t.hidden_zero},
      {KernelCase::bytes_of(t.w), KernelCase::bytes_of(t.r), KernelCase::bytes_of(t.p),
       KernelCase::bytes_of(t.words), KernelCase::bytes_of(t.halves),
       KernelCase::bytes_of(t.factors)});
  test->instruction("lstm_i8", {at.x, w, at.h, at.c, at.y, t.time_major, t.cell_bits, t.cell_clip,
                                t.projection_clip});
  return at;
}

int32_t half_away(int32_t v, const int32_t* factor) {
  return multiply_half_away(v, factor[0], factor[1]);
}

// One gate of one row, before it is squashed.
std::vector<int16_t> gate(const Lstm& t, int32_t g, int32_t peephole, const int8_t* x,
                          const int8_t* h, const int16_t* c) {
  const int32_t* factors = &t.factors[g * 9];
  std::vector<int16_t> z(t.cells);
  for (int32_t j = 0; j < t.cells; ++j) {
    const int32_t row = g * t.cells + j;
    int32_t sum = t.has(kNorm) ? 0 : t.words[row];
    for (int32_t l = 0; l < t.inputs; ++l) sum += (x[l] - t.x_zero) * t.w[row * t.inputs + l];
    int32_t v = reference::saturate16(half_away(sum, factors));
    sum = 0;
    for (int32_t l = 0; l < t.outputs; ++l) sum += (h[l] - t.h_zero) * t.r[row * t.outputs + l];
    v = reference::saturate16(v + half_away(sum, factors + 2));
    if (t.has(kPeephole) && peephole >= 0 && j < t.outputs) {
      const int32_t product = t.halves[peephole * t.cells + j] * c[j];
      v = reference::saturate16(v + half_away(product, factors + 4));
    }
    z[j] = static_cast<int16_t>(v);
  }
  if (t.has(kNorm)) {
    const size_t first = t.has(kPeephole) ? (t.gates - 1) * t.cells : 0;
    normalize_i16(&t.halves[first + g * t.cells], &t.words[g * t.cells], {factors[6], factors[7]},
                  factors[8], t.cells, z.data());
  }
  return z;
}

std::vector<int8_t> naive(Lstm* t) {
  const int32_t n = t->cells, full = t->gates - 3;
  const int32_t* last = &t->factors[t->gates * 9];
  std::vector<int8_t> y(t->steps * t->batch * t->outputs);
  for (int32_t step = 0; step < t->steps; ++step) {
    for (int32_t b = 0; b < t->batch; ++b) {
      const int32_t row = t->time_major ? step * t->batch + b : b * t->steps + step;
      const int8_t* x = &t->x[row * t->inputs];
      int8_t* h = &t->h[b * t->outputs];
      int16_t* c = &t->c[b * n];
      const auto zi = full != 0 ? gate(*t, 0, 0, x, h, c) : std::vector<int16_t>(n);
      const auto zf = gate(*t, full, full, x, h, c), zg = gate(*t, full + 1, -1, x, h, c);
      for (int32_t j = 0; j < n; ++j) {
        const int32_t f = reference::logistic16(zf[j]);
        const int32_t i = full != 0 ? reference::logistic16(zi[j]) : 32767 - f;
        const int32_t added =
            reference::divide16(i * reference::tanh16(zg[j], 3), 15 + t->cell_bits);
        int32_t v = reference::saturate16(reference::divide16(f * c[j], 15) + added);
        if (t->cell_clip > 0) v = std::clamp(v, -t->cell_clip, t->cell_clip);
        c[j] = static_cast<int16_t>(v);
      }
      const auto zo = gate(*t, full + 2, full + 1, x, h, c);
      std::vector<int32_t> hidden(n);
      const int32_t zero = t->has(kProjection) ? -t->hidden_zero : t->hidden_zero;
      for (int32_t j = 0; j < n; ++j) {
        const int32_t v = reference::logistic16(zo[j]) * reference::tanh16(c[j], t->cell_bits);
        hidden[j] = std::clamp(half_away(v, last) + zero, -128, 127);
      }
      for (int32_t j = 0; j < t->outputs; ++j) {
        int32_t v = hidden[j % n];
        if (t->has(kProjection)) {
          int32_t sum = t->words[t->gates * n + j];
          for (int32_t l = 0; l < n; ++l) {
            sum += (hidden[l] + t->hidden_zero) * t->p[j * n + l];
          }
          v = std::clamp(half_away(sum, last + 2) + t->h_zero, -128, 127);
          const int32_t limit = t->projection_clip;
          if (limit > 0) v = std::clamp(v, -limit, limit);
        }
        h[j] = static_cast<int8_t>(v);
        y[row * t->outputs + j] = h[j];
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
  test.set(at.h, t.h);
  test.set(at.c, t.c);
  for (int run = 0; run < 2; ++run) {
    test.run();
    ASSERT_EQ(test.get<int8_t>(at.y), naive(&t));
    ASSERT_EQ(test.get<int8_t>(at.h), t.h);
    ASSERT_EQ(test.get<int16_t>(at.c), t.c);
  }
}

TEST(LstmI8, FollowsItsStepsOnEveryIsa) {
  for (const int32_t isa : runnable(kIsas)) {
    int32_t seed = 100;
    for (const int32_t gates : {3, 4}) {
      for (int32_t sections = 0; sections < 8; ++sections) {
        for (const int32_t cells : {5, 16, 33}) {
          // flat peepholes of several rows are TensorFlow Lite's own affair
          const bool projection = (sections & kProjection) != 0;
          Lstm t{4,
                 projection && (sections & kPeephole) != 0 ? 1 : 2,
                 7,
                 cells,
                 projection ? 3 : cells,
                 gates,
                 sections};
          t.time_major = seed % 2 == 0;
          t.cell_bits = seed % 7;
          t.cell_clip = seed % 3 == 0 ? 5000 : 0;
          t.projection_clip = seed % 2 == 0 ? 60 : 0;
          check(t, isa, ++seed);
        }
      }
    }
  }
}

TEST(LstmI8, LongSequences) { check(Lstm{500, 2, 3, 40, 40, 4, 0}, -1, 61); }

TEST(LstmI8, ReciprocalRootsAreNearDouble) {
  for (int64_t v = 2; v < INT32_MAX; v = v * 5 / 4 + 1) {
    const Factor factor = reciprocal_root(static_cast<int32_t>(v));
    ASSERT_TRUE(factor.valid()) << v;
    const double root = std::ldexp(factor.multiplier, factor.shift - 31);
    // five iterations from 1: the ends of the interval are the worst
    ASSERT_NEAR(root * std::sqrt(static_cast<double>(v)), 1, 1e-3) << v;
  }
}

TEST(LstmI8, MutantsAreRefusedOrHarmless) {
  std::mt19937 random(62);
  Lstm t{3, 2, 6, 5, 4, 4, kPeephole | kNorm | kProjection};
  t.fill(random);
  KernelCase test;
  place(t, &test);
  test.fuzz(3000, 100, 63);
}

TEST(LstmI8, WeightsOfOtherSizesAreRefused) {
  std::mt19937 random(64);
  Lstm t{3, 2, 6, 5, 4, 4, kProjection};
  t.fill(random);
  for (int field = 0; field < 8; ++field) {
    for (const int32_t v : {-1000, 3, 7, 1 << 20, INT32_MAX, INT32_MIN}) {
      std::vector<int32_t> fields = {4, 6, 5, 4, kProjection, 0, 0, 0};
      if (field >= 5 && (v == 3 || v == 7)) continue;
      fields[field] = v;
      KernelCase test;
      const int x = test.arena(Type::kI8, {3, 2, 6});
      const int w = test.weights("lstm_i8", fields,
                                 {KernelCase::bytes_of(t.w), KernelCase::bytes_of(t.r),
                                  KernelCase::bytes_of(t.p), KernelCase::bytes_of(t.words),
                                  KernelCase::bytes_of(t.halves), KernelCase::bytes_of(t.factors)});
      test.instruction("lstm_i8", {x, w, x, x, x, 1, 4, 0, 0});
      EXPECT_FALSE(test.bind()) << field << " " << v;
    }
  }
}

}  // namespace
}  // namespace octet::test
