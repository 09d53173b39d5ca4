// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "kernel_case.h"

namespace octet::test {
namespace {

using Floats = std::vector<float>;
const std::vector<Isa> kIsas = {Isa::kScalar, Isa::kAvx2, Isa::kAvx512, Isa::kAvx512Vnni};

struct Placed {
  int x, aux, h, y;
};

struct Rnn {
  int32_t steps, batch, inputs, aux, units;
  bool time_major, reverse;
  int32_t columns, offset;

  std::vector<int32_t> shape(int32_t last) const {
    return time_major ? std::vector<int32_t>{steps, batch, last}
                      : std::vector<int32_t>{batch, steps, last};
  }

  Placed place(KernelCase* test, const Floats& w, const Floats& a, const Floats& r,
               const Floats& bias) const {
    Placed at{};
    at.x = test->arena(Type::kF32, shape(inputs));
    at.aux = aux > 0 ? test->arena(Type::kF32, shape(aux)) : -1;
    at.h = test->arena(Type::kF32, {batch, units});
    at.y = test->arena(Type::kF32, shape(columns));
    const auto bytes = [](const Floats& v) { return KernelCase::bytes_of(v); };
    const int weights = test->weights("rnn", {0, inputs, aux, units},
                                      {bytes(w), bytes(a), bytes(r), bytes(bias), {}});
    test->instruction("rnn",
                      {at.x, at.aux, weights, at.h, at.y, offset, time_major, reverse, 0, 4});
    return at;
  }
};

TEST(Rnn, IsTheFormulaOnEveryIsa) {
  for (const int32_t isa : runnable(kIsas)) {
    for (const Rnn& t :
         {Rnn{4, 2, 5, 0, 17, true, false, 17, 0}, Rnn{4, 2, 5, 3, 9, false, true, 20, 7},
          Rnn{700, 3, 2, 0, 20, true, true, 20, 0}, Rnn{3, 1, 1, 1, 1, false, false, 1, 0}}) {
      std::mt19937 random(31);
      const auto x = random_floats(random, t.steps * t.batch * t.inputs);
      const auto xa = random_floats(random, t.steps * t.batch * t.aux);
      const auto w = random_floats(random, t.units * t.inputs);
      const auto a = random_floats(random, t.units * t.aux);
      auto r = random_floats(random, t.units * t.units);
      for (float& v : r) v *= 0.3f;
      const auto bias = random_floats(random, t.units);
      const auto h0 = random_floats(random, t.batch * t.units);
      KernelCase test;
      const Placed at = t.place(&test, w, a, r, bias);
      ASSERT_TRUE(test.bind(2, isa)) << test.error();
      test.set(at.x, x);
      if (t.aux > 0) test.set(at.aux, xa);
      test.set(at.h, h0);
      test.set(at.y, Floats(t.steps * t.batch * t.columns, 5));
      test.run();
      std::vector<double> h(h0.begin(), h0.end());
      const auto y = test.get<float>(at.y);
      for (int32_t i = 0; i < t.steps; ++i) {
        const int32_t step = t.reverse ? t.steps - 1 - i : i;
        for (int32_t b = 0; b < t.batch; ++b) {
          const int32_t row = t.time_major ? step * t.batch + b : b * t.steps + step;
          std::vector<double> next(t.units);
          for (int32_t j = 0; j < t.units; ++j) {
            double v = bias[j];
            for (int32_t l = 0; l < t.inputs; ++l) v += x[row * t.inputs + l] * w[j * t.inputs + l];
            for (int32_t l = 0; l < t.aux; ++l) v += xa[row * t.aux + l] * a[j * t.aux + l];
            for (int32_t l = 0; l < t.units; ++l) v += h[b * t.units + l] * r[j * t.units + l];
            next[j] = std::tanh(v);
          }
          for (int32_t j = 0; j < t.columns; ++j) {
            const bool inside = j >= t.offset && j < t.offset + t.units;
            ASSERT_NEAR(y[row * t.columns + j], inside ? next[j - t.offset] : 5, 2e-5);
          }
          std::copy(next.begin(), next.end(), h.begin() + b * t.units);
        }
      }
      const auto state = test.get<float>(at.h);
      for (size_t i = 0; i < h.size(); ++i) ASSERT_NEAR(state[i], h[i], 2e-5);
    }
  }
}

// Large enough that the panels of a product are tasks of their own.
TEST(Rnn, ThreadsChangeNothing) {
  std::mt19937 random(33);
  const Rnn t{20, 2, 300, 0, 600, false, false, 600, 0};
  const auto w = random_floats(random, t.units * t.inputs);
  const auto r = random_floats(random, t.units * t.units);
  const auto x = random_floats(random, t.steps * t.batch * t.inputs);
  std::vector<float> first;
  for (const int32_t threads : {1, 4}) {
    KernelCase test;
    const Placed at = t.place(&test, w, {}, r, Floats(t.units));
    ASSERT_TRUE(test.bind(threads)) << test.error();
    test.set(at.x, x);
    test.set(at.h, Floats(t.batch * t.units));
    test.run();
    if (first.empty()) first = test.get<float>(at.y);
    EXPECT_EQ(test.get<float>(at.y), first);
  }
}

TEST(Rnn, MutantsAreRefusedOrHarmless) {
  KernelCase test;
  const Rnn t{4, 2, 5, 3, 9, true, false, 20, 7};
  t.place(&test, Floats(45), Floats(27), Floats(81), Floats(9));
  test.fuzz(3000, 100, 32);
}

TEST(Rnn, WeightsOfOtherSizesAreRefused) {
  for (int field = 0; field < 4; ++field) {
    for (const int32_t v : {-1, 1, 7, 1 << 20, INT32_MAX, INT32_MIN}) {
      KernelCase test;
      std::vector<int32_t> fields = {0, 5, 3, 9};
      fields[field] = v;
      const auto zeros = [](size_t n) { return KernelCase::bytes_of(Floats(n)); };
      const int x = test.arena(Type::kF32, {2, 5});
      const int w = test.weights("rnn", fields, {zeros(45), zeros(27), zeros(81), zeros(9), {}});
      test.instruction("rnn", {x, x, w, x, x, 0, 1, 0, 0, 4});
      EXPECT_FALSE(test.bind()) << field << " " << v;
    }
  }
}

}  // namespace
}  // namespace octet::test
