// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "guarded.h"
#include "kernels/gemm_i8/gemm_i8.h"
#include "kernels/gemm_i8/reference.h"

namespace octet {
namespace {

struct Named {
  Isa isa;
  GemmI8Function function;
  const char* name;
};
const Named kKernelsHere[] = {
#define OCTET_KERNEL(isa, function) {isa, function, #function},
#include "kernels/gemm_i8/kernels.inc"
#undef OCTET_KERNEL
};

enum Fill { kRandom, kHighHigh, kHighLow, kLowLow, kAlternating, kLeastFew, kFills };

struct Case {
  int32_t m, n, segments, segment_bytes;
  Fill fill;
  int32_t x_zero, w_zero;
  OutputRange range;
  bool shifts_left;
  int32_t lines = 1;   // of m / lines rows each
  bool close = false;  // rows of x, and of y, follow one another
};

// One product: operands with guard pages behind them, packed weights, and the expected y.
class Product {
 public:
  Product(const Case& c, Rounding rounding, std::mt19937& random)
      : c_(c),
        k_(c.segments * c.segment_bytes),
        x_stride_(c.segment_bytes + (c.close ? 0 : 5)),
        x_line_(c.m / c.lines * x_stride_ + 7),
        x_bytes_((c.lines - 1) * x_line_ + (c.m / c.lines - 1) * x_stride_ +
                 (c.segments - 1) * kGap() + c.segment_bytes),
        y_stride_(c.n + (c.close ? 0 : 3)),
        y_line_(c.m / c.lines * y_stride_ + 2),
        y_bytes_((c.lines - 1) * y_line_ + (c.m / c.lines - 1) * y_stride_ + c.n),
        x_(x_bytes_ + 3),
        x_dot_(x_bytes_ + 3),
        w_(int64_t{c.n} * k_),
        y_(y_bytes_, kUntouched) {
    for (int32_t s = 0; s < c.segments; ++s) offsets_.push_back(s * kGap());
    for (int64_t i = 0; i < x_bytes_ + 3; ++i) {
      x_.data()[i] = x_value(i, random);
      x_dot_.data()[i] = x_.data()[i] ^ kDotForm;
    }
    for (int64_t i = 0; i < int64_t{c.n} * k_; ++i) w_.as<int8_t>()[i] = w_value(i, random);
    for (int32_t n = 0; n < c.n; ++n) {
      const double reach = 255.0 * 64 * k_ * (0.01 + (random() % 100) / 100.0);
      bias_.push_back(static_cast<int32_t>(random() % 20001) - 10000);
      const double scale = (c.shifts_left ? 1 + random() % 7 : 128.0) / (c.shifts_left ? 1 : reach);
      int32_t shift;
      const double fraction = std::frexp(scale, &shift);
      scale_.push_back(static_cast<float>(scale));
      shift_.push_back(n % 13 == 12 ? -31 : n % 11 == 10 ? 0 : shift);
      multiplier_.push_back(n % 17 == 16 ? 0
                            : n % 7 == 6 ? INT32_MAX
                            : n % 7 == 5 ? 1 << 30
                                         : static_cast<int32_t>(fraction * 2147483647.0));
    }
    shape_ = {c.n, c.segments, c.segment_bytes, c.x_zero, c.w_zero, rounding};
    const int64_t bytes = gemm_i8_packed_bytes(shape_);
    packed_.reset(new Guarded(bytes));
    gemm_i8_pack(shape_, w_.as<std::byte>(), reinterpret_cast<const std::byte*>(bias_.data()),
                 source(), packed_->data());
    expected_.assign(y_bytes_, kUntouched);
    for (int32_t l = 0; l < c.lines; ++l) {
      reference::gemm_i8(c.m / c.lines, c.n, c.segments, c.segment_bytes, x_.data() + l * x_line_,
                         x_stride_, offsets_.data(), c.x_zero, w_.as<int8_t>(), c.w_zero,
                         bias_.data(), {rounding, scale_.data(), multiplier_.data(), shift_.data()},
                         c.range, expected_.data() + l * y_line_, y_stride_);
    }
  }

  const GemmI8Weights& packed() { return *packed_->as<GemmI8Weights>(); }

  RequantizeSource source() const {
    const auto bytes = static_cast<int64_t>(4 * scale_.size());
    return {reinterpret_cast<const std::byte*>(scale_.data()),
            reinterpret_cast<const std::byte*>(multiplier_.data()),
            reinterpret_cast<const std::byte*>(shift_.data()),
            bytes,
            bytes,
            bytes};
  }

  // Number of wrong bytes, untouched ones between the rows included.
  int64_t run(GemmI8Function kernel, int32_t first_group, int32_t groups) {
    GemmI8Call call{};
    call.w = &packed();
    call.x = x_dot_.data();
    call.x_stride = x_stride_;
    call.segment_offset = offsets_.data();
    call.y = y_.data();
    call.y_stride = y_stride_;
    call.m = c_.m;
    call.line = c_.lines == 1 ? 0 : c_.m / c_.lines;
    call.x_line = x_line_;
    call.y_line = y_line_;
    call.first_group = first_group;
    call.groups = groups;
    call.range = c_.range;
    kernel(call);
    int64_t wrong = 0;
    for (int64_t i = 0; i < y_bytes_; ++i) wrong += y_.data()[i] != expected_[i];
    return wrong;
  }

 private:
  static constexpr uint8_t kUntouched = 0xa5;
  int64_t kGap() const { return c_.segment_bytes + 2; }
  uint8_t x_value(int64_t i, std::mt19937& random) const {
    switch (c_.fill) {
      case kHighHigh:
      case kHighLow:
        return 255;
      case kLowLow:
      case kLeastFew:
        return 0;
      case kAlternating:
        return i % 2 != 0 ? 255 : 0;
      default:
        return static_cast<uint8_t>(random());
    }
  }
  int8_t w_value(int64_t i, std::mt19937& random) const {
    switch (c_.fill) {
      case kHighHigh:
        return 127;
      case kHighLow:
      case kLowLow:
        return -128;
      case kLeastFew:
        return i % 4 == 1 ? -128 : -127;
      case kAlternating:
        return i % 3 != 0 ? 127 : -128;
      default:
        return static_cast<int8_t>(random());
    }
  }

  Case c_;
  int32_t k_;
  int64_t x_stride_, x_line_, x_bytes_, y_stride_, y_line_, y_bytes_;
  Guarded x_, x_dot_, w_, y_;
  std::vector<int64_t> offsets_;
  std::vector<int32_t> bias_, multiplier_, shift_;
  std::vector<float> scale_;
  GemmI8Shape shape_;
  std::unique_ptr<Guarded> packed_;
  std::vector<uint8_t> expected_;
};

class GemmI8Test : public testing::TestWithParam<std::tuple<Named, Rounding>> {
 protected:
  void SetUp() override {
    const Named& kernel = std::get<0>(GetParam());
    if (!isa_covers(active_isa(), kernel.isa)) {
      GTEST_SKIP() << "no " << isa_name(kernel.isa) << " here";
    }
  }
  void check(const Case& c) {
    Product product(c, std::get<1>(GetParam()), random_);
    if (product.packed().vector_exact == 0) return;
    ++checked_;
    ASSERT_EQ(product.run(std::get<0>(GetParam()).function, 0, product.packed().groups), 0)
        << "m " << c.m << " n " << c.n << " k " << c.segments << "x" << c.segment_bytes << " fill "
        << c.fill << " x_zero " << c.x_zero << " w_zero " << c.w_zero;
  }
  std::mt19937 random_{20251121};
  int checked_ = 0;
};

constexpr OutputRange kWhole = {128, 0, 255, 0};
constexpr OutputRange kRelu6 = {3, 3, 250, 0x80};
constexpr OutputRange kPlainInt8 = {17, 0, 255, 0x80};

TEST_P(GemmI8Test, Shapes) {
  const int32_t widths[] = {1, 7, 15, 16, 17, 31, 32, 33, 48, 63, 64, 65, 80, 96, 129, 200};
  const int32_t rows[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 17, 49, 100};
  const int32_t runs[][2] = {{1, 1},  {1, 3}, {1, 4},  {1, 5}, {1, 16},
                             {1, 31}, {3, 9}, {3, 12}, {9, 7}, {1, 130}};
  int turn = 0;
  for (const int32_t n : widths) {
    for (const int32_t m : rows) {
      const auto& run = runs[turn % 10];
      check({m, n, run[0], run[1], turn % 4 == 3 ? kAlternating : kRandom, turn % 256,
             turn % 3 == 0 ? 0 : turn % 7 - 3, turn % 2 == 0 ? kWhole : kRelu6, turn % 5 == 4});
      ++turn;
    }
  }
  EXPECT_GT(checked_, 150);
}

TEST_P(GemmI8Test, LinesAndCloseRows) {
  int turn = 0;
  for (const int32_t n : {1, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 44, 48, 56, 64, 72, 104}) {
    for (const int32_t line : {1, 3, 4, 7, 8, 16, 31, 150}) {
      for (const int32_t lines : {1, 2, 5, 11}) {
        const int32_t segments = 1 + turn % 3, bytes = 3 + turn % 15;
        check({line * lines, n, segments, bytes, kRandom, turn % 256, turn % 2 == 0 ? 0 : turn % 9,
               turn % 3 == 0 ? kWhole : OutputRange{0, 0, 255, 0}, false, lines, turn % 4 < 3});
        ++turn;
      }
    }
  }
  EXPECT_GT(checked_, 500);
}

TEST_P(GemmI8Test, TailsOfKAndN) {
  int turn = 0;
  for (int32_t k = 1; k <= 33; ++k) {
    for (int32_t n = 1; n <= 33; n += 1 + turn % 3, ++turn) {
      const int32_t segments = 1 + turn % 2;
      check({1 + turn % 7, n, segments, k, turn % 5 == 0 ? kLowLow : kRandom, turn % 256,
             turn % 3 == 0 ? -1 : 0, turn % 2 == 0 ? kWhole : kPlainInt8, false});
    }
  }
  EXPECT_GT(checked_, 400);
}

// One run of an even or odd number of quads, weights without a zero point: 1x1 convolutions.
TEST_P(GemmI8Test, RunsOfQuads) {
  int turn = 0;
  for (const int32_t k : {7, 8, 13, 16, 20, 21, 24, 32, 40, 46, 96, 144}) {
    for (const int32_t m : {2, 4, 5, 13}) {
      for (const int32_t n : {16, 17, 40, 64}) {
        const OutputRange range = turn % 3 == 0 ? kWhole : turn % 3 == 1 ? kRelu6 : kPlainInt8;
        const Fill fill = turn % 5 == 3 ? kHighHigh : turn % 5 == 4 ? kAlternating : kRandom;
        check({m, n, 1, k, fill, turn % 256, 0, range, turn % 7 == 6});
        ++turn;
      }
    }
  }
  EXPECT_GT(checked_, 150);
}

// int16 holds two products of -128 by -128 less one.
TEST_P(GemmI8Test, PairsOfLeastWeights) {
  for (const int32_t k : {4, 5, 8, 9, 16, 24, 100}) {
    for (const int32_t m : {1, 2, 5}) {
      for (const Fill fill : {kLowLow, kLeastFew}) {
        check({m, 40, 2, k, fill, 255, 0, kWhole, false});
      }
    }
  }
  EXPECT_GT(checked_, 40);
}

TEST_P(GemmI8Test, Extremes) {
  for (int fill = 0; fill < kFills; ++fill) {
    for (const int32_t x_zero : {0, 128, 255}) {
      for (const int32_t w_zero : {0, -128, 127}) {
        for (const int32_t k : {1, 2, 3, 7, 64, 257, 2048}) {
          check({7, 50, 1, k, static_cast<Fill>(fill), x_zero, w_zero, kWhole, false});
        }
      }
    }
  }
  EXPECT_GT(checked_, 250);
}

// Sums of x where its rows follow one another.
TEST_P(GemmI8Test, CloseRowsWithZeroPointsOfWeights) {
  for (const int32_t k : {4, 8, 12, 16, 24, 32, 64, 100}) {
    for (const int32_t m : {1, 15, 16, 17, 40, 200}) {
      check({m, 21, 1, k, kRandom, 7, -9, kWhole, false, 1, true});
    }
  }
  EXPECT_GT(checked_, 40);
}

// Every depth of a deep sum is exact, and scales above 1 saturate instead of wrapping.
TEST_P(GemmI8Test, Saturation) {
  for (const int fill : {kHighHigh, kHighLow, kRandom}) {
    check({3, 20, 1, 30000, static_cast<Fill>(fill), 0, 0, kWhole, false});
    check({3, 20, 1, 300, static_cast<Fill>(fill), 0, 0, kWhole, true});
    check({3, 20, 3, 1000, static_cast<Fill>(fill), 255, -128, kRelu6, true});
  }
  EXPECT_GT(checked_, 2);
}

// Weights of 0 leave the bias as the sum: each channel takes a sum near a rounding step.
TEST_P(GemmI8Test, SumsNearTheStepsOfRounding) {
  const auto& [kernel, rounding] = GetParam();
  constexpr int32_t kChannels = 16 * 255, kRows = 2;
  int64_t wrong = 0;
  for (int turn = 0; turn < 60; ++turn) {
    std::vector<float> scale(kChannels);
    std::vector<int32_t> multiplier(kChannels), shift(kChannels), bias(kChannels);
    const OutputRange range = turn % 3 == 0   ? OutputRange{0, 0, 255, 0}
                              : turn % 3 == 1 ? OutputRange{100 + turn, 0, 255, 0}
                                              : OutputRange{9, 9, 250, 0x80};
    for (int32_t c = 0; c < kChannels; ++c) {
      multiplier[c] = turn % 4 == 0 ? 1 << 30 : (1 << 30) + static_cast<int32_t>(random_() >> 2);
      shift[c] = static_cast<int32_t>(random_() % 20) - 18;
      const double s = std::ldexp(multiplier[c], shift[c] - 31);
      scale[c] = static_cast<float>(s);
      const double step = c / 16 - range.zero + 0.5 + (turn % 5 - 2) * std::ldexp(0.5, shift[c]);
      bias[c] = static_cast<int32_t>(std::floor(step / s)) + c % 16 / 4 - 1;
    }
    const auto* bytes = reinterpret_cast<const std::byte*>(scale.data());
    const auto* m = reinterpret_cast<const std::byte*>(multiplier.data());
    const auto* r = reinterpret_cast<const std::byte*>(shift.data());
    const std::vector<std::byte> w(kChannels);
    const GemmI8Shape shape = {kChannels, 1, 1, 0, 0, rounding};
    Guarded packed(gemm_i8_packed_bytes(shape));
    gemm_i8_pack(shape, w.data(), reinterpret_cast<const std::byte*>(bias.data()),
                 {bytes, m, r, 4 * kChannels, 4 * kChannels, 4 * kChannels}, packed.data());
    ASSERT_EQ(packed.as<GemmI8Weights>()->vector_exact, 1);
    const std::vector<uint8_t> x(kRows + 3);
    std::vector<uint8_t> y(kRows * kChannels);
    const int64_t offset = 0;
    GemmI8Call call{};
    call.w = packed.as<GemmI8Weights>();
    call.x = x.data();
    call.x_stride = 1;
    call.segment_offset = &offset;
    call.y = y.data();
    call.y_stride = kChannels;
    call.m = kRows;
    call.groups = call.w->groups;
    call.range = range;
    kernel.function(call);
    for (int32_t i = 0; i < kRows * kChannels; ++i) {
      const int32_t c = i % kChannels;
      const uint8_t expected = reference::requantize(
          {rounding, scale.data(), multiplier.data(), shift.data()}, c, bias[c], range);
      if (y[i] != expected && ++wrong < 10) {
        ADD_FAILURE() << "sum " << bias[c] << " multiplier " << multiplier[c] << " shift "
                      << shift[c] << " is " << int{y[i]} << " not " << int{expected};
      }
    }
  }
  EXPECT_EQ(wrong, 0);
}

TEST_P(GemmI8Test, ComputesOnlyTheGroupsAskedFor) {
  Product product({5, 200, 1, 20, kRandom, 9, 2, kWhole, false}, std::get<1>(GetParam()), random_);
  const auto function = std::get<0>(GetParam()).function;
  const int32_t groups = product.packed().groups;
  ASSERT_EQ(groups, 4);
  EXPECT_GT(product.run(function, 1, 2), 0);
  EXPECT_GT(product.run(function, 0, 1), 0);
  EXPECT_EQ(product.run(function, 3, 1), 0);
}

#if !OCTET_ARM64  // whose vectors wrap and saturate as requantize.h says
TEST(GemmI8Select, FallsBackToScalarWhereShiftsWouldOverflow) {
  std::mt19937 random(1);
  Product product({3, 20, 1, 60000, kHighHigh, 0, 0, kWhole, true}, Rounding::kHalfUp, random);
  ASSERT_EQ(product.packed().vector_exact, 0);
  const GemmI8Function function = select_gemm_i8(active_isa(), product.packed());
  EXPECT_EQ(function, &gemm_i8__scalar);
  EXPECT_EQ(product.run(function, 0, product.packed().groups), 0);
}
#endif

// Floats have the same bits everywhere: all kernels do the same operations in the same order.
TEST(GemmI8Real, EqualsTheScalarKernel) {
  std::mt19937 random(7);
  for (int32_t turn = 0; turn < 300; ++turn) {
    const int32_t m = 1 + turn % 9, n = 1 + static_cast<int32_t>(random() % 70);
    const int32_t k = 1 + static_cast<int32_t>(random() % 40);
    const GemmI8Shape shape = {n, 1, k, 0, 0, Rounding::kReal};
    std::vector<std::byte> w(n * k);
    for (auto& b : w) b = static_cast<std::byte>(random());
    std::vector<float> scale(n), bias(n), x_scale(m);
    for (float& v : scale) v = std::ldexp(static_cast<float>(random() % 1000 + 1), -14);
    for (float& v : bias) v = static_cast<float>(random() % 100) - 50;
    for (float& v : x_scale) v = std::ldexp(static_cast<float>(random() % 1000 + 1), -12);
    std::vector<int32_t> x_zero(m);
    for (int32_t& v : x_zero) v = static_cast<int32_t>(random() % 256) - 128;
    Guarded x(m * k + 3), packed(gemm_i8_packed_bytes(shape));
    for (int32_t i = 0; i < m * k + 3; ++i) x.data()[i] = static_cast<uint8_t>(random());
    const int64_t four = int64_t{4} * n;
    gemm_i8_pack(shape, w.data(), reinterpret_cast<const std::byte*>(bias.data()),
                 {reinterpret_cast<const std::byte*>(scale.data()), nullptr, nullptr, four, 0, 0},
                 packed.data());
    std::vector<uint32_t> expected(m * n + 1, 0xa5a5a5a5), y;
    const int64_t none = 0;
    GemmI8Call call{};
    call.w = packed.as<GemmI8Weights>();
    call.x = x.data();
    call.x_stride = k;
    call.segment_offset = &none;
    call.y_stride = four;
    call.m = m;
    call.groups = call.w->groups;
    call.x_scale = x_scale.data();
    call.x_zero = turn % 2 == 0 ? x_zero.data() : nullptr;
    call.x_step = turn % 4 < 2 ? 1 : 0;
    call.low = -60;
    call.high = 300;
    y = expected;
    call.y = reinterpret_cast<uint8_t*>(expected.data());
    gemm_i8__scalar(call);
    for (const Named& kernel : kKernelsHere) {
      if (!isa_covers(active_isa(), kernel.isa)) continue;
      std::vector<uint32_t> out = y;
      call.y = reinterpret_cast<uint8_t*>(out.data());
      kernel.function(call);
      ASSERT_EQ(out, expected) << kernel.name << " m " << m << " n " << n << " k " << k;
    }
  }
}

TEST(GemmI8Select, TakesTheBestOfTheCluster) {
  std::mt19937 random(1);
  Product product({3, 20, 1, 60, kRandom, 0, 0, kWhole, false}, Rounding::kFloat, random);
  for (const Named& kernel : kKernelsHere) {
    EXPECT_EQ(select_gemm_i8(kernel.isa, product.packed()), kernel.function) << kernel.name;
  }
}

TEST(GemmI8Pack, RefusesDimensionsOutOfRange) {
  EXPECT_EQ(gemm_i8_packed_bytes({0, 1, 1, 0, 0, Rounding::kFloat}), 0);
  EXPECT_EQ(gemm_i8_packed_bytes({1, 0, 1, 0, 0, Rounding::kFloat}), 0);
  EXPECT_EQ(gemm_i8_packed_bytes({1, 1, 0, 0, 0, Rounding::kFloat}), 0);
  EXPECT_EQ(gemm_i8_packed_bytes({1, 1 << 20, 2, 0, 0, Rounding::kFloat}), 0);
  EXPECT_EQ(gemm_i8_packed_bytes({INT32_MAX, 1, 1, 0, 0, Rounding::kFloat}), 0);
  EXPECT_GT(gemm_i8_packed_bytes({1 << 20, 1, 1, 0, 0, Rounding::kFloat}), 0);
}

std::string test_name(const testing::TestParamInfo<std::tuple<Named, Rounding>>& info) {
  const char* const roundings[] = {"_float", "_half_up", "_half_away"};
  return std::string(std::get<0>(info.param).name) +
         roundings[static_cast<int>(std::get<1>(info.param))];
}

INSTANTIATE_TEST_SUITE_P(Kernels, GemmI8Test,
                         testing::Combine(testing::ValuesIn(kKernelsHere),
                                          testing::Values(Rounding::kFloat, Rounding::kHalfUp,
                                                          Rounding::kHalfAway)),
                         test_name);

}  // namespace
}  // namespace octet
