// SPDX-License-Identifier: Apache-2.0
//
// The instructions gemm_i8 and dwconv_i8 on random geometry against plain loops, on every cluster
// of this machine, with every storage that a value may have.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "blocks.h"
#include "kernels/gemm_i8/reference.h"

namespace octet::test {
namespace {

enum Storage { kInt8, kFlipped, kUint8 };

struct Geometry {
  int32_t n, h, w, ci, co, kh, kw;
  int32_t stride_h, stride_w, dilation_h, dilation_w, pad_top, pad_left, oh, ow;
};

template <typename T>
std::vector<char> bytes_of(const std::vector<T>& values) {
  const auto* begin = reinterpret_cast<const char*>(values.data());
  return std::vector<char>(begin, begin + values.size() * sizeof(T));
}

class Layer {
 public:
  Layer(bool depthwise, std::mt19937& random) : depthwise_(depthwise), random_(random) {
    g_.n = pick(1, 2);
    g_.h = pick(1, 12);
    g_.w = pick(1, 12);
    g_.ci = pick(1, depthwise ? 40 : 24);
    g_.co = depthwise ? g_.ci * (pick(0, 3) == 0 ? pick(2, 8) : 1) : pick(1, 70);
    const bool three = depthwise && pick(0, 1) == 0;
    g_.kh = three ? 3 : pick(1, 4);
    g_.kw = three ? 3 : pick(1, 4);
    if (!depthwise && pick(0, 2) == 0) g_.kh = g_.kw = 1;
    g_.stride_h = pick(1, 3);
    g_.stride_w = three ? pick(1, 2) : pick(1, 3);
    g_.dilation_h = pick(0, 3) == 0 ? 2 : 1;
    g_.dilation_w = !three && pick(0, 3) == 0 ? 2 : 1;
    g_.pad_top = pick(0, 2);
    g_.pad_left = pick(0, three ? 1 : 2);
    g_.oh = pick(1, 8);
    g_.ow = pick(1, 8);
    if (pick(0, 3) == 0) {  // a plain point-wise layer or 1x1 with stride
      g_.pad_top = g_.pad_left = 0;
      g_.oh = (g_.h + g_.stride_h - 1) / g_.stride_h;
      g_.ow = (g_.w + g_.stride_w - 1) / g_.stride_w;
    }
    x_storage_ = static_cast<Storage>(pick(0, 2));
    y_storage_ = static_cast<Storage>(pick(0, 2));
    x_zero_ = pick(0, 255);
    w_zero_ = pick(0, 2) == 0 ? pick(-128, 127) : 0;
    range_ = {pick(0, 255), pick(0, 100), pick(101, 255), 0};
    rounding_ = static_cast<Rounding>(pick(0, 2));
    fill(&x_, int64_t{g_.n} * g_.h * g_.w * g_.ci);
    fill(&w_, int64_t{g_.kh} * g_.kw * (depthwise ? 1 : g_.ci) * g_.co);
    for (int32_t c = 0; c < g_.co; ++c) {
      bias_.push_back(pick(-3000, 3000));
      scale_.push_back(std::ldexp(0.5f + pick(0, 4095) / 8192.0f, -pick(6, 10)));
      int32_t shift;
      multiplier_.push_back(static_cast<int32_t>(std::frexp(scale_.back(), &shift) * 2147483648.0));
      shift_.push_back(shift);
    }
  }

  // Wrong bytes of y and of its border; -1 when the program does not load or run.
  int64_t run(int32_t isa, int32_t threads) {
    WeightsSpec weights;
    weights.kernel = name();
    weights.fields = depthwise_
                         ? std::vector<int32_t>{g_.co, g_.kh, g_.kw, x_zero_, w_zero_, rounding()}
                         : std::vector<int32_t>{g_.co,         g_.kh,   g_.kw,   g_.ci,
                                                g_.dilation_w, x_zero_, w_zero_, rounding()};
    weights.parts = {bytes_of(w_), bytes_of(bias_), bytes_of(scale_), bytes_of(multiplier_),
                     bytes_of(shift_)};
    BindingSpec spec;
    spec.arena_bytes = 1 << 20;
    const int32_t right_fill = x_storage_ == kInt8 ? x_zero_ - 128 : x_zero_;
    const int32_t border = depthwise_ ? 0 : pick(0, 2);
    ValueRecord x =
        value(x_storage_ == kUint8 ? Type::kU8 : Type::kI8, {g_.n, g_.h, g_.w, g_.ci}, 0);
    x.flip = x_storage_ == kFlipped ? 0x80 : 0;
    if (pick(0, 1) == 0) std::fill(x.border, x.border + 4, pick(0, 3));
    x.fill = pick(0, 3) == 0 ? right_fill ^ 1 : right_fill;
    ValueRecord y =
        value(y_storage_ == kUint8 ? Type::kU8 : Type::kI8, {g_.n, g_.oh, g_.ow, g_.co}, 1 << 19);
    y.flip = y_storage_ == kFlipped ? 0x80 : 0;
    std::fill(y.border, y.border + 4, border);
    y.fill = 77;
    spec.values = {x, y};
    std::vector<int32_t> fields = {0, 0, 1, g_.stride_h, g_.stride_w, g_.dilation_h};
    if (depthwise_) fields.push_back(g_.dilation_w);
    fields.insert(fields.end(), {g_.pad_top, g_.pad_left, range_.zero, range_.min, range_.max});
    if (!depthwise_) fields.insert(fields.end(), {1, 1, 0, 0});
    fields.insert(fields.end(), {-1, -1, 0, 0});
    spec.instructions = {{name(), fields}};
    Engine engine({weights}, spec, threads, isa);
    if (!engine.ok()) return failed(engine);
    store(engine.at<uint8_t>(0), x);
    std::memset(engine.at<uint8_t>(1 << 19), 0xa5, 1 << 18);
    if (engine.run() != OCTET_OK) return failed(engine);
    return compare(engine.at<uint8_t>(1 << 19), y);
  }

  std::string describe() const {
    std::string text;
    for (const int32_t v : {g_.n, g_.h, g_.w, g_.ci, g_.co, g_.kh, g_.kw, g_.stride_h, g_.stride_w,
                            g_.dilation_h, g_.dilation_w, g_.pad_top, g_.pad_left, g_.oh, g_.ow}) {
      text += std::to_string(v) + " ";
    }
    return text + "storage " + std::to_string(x_storage_) + " " + std::to_string(y_storage_) +
           " rounding " + std::to_string(rounding()) + " w_zero " + std::to_string(w_zero_);
  }

 private:
  int32_t pick(int32_t low, int32_t high) {
    return low + static_cast<int32_t>(random_() % (high - low + 1));
  }
  template <typename T>
  void fill(std::vector<T>* values, int64_t size) {
    for (int64_t i = 0; i < size; ++i) values->push_back(static_cast<T>(random_()));
  }
  const char* name() const { return depthwise_ ? "dwconv_i8" : "gemm_i8"; }
  int32_t rounding() const { return static_cast<int32_t>(rounding_); }
  int64_t failed(const Engine& engine) const {
    ADD_FAILURE() << engine.error.message;
    return -1;
  }
  static int64_t index(const ValueRecord& v, int32_t n, int32_t h, int32_t w, int32_t c) {
    const int64_t rows = v.dims[1] + v.border[0] + v.border[1];
    const int64_t columns = v.dims[2] + v.border[2] + v.border[3];
    return ((n * rows + h + v.border[0]) * columns + w + v.border[2]) * v.dims[3] + c;
  }
  void store(uint8_t* to, const ValueRecord& v) const {
    const int64_t bytes = int64_t{v.dims[0]} * (v.dims[1] + v.border[0] + v.border[1]) *
                          (v.dims[2] + v.border[2] + v.border[3]) * v.dims[3];
    std::memset(to, v.fill, bytes);
    const uint8_t mask = x_storage_ == kInt8 ? 0x80 : 0;
    for (int64_t i = 0; i < static_cast<int64_t>(x_.size()); ++i) {
      const auto c = static_cast<int32_t>(i % g_.ci), w = static_cast<int32_t>(i / g_.ci % g_.w);
      const auto h = static_cast<int32_t>(i / g_.ci / g_.w % g_.h);
      to[index(v, static_cast<int32_t>(i / g_.ci / g_.w / g_.h), h, w, c)] = x_[i] ^ mask;
    }
  }
  uint8_t expected(int32_t n, int32_t oh, int32_t ow, int32_t co) const {
    int64_t acc = bias_[co];
    const int32_t d = depthwise_ ? g_.co / g_.ci : 1;
    for (int32_t i = 0; i < g_.kh; ++i) {
      for (int32_t j = 0; j < g_.kw; ++j) {
        const int32_t ih = oh * g_.stride_h - g_.pad_top + i * g_.dilation_h;
        const int32_t iw = ow * g_.stride_w - g_.pad_left + j * g_.dilation_w;
        if (ih < 0 || ih >= g_.h || iw < 0 || iw >= g_.w) continue;
        const int64_t pixel = ((int64_t{n} * g_.h + ih) * g_.w + iw) * g_.ci;
        const int64_t tap = i * g_.kw + j;
        if (depthwise_) {
          acc += int64_t{x_[pixel + co / d] - x_zero_} * (w_[tap * g_.co + co] - w_zero_);
          continue;
        }
        for (int32_t c = 0; c < g_.ci; ++c) {
          const int8_t weight = w_[(int64_t{co} * g_.kh * g_.kw + tap) * g_.ci + c];
          acc += int64_t{x_[pixel + c] - x_zero_} * (weight - w_zero_);
        }
      }
    }
    OutputRange range = range_;
    range.flip = y_storage_ == kInt8 ? 0x80 : 0;
    return reference::requantize({rounding_, scale_.data(), multiplier_.data(), shift_.data()}, co,
                                 static_cast<int32_t>(acc), range);
  }
  int64_t compare(const uint8_t* y, const ValueRecord& v) const {
    int64_t wrong = 0;
    for (int32_t n = 0; n < g_.n; ++n) {
      for (int32_t h = -v.border[0]; h < g_.oh + v.border[1]; ++h) {
        for (int32_t w = -v.border[2]; w < g_.ow + v.border[3]; ++w) {
          const bool inside = h >= 0 && h < g_.oh && w >= 0 && w < g_.ow;
          for (int32_t c = 0; c < g_.co; ++c) {
            const uint8_t wanted = inside ? expected(n, h, w, c) : static_cast<uint8_t>(v.fill);
            wrong += y[index(v, n, h, w, c)] != wanted;
          }
        }
      }
    }
    const int64_t end =
        index(v, g_.n - 1, g_.oh + v.border[1] - 1, g_.ow + v.border[3] - 1, g_.co - 1);
    return wrong + (y[end + 1] != 0xa5);
  }

  bool depthwise_;
  std::mt19937& random_;
  Geometry g_;
  Storage x_storage_, y_storage_;
  int32_t x_zero_, w_zero_;
  OutputRange range_;
  Rounding rounding_;
  std::vector<uint8_t> x_;
  std::vector<int8_t> w_;
  std::vector<int32_t> bias_, multiplier_, shift_;
  std::vector<float> scale_;
};

void check(bool depthwise) {
  std::mt19937 random(7);
  for (int i = 0; i < 1500; ++i) {
    Layer layer(depthwise, random);
    for (int32_t isa = 0; isa <= 17; ++isa) {
      if (octet_isa_name(isa) == nullptr) continue;
      ASSERT_EQ(layer.run(isa, 1 + i % 2), 0)
          << "layer " << i << ": " << layer.describe() << " on " << octet_isa_name(isa);
    }
  }
}

TEST(ConvI8, GemmMatchesPlainLoops) { check(false); }
TEST(ConvI8, DwconvMatchesPlainLoops) { check(true); }

// A long layer in many tasks gives the same on one thread and on two.
TEST(ConvI8, ThreadsDoNotMatter) {
  const int32_t m = 4096, ci = 64, co = 96;
  WeightsSpec weights;
  weights.kernel = "gemm_i8";
  weights.fields = {co, 1, 1, ci, 1, 128, 0, 0};
  std::vector<int8_t> w(ci * co);
  std::mt19937 random(3);
  for (int8_t& v : w) v = static_cast<int8_t>(random());
  weights.parts = {bytes_of(w), {}, bytes_of(std::vector<float>(co, 0.002f)), {}, {}};
  BindingSpec spec;
  spec.arena_bytes = 1 << 20;
  spec.values = {value(Type::kI8, {m, ci}, 0), value(Type::kI8, {m, co}, 1 << 19)};
  spec.instructions = {
      {"gemm_i8", {0, 0, 1, 1, 1, 1, 0, 0, 128, 0, 255, 1, 1, 0, 0, -1, -1, 0, 0}}};
  std::vector<std::vector<uint8_t>> results;
  for (const int32_t threads : {1, 2}) {
    Engine engine({weights}, spec, threads);
    ASSERT_TRUE(engine.ok()) << engine.error.message;
    for (int32_t i = 0; i < m * ci; ++i) engine.at<uint8_t>(0)[i] = static_cast<uint8_t>(i * 31);
    ASSERT_EQ(engine.run(), OCTET_OK) << engine.error.message;
    const uint8_t* y = engine.at<uint8_t>(1 << 19);
    results.emplace_back(y, y + m * co);
  }
  EXPECT_EQ(results[0], results[1]);
}

void expect_refused(const WeightsSpec& weights, const char* rule) {
  Engine engine({weights}, {});
  EXPECT_FALSE(engine.ok());
  EXPECT_NE(std::string(engine.error.message).find(rule), std::string::npos)
      << engine.error.message;
}

TEST(ConvI8, RefusesWeightsThatDoNotFit) {
  const std::vector<char> four(4), eight(8);
  expect_refused({"gemm_i8", {2, 1, 1, 4, 1, 0, 0, 0}, {four, {}, eight, {}, {}}}, "size");
  expect_refused({"gemm_i8", {2, 1, 1, 4, 1, 0, 0, 0}, {eight, four, eight, {}, {}}}, "bias");
  expect_refused({"gemm_i8", {2, 1, 1, 4, 1, 0, 0, 0}, {eight, {}, four, {}, {}}}, "scale");
  expect_refused({"gemm_i8", {2, 1, 1, 4, 1, 0, 0, 1}, {eight, {}, eight, {}, {}}}, "multiplier");
  expect_refused({"gemm_i8", {2, 1, 1, 4, 1, 0, 0, 4}, {eight, {}, eight, {}, {}}}, "rounding");
  expect_refused({"gemm_i8", {2, 1, 1, 4, 1, 256, 0, 0}, {eight, {}, eight, {}, {}}}, "zero point");
  expect_refused({"gemm_i8", {2, 1, 1, -4, 1, 0, 0, 0}, {eight, {}, eight, {}, {}}}, "dimension");
  expect_refused({"gemm_i8", {2, INT32_MAX, INT32_MAX, 4, 1, 0, 0, 0}, {eight, {}, eight, {}, {}}},
                 "dimension");
  expect_refused({"dwconv_i8", {2, 1, 2, 0, 0, 0}, {eight, {}, eight, {}, {}}}, "size");
  expect_refused({"dwconv_i8", {2, 1, 2, 0, 300, 0}, {four, {}, eight, {}, {}}}, "zero point");
  expect_refused({"dwconv_i8", {0, 1, 2, 0, 0, 0}, {four, {}, eight, {}, {}}}, "dimension");
  expect_refused({"dwconv_i8", {2, 1, 2, 0, 0, 4}, {four, {}, eight, {}, {}}}, "rounding");
  expect_refused({"dwconv_i8", {2, 1, 2, 0, 9, 3}, {four, {}, eight, {}, {}}}, "zero point");
}

TEST(ConvI8, RefusesValuesThatDoNotFit) {
  const std::vector<char> eight(8);
  const WeightsSpec weights = {"gemm_i8", {2, 1, 1, 4, 1, 0, 0, 0}, {eight, {}, eight, {}, {}}};
  BindingSpec spec;
  spec.values = {value(Type::kI8, {3, 4}, 0), value(Type::kI8, {3, 2}, 64),
                 value(Type::kF32, {3, 2}, 128)};
  const auto message = [&](std::vector<int32_t> fields) {
    fields.insert(fields.end(), {1, 1, 0, 0, -1, -1, 0, 0});
    spec.instructions = {{"gemm_i8", std::move(fields)}};
    Engine engine({weights}, spec);
    return engine.ok() ? std::string() : std::string(engine.error.message);
  };
  EXPECT_EQ(message({0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 255}), "");
  EXPECT_NE(message({0, 0, 2, 1, 1, 1, 0, 0, 0, 0, 255}).find("int8"), std::string::npos);
  EXPECT_NE(message({1, 0, 0, 1, 1, 1, 0, 0, 0, 0, 255}).find("together"), std::string::npos);
  EXPECT_NE(message({0, 0, 1, 2, 1, 1, 0, 0, 0, 0, 255}).find("together"), std::string::npos);
  EXPECT_NE(message({0, 0, 1, 1, 1, 1, 0, 0, 0, 9, 8}).find("range"), std::string::npos);
  EXPECT_NE(message({0, 1, 1, 1, 1, 1, 0, 0, 0, 0, 255}).find("weights"), std::string::npos);
}

}  // namespace
}  // namespace octet::test
