// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "base/fixed_point.h"
#include "kernels/recurrent/recurrent.h"
#include "kernels/recurrent/reference.h"

namespace octet {
namespace {

class RecurrentTest : public testing::TestWithParam<const RecurrentIsa*> {
 protected:
  void SetUp() override {
    if (!isa_covers(active_isa(), GetParam()->isa)) {
      GTEST_SKIP() << "no " << isa_name(GetParam()->isa) << " here";
    }
  }
  const RecurrentIsa& isa() const { return *GetParam(); }
  std::mt19937 random_{91};

  template <typename T>
  std::vector<T> numbers(size_t n, double low, double high) {
    std::uniform_real_distribution<double> uniform(low, high);
    std::vector<T> result(n);
    for (T& v : result) v = static_cast<T>(std::floor(uniform(random_)));
    return result;
  }
  std::vector<float> floats(size_t n, float range) {
    std::uniform_real_distribution<float> uniform(-range, range);
    std::vector<float> result(n);
    for (float& v : result) v = uniform(random_);
    return result;
  }
};

// The number that a byte in dot form stands for.
int32_t unraised(uint8_t byte) { return static_cast<int8_t>(byte ^ kDotForm ^ 0x80); }

const int32_t kRows[] = {0, 1, 3, 4, 5, 9};
const int32_t kDepths[] = {0, 1, 2, 3, 4, 7, 33};
const int32_t kWidths[] = {1, 15, 16, 17, 48, 64, 65, 80, 130};

TEST_P(RecurrentTest, FloatProductsAddUp) {
  for (const int32_t m : kRows) {
    for (const int32_t k : kDepths) {
      for (const int32_t n : kWidths) {
        const auto x = floats(m * k + 1, 1), w = floats(n * k + 1, 1);
        const int64_t wide = padded_columns(n);
        std::vector<float> packed(wide * k + 16), y(m * wide + 16, 0.5f);
        // two pieces, as two gates are
        const int32_t first = n / 2;
        const auto* bytes = reinterpret_cast<const std::byte*>(w.data());
        pack_f32(bytes, first, k, n, 0, packed.data());
        pack_f32(bytes + int64_t{first} * k * 4, n - first, k, n, first, packed.data());
        isa().product_f32({x.data(), k, m, k, n, packed.data(), y.data(), wide}, 0, panels(n));
        for (int32_t i = 0; i < m; ++i) {
          for (int32_t j = 0; j < n; ++j) {
            double sum = 0.5;
            for (int32_t l = 0; l < k; ++l) sum += double{x[i * k + l]} * w[j * k + l];
            ASSERT_NEAR(y[i * wide + j], sum, 1e-5) << m << " " << k << " " << n;
          }
        }
        for (size_t i = m * wide; i < y.size(); ++i) ASSERT_EQ(y[i], 0.5f);
      }
    }
  }
}

TEST_P(RecurrentTest, IntegerProductsAreExact) {
  for (const int32_t m : kRows) {
    for (const int32_t k : kDepths) {
      for (const int32_t n : kWidths) {
        const int64_t stride = padded_rows_i8(k), wide = padded_columns(n);
        const auto x = numbers<uint8_t>(m * stride + 64, 0, 256);
        const auto w = numbers<int8_t>(n * k + 1, -128, 128);
        const auto start = numbers<int32_t>(wide, -2e9, 2e9);
        std::vector<int8_t> packed(wide * stride + 64);
        std::vector<int32_t> y(m * wide + 16, 77);
        pack_i8(reinterpret_cast<const std::byte*>(w.data()), n, k, n, 0, packed.data());
        isa().product_i8({x.data(), stride, m, k, n, packed.data(), start.data(), y.data(), wide},
                         0, panels(n));
        for (int32_t i = 0; i < m; ++i) {
          for (int32_t j = 0; j < n; ++j) {
            auto sum = static_cast<uint32_t>(start[j]);
            for (int32_t l = 0; l < k; ++l) {
              const uint8_t byte = x[i * stride + l];
              const int32_t raised = kDotForm == 0 ? byte : static_cast<int8_t>(byte);
              sum += static_cast<uint32_t>(raised * w[j * k + l]);
            }
            ASSERT_EQ(y[i * wide + j], static_cast<int32_t>(sum)) << m << " " << k << " " << n;
          }
        }
        for (size_t i = m * wide; i < y.size(); ++i) ASSERT_EQ(y[i], 77);
      }
    }
  }
}

TEST_P(RecurrentTest, FixedPointFunctionsAreTheLibrarysForEveryNumber) {
  std::vector<int16_t> x(65536 + kSpare), y(x.size());
  for (int32_t i = 0; i < 65536; ++i) x[i] = static_cast<int16_t>(i - 32768);
  isa().logistic_i16(x.data(), 65536, y.data());
  for (int32_t i = 0; i < 65536; ++i) ASSERT_EQ(y[i], reference::logistic16(x[i])) << x[i];
  for (int32_t bits = 0; bits <= 6; ++bits) {
    isa().tanh_i16(bits, x.data(), 65536, y.data());
    for (int32_t i = 0; i < 65536; ++i) {
      ASSERT_EQ(y[i], reference::tanh16(x[i], bits)) << x[i] << " of " << bits << " bits";
    }
  }
}

TEST_P(RecurrentTest, IntegerCellsFollowTheirSteps) {
  for (const int32_t n : {1, 7, 8, 16, 20, 33}) {
    const auto gate = [&] { return numbers<int16_t>(n + kSpare, -32768, 32768); };
    const auto i = gate(), f = gate(), g = gate(), o = gate();
    for (const bool coupled : {false, true}) {
      for (const int32_t right : {15, 18, 21}) {
        const int32_t clip = right == 18 ? 9000 : 0;
        auto c = numbers<int16_t>(n + kSpare, -32768, 32768);
        const auto before = c;
        isa().cell_i16({coupled ? nullptr : i.data(), f.data(), g.data(), c.data(), n, right,
                        static_cast<int16_t>(clip)});
        for (int32_t j = 0; j < n; ++j) {
          const int32_t input = coupled ? 32767 - f[j] : i[j];
          const double kept = std::round(1.0 * f[j] * before[j] / 32768);
          const double added = std::round(1.0 * g[j] * input / std::exp2(right));
          // a product of two -32768 is 32768, which int16 wraps
          const auto wrap = [](double v) { return static_cast<int16_t>(static_cast<int32_t>(v)); };
          int32_t sum = reference::saturate16(wrap(kept) + wrap(added));
          if (clip > 0) sum = std::clamp(sum, -clip, clip);
          ASSERT_EQ(c[j], sum);
        }
        for (int32_t j = n; j < n + kSpare; ++j) ASSERT_EQ(c[j], before[j]);
      }
    }
    const Factor factor{1500000000, -17};
    std::vector<int8_t> y(n + kSpare, 3);
    isa().multiply_i8(i.data(), o.data(), factor, -7, n, y.data());
    for (int32_t j = 0; j < n; ++j) {
      const int32_t v = multiply_half_away(i[j] * o[j], factor.multiplier, factor.shift) - 7;
      ASSERT_EQ(y[j], std::clamp(v, -128, 127));
    }
    for (int32_t j = n; j < n + kSpare; ++j) ASSERT_EQ(y[j], 3);
  }
}

TEST_P(RecurrentTest, NarrowsGatesLikeTheDefinition) {
  const int32_t n = plain_columns(70);
  auto cells = numbers<int32_t>(n, -2e9, 2e9);
  const int32_t edges[] = {INT32_MIN, INT32_MAX, -1, 0, 1, -2, 2, -32768, 32768, -3, 3, 1 << 30};
  std::copy(std::begin(edges), std::end(edges), cells.begin() + 9);
  for (int32_t shift = -31; shift < 0; ++shift) {
    for (const int32_t multiplier : {1 << 30, INT32_MAX, 1518500250, 0}) {
      // halves of both signs
      for (int32_t i = 0; i < 8; ++i) cells[i] = (2 * i - 7) * (1 << std::min(30 - 3, -shift));
      std::vector<int32_t> sums(n);
      for (int32_t j = 0; j < n; ++j) sums[plain_column(j, isa().lanes)] = cells[j];
      std::vector<int16_t> y(n);
      isa().narrow_i16(sums.data(), {multiplier, shift}, n, y.data());
      for (int32_t j = 0; j < n; ++j) {
        const int32_t v = multiply_half_away(cells[j], multiplier, shift);
        ASSERT_EQ(y[j], std::clamp(v, -32768, 32767)) << cells[j] << " by " << shift;
      }
    }
  }
}

TEST_P(RecurrentTest, RequantizesLikeTheDefinition) {
  for (const int32_t n : {1, 15, 16, 40}) {
    const auto sums = numbers<int32_t>(n + kSpare, -2e9, 2e9);
    const auto add = numbers<int16_t>(n + kSpare, -32768, 32768);
    for (const Factor factor : {Factor{1 << 30, -31}, Factor{INT32_MAX, -15},
                                Factor{1234567890, -16}, Factor{0, 0}, Factor{1 << 30, 3}}) {
      std::vector<int16_t> y(n + kSpare), plus(n + kSpare);
      isa().requantize_i16(sums.data(), factor, nullptr, n, y.data());
      isa().requantize_i16(sums.data(), factor, add.data(), n, plus.data());
      for (int32_t j = 0; j < n; ++j) {
        const int64_t v = multiply_half_away(sums[j], factor.multiplier, factor.shift);
        ASSERT_EQ(y[j], std::clamp<int64_t>(v, -32768, 32767));
        if (v + add[j] <= INT32_MAX && v + add[j] >= INT32_MIN) {
          ASSERT_EQ(plus[j], std::clamp<int64_t>(v + add[j], -32768, 32767));
        }
      }
    }
  }
}

TEST_P(RecurrentTest, QuantizesRows) {
  for (const int32_t n : {1, 2, 15, 16, 17, 100}) {
    for (const bool asymmetric : {false, true}) {
      auto x = floats(n + kSpare, 3);
      x[0] = 0.5f;
      std::vector<uint8_t> q(n + kSpare);
      float scale;
      int32_t zero;
      isa().quantize(x.data(), n, asymmetric, q.data(), &scale, &zero);
      float low = x[0], high = x[0];
      for (int32_t j = 0; j < n; ++j) {
        low = std::min(low, x[j]);
        high = std::max(high, x[j]);
      }
      const double range = asymmetric ? std::max(0.0f, high) - std::min(0.0f, low)
                                      : 2 * std::max(std::abs(low), std::abs(high));
      ASSERT_NEAR(scale, range / (asymmetric ? 255 : 254), scale * 1e-6);
      ASSERT_TRUE(asymmetric || zero == 0);
      for (int32_t j = 0; j < n; ++j) {
        ASSERT_NEAR((unraised(q[j]) - zero) * double{scale}, x[j], 0.5001 * scale) << n;
      }
    }
  }
  std::vector<float> nothing(40);
  std::vector<uint8_t> q(40);
  float scale;
  int32_t zero;
  for (const bool asymmetric : {false, true}) {
    isa().quantize(nothing.data(), 5, asymmetric, q.data(), &scale, &zero);
    EXPECT_EQ(scale, 1);
    EXPECT_EQ(zero, 0);
    for (int j = 0; j < 5; ++j) EXPECT_EQ(unraised(q[j]), 0);
  }
}

TEST_P(RecurrentTest, HalvesAreRoundedAwayFromZero) {
  std::vector<float> x(48);
  for (int j = 0; j < 16; ++j) x[j] = static_cast<float>(j) - 7.5f;
  x[16] = 127;  // so that the scale is 1
  x[17] = 0.49999997f;
  std::vector<uint8_t> q(48);
  float scale;
  int32_t zero;
  isa().quantize(x.data(), 18, false, q.data(), &scale, &zero);
  ASSERT_EQ(scale, 1);
  for (int j = 0; j < 18; ++j) EXPECT_EQ(unraised(q[j]), std::round(x[j])) << x[j];
}

TEST_P(RecurrentTest, SquashingIsNearDouble) {
  std::vector<float> x = {0, -0.0f, 1e-30f, -1e-30f, 88, -88, 1e30f, -1e30f, 10, -10, 0.1f};
  for (float v = -20; v < 20; v += 0.013f) x.push_back(v);
  const auto n = static_cast<int32_t>(x.size());
  x.resize(x.size() + kSpare);
  std::vector<float> y(x.size(), 9);
  const auto near = [&](Squash act, auto expected) {
    isa().squash(act, x.data(), n, y.data());
    for (int32_t j = 0; j < n; ++j) {
      const double e = expected(double{x[j]});
      ASSERT_NEAR(y[j], e, 1e-36 + 4e-7 * std::abs(e)) << x[j];
    }
    for (int32_t j = n; j < n + kSpare; ++j) ASSERT_EQ(y[j], 9);
  };
  near(Squash::kTanh, [](double v) { return std::tanh(v); });
  near(Squash::kLogistic, [](double v) { return 1 / (1 + std::exp(-std::clamp(v, -87., 87.))); });
  near(Squash::kRelu, [](double v) { return std::max(v, 0.0); });
  near(Squash::kRelu6, [](double v) { return std::clamp(v, 0.0, 6.0); });
  near(Squash::kReluN1To1, [](double v) { return std::clamp(v, -1.0, 1.0); });
  near(Squash::kNone, [](double v) { return v; });
  near(Squash::kSignBit, [](double v) { return std::signbit(v) ? 1.0 : 0.0; });
}

// Elements are made of fused multiply-add, division and what is exact: every instruction set that
// has it gives the same bits.
TEST_P(RecurrentTest, VectorsGiveTheSameBits) {
  if (isa().isa == Isa::kScalar) GTEST_SKIP() << "without fused multiply-add";
  const int32_t n = 40000;
  std::vector<float> x(n + kSpare), f(x.size()), g(x.size()), c(x.size()), h(x.size());
  for (int32_t j = 0; j < n; ++j) {
    x[j] = static_cast<float>(j - n / 2) * 0.00075f;
    f[j] = static_cast<float>(j * 7 % n - n / 2) * 0.0003f;
    g[j] = static_cast<float>(j * 11 % n - n / 2) * 0.0002f;
    c[j] = static_cast<float>(j * 13 % n - n / 2) * 0.0001f;
  }
  uint64_t hash = 0xcbf29ce484222325u;
  const auto mix = [&hash](const std::vector<float>& values) {
    for (int32_t j = 0; j < n; ++j) {
      uint32_t bits;
      std::memcpy(&bits, &values[j], sizeof(bits));
      hash = (hash ^ bits) * 0x100000001b3u;
    }
  };
  for (const Squash act : {Squash::kTanh, Squash::kLogistic, Squash::kRelu6}) {
    isa().squash(act, x.data(), n, h.data());
    mix(h);
  }
  isa().cell_f32({x.data(), f.data(), g.data(), nullptr, nullptr, c.data(), n, Squash::kTanh, 1.5});
  mix(c);
  isa().hidden_f32({f.data(), nullptr, c.data(), h.data(), n, Squash::kTanh});
  mix(h);
  EXPECT_EQ(hash, 0x412caa5e51b154c2u);
}

const std::vector<const RecurrentIsa*> kAll = {
#define OCTET_RECURRENT(name) &name,
#include "kernels/recurrent/kernels.inc"
#undef OCTET_RECURRENT
};

INSTANTIATE_TEST_SUITE_P(Isas, RecurrentTest, testing::ValuesIn(kAll),
                         [](const auto& info) { return std::string(isa_name(info.param->isa)); });

}  // namespace
}  // namespace octet
