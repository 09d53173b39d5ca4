// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "guarded.h"
#include "kernels/dwconv_i8/dwconv_i8.h"
#include "kernels/dwconv_i8/reference.h"

namespace octet {
namespace {

struct Named {
  Isa isa;
  DwconvI8Taps taps;
  DwconvI8Rows rows;
  bool words;
  const char* name;
};
const Named kKernelsHere[] = {
#define OCTET_KERNEL(isa, words, function) {isa, function, nullptr, words != 0, #function},
#define OCTET_KERNEL_ROWS(isa, group, function) {isa, nullptr, function, false, #function},
#include "kernels/dwconv_i8/kernels.inc"
#undef OCTET_KERNEL
#undef OCTET_KERNEL_ROWS
};

enum Fill {
  kRandom,
  kHighHigh,
  kHighLow,
  kLowLow,
  kAlternating,
  kSmallWeights,
  kOneRow,
  kPairs,
  kFills
};
using reference::DwconvGeometry;
constexpr int64_t kReadBehind = 15;
constexpr uint8_t kUntouched = 0xa5;

struct Case {
  DwconvGeometry g;
  Fill fill;
  int32_t x_zero, w_zero;
  OutputRange range;
};

DwconvGeometry same(int32_t size, int32_t channels, int32_t k, int32_t stride, int32_t dilation) {
  const int32_t out = (size + stride - 1) / stride;
  const int32_t pad = std::max((out - 1) * stride + (k - 1) * dilation + 1 - size, 0);
  return {size, size, channels, 1, k, k, stride, dilation, pad / 2, pad / 2, out, out};
}

// One image: operands with guard pages behind them, packed weights, and the expected y.
class Image {
 public:
  Image(const Case& c, Isa isa, Rounding rounding, std::mt19937& random)
      : c_(c),
        g_(c.g),
        x_bytes_(g_.h * g_.w * g_.channels),
        w_bytes_(g_.kh * g_.kw * g_.channels),
        element_(rounding == Rounding::kReal ? 4 : 1),
        y_bytes_(g_.oh * g_.ow * g_.channels * element_),
        x_(x_bytes_ + kReadBehind),
        dot_(x_bytes_ + kReadBehind),
        w_(w_bytes_),
        y_(y_bytes_, kUntouched) {
    for (int64_t i = 0; i < x_bytes_ + kReadBehind; ++i) x_.data()[i] = x_value(i, random);
    for (int64_t i = 0; i < x_bytes_ + kReadBehind; ++i) dot_.data()[i] = x_.data()[i] ^ kDotForm;
    for (int64_t i = 0; i < w_bytes_; ++i) w_.as<int8_t>()[i] = w_value(i, random);
    for (int32_t n = 0; n < g_.channels; ++n) {
      const double scale = 300.0 / (255.0 * 64 * g_.kh * g_.kw) * (0.05 + random() % 100 / 50.0);
      int32_t shift;
      const double fraction = std::frexp(scale, &shift);
      bias_.push_back(static_cast<int32_t>(random() % 2001) - 1000);
      if (rounding == Rounding::kReal) {
        const auto real = static_cast<float>(bias_[n]);
        std::memcpy(&bias_[n], &real, sizeof(real));
      }
      // results beyond int16, and beyond int32
      const bool large = c.fill == kOneRow && n % 23 == 4;
      scale_.push_back(n % 19 == 18 ? 3e9f : large ? 30.0f : static_cast<float>(scale));
      shift_.push_back(n % 13 == 12 ? -31 : n % 11 == 10 ? 3 : n % 11 == 9 ? 0 : shift);
      multiplier_.push_back(n % 17 == 16 ? 0
                            : n % 7 == 6 ? INT32_MAX
                            : n % 7 == 5 ? 1 << 30
                                         : static_cast<int32_t>(fraction * 2147483647.0));
    }
    const auto bytes = static_cast<int64_t>(4 * scale_.size());
    const RequantizeSource source = {reinterpret_cast<const std::byte*>(scale_.data()),
                                     reinterpret_cast<const std::byte*>(multiplier_.data()),
                                     reinterpret_cast<const std::byte*>(shift_.data()),
                                     bytes,
                                     bytes,
                                     bytes};
    const auto* bias = reinterpret_cast<const std::byte*>(bias_.data());
    const DwconvI8Weights plan =
        plan_dwconv_i8({g_.channels, g_.kh, g_.kw, c.x_zero, c.w_zero, rounding}, isa,
                       w_.as<std::byte>(), bias, source);
    packed_.reset(new Guarded(plan.bytes));
    pack_dwconv_i8(plan, w_.as<std::byte>(), bias, source, packed_->data());
    expected_.resize(y_bytes_);
    out_.range = c.range;
    if (rounding == Rounding::kReal) {
      expect_floats(c);
      return;
    }
    reference::dwconv_i8(g_, x_.data(), c.x_zero, w_.as<int8_t>(), c.w_zero, bias_.data(),
                         {rounding, scale_.data(), multiplier_.data(), shift_.data()}, c.range,
                         expected_.data());
  }

  const DwconvI8Weights& packed() { return *packed_->as<DwconvI8Weights>(); }

  int64_t run(DwconvI8Taps kernel) {
    const DwconvI8Weights& w = packed();
    std::vector<const uint8_t*> taps(g_.ow * w.slots);
    for (int32_t oh = 0; oh < g_.oh; ++oh) {
      std::fill(taps.begin(), taps.end(), pad());
      for (int32_t ow = 0; ow < g_.ow; ++ow) {
        for (int32_t t = 0; t < g_.kh * g_.kw; ++t) {
          const int32_t ih = oh * g_.stride - g_.pad_top + t / g_.kw * g_.dilation;
          const int32_t iw = ow * g_.stride - g_.pad_left + t % g_.kw * g_.dilation;
          if (ih < 0 || ih >= g_.h || iw < 0 || iw >= g_.w) continue;
          taps[ow * w.slots + w.slot(t / g_.kw, t % g_.kw)] = pixel(ih, iw);
        }
      }
      kernel({&w, taps.data(), g_.ow, y_row(oh), g_.channels * element_, out_});
    }
    return wrong();
  }

  int64_t run(DwconvI8Rows kernel) {
    DwconvI8RowsCall call{};
    call.w = &packed();
    call.x = dot_.data();
    call.pad = pad();
    call.x_row = int64_t{g_.w} * g_.channels;
    call.x_step = g_.channels;
    call.y_step = g_.channels * element_;
    call.rows = g_.h;
    call.columns = g_.w;
    call.top = -g_.pad_top;
    call.left = g_.pad_left;
    call.stride_h = call.stride_w = g_.stride;
    call.dilation_h = call.dilation_w = g_.dilation;
    call.out_rows = g_.oh;
    call.pixels = g_.ow;
    call.y = y_.data();
    call.y_row = call.y_step * g_.ow;
    call.out = out_;
    kernel(call);
    return wrong();
  }

 private:
  void expect_floats(const Case& c) {
    const float x_scale = 0.37f;
    reals_.resize(packed().blocks());
    set_real_blocks(packed(), x_scale, static_cast<uint32_t>(c.x_zero), reals_.data());
    zeros_.assign(g_.channels + 64, static_cast<uint8_t>(c.x_zero ^ kDotForm));
    out_.real = reals_.data();
    out_.low = -900.0f;
    out_.high = 1100.0f;
    auto* y = reinterpret_cast<float*>(expected_.data());
    for (int64_t i = 0; i < y_bytes_ / 4; ++i) {
      const int32_t n = static_cast<int32_t>(i % g_.channels);
      const int32_t ow = static_cast<int32_t>(i / g_.channels % g_.ow);
      const int32_t oh = static_cast<int32_t>(i / g_.channels / g_.ow);
      int32_t acc = 0;
      for (int32_t t = 0; t < g_.kh * g_.kw; ++t) {
        const int32_t ih = oh * g_.stride - g_.pad_top + t / g_.kw * g_.dilation;
        const int32_t iw = ow * g_.stride - g_.pad_left + t % g_.kw * g_.dilation;
        if (ih < 0 || ih >= g_.h || iw < 0 || iw >= g_.w) continue;
        acc += (x_.data()[(ih * g_.w + iw) * g_.channels + n] - c.x_zero) *
               w_.as<int8_t>()[t * g_.channels + n];
      }
      float bias;
      std::memcpy(&bias, &bias_[n], sizeof(bias));
      const float v = static_cast<float>(acc) * (x_scale * scale_[n]);
      y[i] = std::min(out_.high, std::max(out_.low, v + bias));
    }
  }
  const uint8_t* pad() { return zeros_.empty() ? packed().pad() : zeros_.data(); }
  const uint8_t* pixel(int32_t ih, int32_t iw) {
    return dot_.data() + (ih * g_.w + iw) * g_.channels;
  }
  uint8_t* y_row(int32_t oh) { return y_.data() + oh * g_.ow * g_.channels * element_; }
  int64_t wrong() {
    int64_t count = 0;
    for (int64_t i = 0; i < y_bytes_; ++i) count += y_.data()[i] != expected_[i];
    return count;
  }
  uint8_t x_value(int64_t i, std::mt19937& random) const {
    switch (c_.fill) {
      case kHighHigh:
      case kHighLow:
        return 255;
      case kLowLow:
        return 0;
      case kAlternating:
      case kPairs:
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
      case kAlternating:
        return i % 3 != 0 ? 127 : -128;
      case kOneRow:  // of each 64 channels another row has what a zero point moves beyond int8
        return static_cast<int8_t>(i / g_.channels / 3 == i % g_.channels / 64 % 3 ? random()
                                                                                   : random() % 60);
      case kSmallWeights:
        return static_cast<int8_t>(random() % 60);
      case kPairs:  // as far as products of two taps go in int16
        return i / g_.channels % 2 == 0 ? -128 : -127;
      default:
        return static_cast<int8_t>(random());
    }
  }

  Case c_;
  DwconvGeometry g_;
  int64_t x_bytes_, w_bytes_, element_, y_bytes_;
  Guarded x_, dot_, w_, y_;  // dot_: x in the form of the kernels
  std::vector<int32_t> bias_, multiplier_, shift_;
  std::vector<float> scale_;
  std::unique_ptr<Guarded> packed_;
  std::vector<uint8_t> expected_;
  DwconvI8Output out_;
  std::vector<RealBlock> reals_;
  std::vector<uint8_t> zeros_;  // a pixel of x_zero
};

class DwconvI8Test : public testing::TestWithParam<std::tuple<Named, Rounding>> {
 protected:
  void SetUp() override {
    if (!isa_covers(active_isa(), kernel().isa)) {
      GTEST_SKIP() << "no " << isa_name(kernel().isa) << " here";
    }
  }
  const Named& kernel() const { return std::get<0>(GetParam()); }
  // Runs the kernel where it is one of the choices for these weights.
  void check(Case c) {
    if (std::get<1>(GetParam()) == Rounding::kReal) c.w_zero = 0;
    Image image(c, kernel().isa, std::get<1>(GetParam()), random_);
    int64_t wrong;
    if (kernel().taps != nullptr) {
      if (select_dwconv_i8_taps(kernel().isa, image.packed()) != kernel().taps) return;
      wrong = image.run(kernel().taps);
    } else {
      const DwconvI8Rows rows = select_dwconv_i8_rows(kernel().isa, image.packed(), c.g.stride,
                                                      c.g.dilation, c.g.pad_left);
      if (rows != kernel().rows) return;
      wrong = image.run(kernel().rows);
    }
    ++checked_;
    ASSERT_EQ(wrong, 0) << c.g.h << "x" << c.g.w << "x" << c.g.channels << " k " << c.g.kh << "x"
                        << c.g.kw << " stride " << c.g.stride << " fill " << c.fill << " x_zero "
                        << c.x_zero << " w_zero " << c.w_zero;
  }
  // Weights of NEON are bytes or words: neither of its kernels takes all.
  int share(int cases) const {
    if (kernel().taps == nullptr || kernel().isa != Isa::kNeon) return cases;
    // without a zero point only weights of -128 make words
    return kernel().words && std::get<1>(GetParam()) == Rounding::kReal ? 0 : cases / 4;
  }
  std::mt19937 random_{20251121};
  int checked_ = 0;
};

constexpr OutputRange kWhole = {128, 0, 255, 0};
constexpr OutputRange kRelu6 = {3, 3, 250, 0x80};
constexpr OutputRange kRelu = {0, 0, 255, 0};
constexpr OutputRange kInside = {100, 90, 200, 0x80};
constexpr Fill kFills3x3[] = {kRandom, kOneRow, kOneRow, kAlternating};
constexpr OutputRange kRanges[] = {kWhole, kRelu6, kRelu, kInside};

TEST_P(DwconvI8Test, ThreeByThree) {
  int turn = 0;
  for (const int32_t channels : {1, 3, 8, 15, 16, 17, 31, 32, 33, 48, 49, 63, 64, 65, 96, 144}) {
    for (const int32_t size : {1, 2, 3, 4, 5, 6, 7, 11}) {
      for (const int32_t stride : {1, 2}) {
        check({same(size, channels, 3, stride, 1), kFills3x3[turn % 4], turn % 256,
               turn % 3 == 0 ? 0 : turn % 7 - 3, kRanges[turn / 2 % 4]});
        ++turn;
      }
    }
  }
  // wider than what Arm takes at once of channels that are no multiple of 16
  check({{3, 70, 20, 1, 3, 3, 1, 1, 1, 1, 3, 70}, kPairs, 5, 0, kWhole});
  check({{4, 71, 40, 1, 3, 3, 2, 1, 0, 0, 2, 35}, kRandom, 5, 0, kRelu6});
  EXPECT_GE(checked_, share(250));
}

TEST_P(DwconvI8Test, ThreeByThreeWithUnevenPadding) {
  for (const int32_t channels : {16, 40, 70}) {
    check({{6, 9, channels, 1, 3, 3, 1, 1, 0, 0, 4, 7}, kRandom, 7, 0, kWhole});
    check({{6, 9, channels, 1, 3, 3, 2, 1, 0, 0, 2, 4}, kRandom, 7, 0, kWhole});
    check({{6, 8, channels, 1, 3, 3, 2, 1, 0, 0, 3, 4}, kRandom, 7, 0, kWhole});
    check({{6, 8, channels, 1, 3, 3, 1, 1, 2, 1, 8, 9}, kRandom, 7, 3, kRelu6});
  }
  EXPECT_GE(checked_, share(12));
}

TEST_P(DwconvI8Test, OtherWindows) {
  const int32_t windows[][5] = {{1, 1, 1, 1, 0}, {5, 5, 1, 1, 2},  {5, 5, 2, 1, 2},
                                {3, 3, 1, 2, 2}, {10, 8, 2, 1, 4}, {1, 7, 1, 1, 0},
                                {2, 2, 2, 1, 0}, {3, 5, 3, 1, 1}};
  int turn = 0;
  for (const auto& k : windows) {
    for (const int32_t channels : {1, 8, 16, 24, 50, 64, 100}) {
      const int32_t out = 12 / k[2];
      check({{12, 12, channels, 1, k[0], k[1], k[2], k[3], k[4], k[4], out, out},
             turn % 2 == 0 ? kRandom : kSmallWeights,
             turn % 256,
             turn % 5 - 2,
             kWhole});
      ++turn;
    }
  }
  if (kernel().rows != nullptr && kernel().isa == Isa::kNeon) return;  // takes none
  EXPECT_GE(checked_, kernel().taps != nullptr ? share(55) : 20);
}

TEST_P(DwconvI8Test, Extremes) {
  for (int fill = 0; fill < kFills; ++fill) {
    for (const int32_t x_zero : {0, 128, 255}) {
      for (const int32_t w_zero : {0, -128, 127, -127}) {
        check({same(6, 100, 3, 1, 1), static_cast<Fill>(fill), x_zero, w_zero, kWhole});
        check({same(6, 20, 3, 2, 1), static_cast<Fill>(fill), x_zero, w_zero, kRelu6});
      }
    }
  }
  EXPECT_GE(checked_, share(100));
}

#if OCTET_ARM64
constexpr Isa kDot = Isa::kNeonDot;
#else
constexpr Isa kDot = Isa::kAvx512Vnni;
#endif

TEST(DwconvI8Plan, ChoosesWeightsByTheirRange) {
  std::mt19937 random(1);
  const DwconvGeometry g = same(4, 20, 3, 1, 1);
  const auto plan = [&](Fill fill, int32_t w_zero, Isa isa) {
    return Image({g, fill, 0, w_zero, kWhole}, isa, Rounding::kFloat, random).packed();
  };
  EXPECT_EQ(plan(kRandom, 0, kDot).halves, 1);
  EXPECT_EQ(plan(kSmallWeights, 20, kDot).halves, 1);
  EXPECT_EQ(plan(kRandom, 20, kDot).halves, 2);
  EXPECT_EQ(plan(kHighHigh, -127, kDot).words, 0);
  EXPECT_EQ(plan(kHighHigh, -128, kDot).words, 1);
  EXPECT_EQ(plan(kRandom, 0, Isa::kAvx512).words, 1);
  EXPECT_EQ(plan(kPairs, 0, Isa::kNeon).words, 0);
  EXPECT_EQ(plan(kHighHigh, 0, Isa::kNeon).words, 0);
  EXPECT_EQ(plan(kLowLow, 0, Isa::kNeon).words, 1);
  EXPECT_EQ(plan(kPairs, 1, Isa::kNeon).words, 1);
  EXPECT_EQ(plan(kRandom, 0, Isa::kScalar).words, 1);
}

TEST(DwconvI8Plan, KnowsTheRowBeyondInt8) {
  std::mt19937 random(1);
  const DwconvGeometry g = same(4, 200, 3, 1, 1);
  Image one({g, kOneRow, 0, 20, kWhole}, kDot, Rounding::kFloat, random);
  for (int c = 0; c < 200; c += one.packed().strip_width(c)) {
    EXPECT_EQ(one.packed().twice(c), c / 64 % 3);
  }
  Image many({g, kRandom, 0, 20, kWhole}, kDot, Rounding::kFloat, random);
  EXPECT_EQ(many.packed().twice(0), -1);
  Image none({g, kRandom, 0, 0, kWhole}, kDot, Rounding::kFloat, random);
  EXPECT_EQ(none.packed().twice(64), kDwconvI8NoRow);
}

TEST(DwconvI8Plan, RefusesDimensionsOutOfRange) {
  EXPECT_EQ(
      plan_dwconv_i8({0, 3, 3, 0, 0, Rounding::kFloat}, Isa::kScalar, nullptr, nullptr, {}).bytes,
      0);
  EXPECT_EQ(plan_dwconv_i8({1, 4096, 2, 0, 0, Rounding::kFloat}, Isa::kScalar, nullptr, nullptr, {})
                .bytes,
            0);
}

std::string test_name(const testing::TestParamInfo<std::tuple<Named, Rounding>>& info) {
  const char* const roundings[] = {"_float", "_half_up", "_half_away", "_real"};
  return std::string(std::get<0>(info.param).name) +
         roundings[static_cast<int>(std::get<1>(info.param))];
}

INSTANTIATE_TEST_SUITE_P(Kernels, DwconvI8Test,
                         testing::Combine(testing::ValuesIn(kKernelsHere),
                                          testing::Values(Rounding::kFloat, Rounding::kHalfUp,
                                                          Rounding::kHalfAway, Rounding::kReal)),
                         test_name);

}  // namespace
}  // namespace octet
