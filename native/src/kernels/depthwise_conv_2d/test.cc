// SPDX-License-Identifier: Apache-2.0
#include "kernel_case.h"
#include "naive_convolution.h"

namespace octet::test {
namespace {

struct Shape {
  NaiveWindow window;
  int32_t depth_multiplier;
};

const std::vector<Shape> kShapes = {
    {{1, 5, 6, 7, 3, 3, 1, 1, 1, 1, 1, 1, 5, 6}, 1},
    {{2, 6, 5, 70, 3, 2, 2, 2, 1, 1, 0, 1, 2, 3}, 1},
    {{1, 9, 8, 3, 3, 3, 1, 1, 2, 2, 2, 2, 9, 8}, 4},
    {{1, 11, 9, 1, 10, 8, 2, 2, 1, 1, 4, 3, 6, 5}, 8},
    {{1, 3, 3, 40, 3, 3, 1, 1, 1, 1, 0, 0, 1, 1}, 2},
    {{0, 5, 5, 3, 3, 3, 1, 1, 1, 1, 1, 1, 5, 5}, 1},
};

std::vector<int32_t> fields(const Shape& shape, std::vector<int32_t> values,
                            std::vector<int32_t> quant, float low, float high) {
  const NaiveWindow& s = shape.window;
  for (const int32_t v : {s.stride_h, s.stride_w, s.dilation_h, s.dilation_w, s.pad_h, s.pad_w,
                          shape.depth_multiplier}) {
    values.push_back(v);
  }
  values.insert(values.end(), quant.begin(), quant.end());
  values.push_back(bits(low));
  values.push_back(bits(high));
  values.insert(values.end(), {-1, -1});
  return values;
}

TEST(DepthwiseConv2d, FloatAgainstDouble) {
  std::mt19937 random(21);
  for (const Shape& shape : kShapes) {
    const NaiveWindow& s = shape.window;
    const int32_t co = s.c * shape.depth_multiplier;
    const auto x = random_floats(random, s.x_size());
    const auto w = random_floats(random, size_t{1} * s.kh * s.kw * co);
    const auto bias = random_floats(random, co);
    KernelCase test;
    const int vx = test.arena(Type::kF32, {s.n, s.h, s.w, s.c}, {{1, 0, 2, 1}, 0, 0});
    const int vw = test.constant(Type::kF32, {1, s.kh, s.kw, co}, w);
    const int vb = test.constant(Type::kF32, {co}, bias);
    const int vy = test.arena(Type::kF32, {s.n, s.oh, s.ow, co});
    test.instruction("depthwise_conv_2d",
                     fields(shape, {vx, vw, vb, -1, -1, -1, vy}, {0, 0, 0, 0, 0, 0}, -0.75f, 1.0f));
    ASSERT_TRUE(test.bind(2)) << test.error();
    test.set(vx, x);
    test.run();
    const auto y = test.get<float>(vy);
    naive_depthwise(s, co, [&](size_t at, int32_t c, const NaiveTaps& taps) {
      double sum = bias[c], size = std::abs(bias[c]);
      for (const auto& [xi, wi] : taps) {
        sum += static_cast<double>(x[xi]) * w[wi];
        size += std::abs(static_cast<double>(x[xi]) * w[wi]);
      }
      EXPECT_NEAR(y[at], std::min(1.0, std::max(-0.75, sum)), 1e-6 * size);
    });
  }
}

TEST(DepthwiseConv2d, QuantizedIsExactInEveryForm) {
  std::mt19937 random(22);
  for (const Shape& shape : kShapes) {
    const NaiveWindow& s = shape.window;
    const int32_t co = s.c * shape.depth_multiplier;
    for (const Type type : {Type::kI8, Type::kU8}) {
      for (int32_t form = 0; form < 3; ++form) {
        const bool is_signed = type == Type::kI8;
        const int32_t low = is_signed ? -128 : 0, high = is_signed ? 127 : 255;
        const int32_t flip = is_signed && form == 1 ? 0x80 : 0;
        const auto x = random_integers<uint8_t>(random, s.x_size(), 0, 255);
        const auto w = random_integers<uint8_t>(random, size_t{1} * s.kh * s.kw * co, 0, 255);
        const auto bias = random_integers<int32_t>(random, co, -20000, 20000);
        const auto multiplier = random_integers<int32_t>(random, co, 1 << 30, INT32_MAX);
        const auto shift = random_integers<int32_t>(random, co, -10, -3);
        std::vector<float> scale(co);
        for (int32_t c = 0; c < co; ++c) {
          scale[c] = std::ldexp(static_cast<float>(multiplier[c]), shift[c] - 31);
        }
        const auto number = [is_signed](uint8_t b) {
          return is_signed ? static_cast<int8_t>(b) : static_cast<int32_t>(b);
        };
        const int32_t x_zero = high, w_zero = is_signed ? 0 : 120, y_zero = low + 90;
        KernelCase test;
        const int vx = test.arena(type, {s.n, s.h, s.w, s.c}, {{1, 1, 1, 1}, flip, 0});
        const int vw = test.constant(type, {1, s.kh, s.kw, co}, w);
        const int vb = test.constant(Type::kI32, {co}, bias);
        const int vm = test.constant(Type::kI32, {co}, multiplier);
        const int vs = test.constant(Type::kI32, {co}, shift);
        const int vf = test.constant(Type::kF32, {co}, scale);
        const int vy = test.arena(type, {s.n, s.oh, s.ow, co}, {{0, 0, 0, 0}, flip, 0});
        test.instruction("depthwise_conv_2d",
                         fields(shape, {vx, vw, vb, vm, vs, vf, vy},
                                {x_zero, w_zero, y_zero, low, high, form}, 0, 0));
        ASSERT_TRUE(test.bind()) << test.error();
        test.set(vx, x);
        test.run();
        const auto y = test.get<uint8_t>(vy);
        naive_depthwise(s, co, [&](size_t at, int32_t c, const NaiveTaps& taps) {
          int64_t sum = bias[c];
          for (const auto& [xi, wi] : taps) {
            sum += (number(x[xi]) - x_zero) * (number(w[wi]) - w_zero);
          }
          const int64_t q =
              naive_requantize(form, static_cast<int32_t>(sum), multiplier[c], shift[c]) + y_zero;
          EXPECT_EQ(number(y[at]), std::min<int64_t>(high, std::max<int64_t>(low, q)));
        });
      }
    }
  }
}

TEST(DepthwiseConv2d, AnyWideBiasWraps) {
  KernelCase test;
  const int vx = test.arena(Type::kI16, {1, 1, 1, 1}), vy = test.arena(Type::kI16, {1, 1, 1, 1});
  const int vw = test.constant(Type::kI8, {1, 1, 1, 1}, std::vector<int8_t>{1});
  const int vb = test.constant(Type::kI64, {1}, std::vector<int64_t>{INT64_MAX});
  const int vm = test.constant(Type::kI32, {1}, std::vector<int32_t>{1 << 30});
  const int vs = test.constant(Type::kI32, {1}, std::vector<int32_t>{0});
  test.instruction("depthwise_conv_2d",
                   {vx, vw, vb, vm, vs, -1,     vy,    1, 1,       1,       1,  0,
                    0,  1,  0,  0,  0,  -32768, 32767, 3, bits(0), bits(0), -1, -1});
  ASSERT_TRUE(test.bind()) << test.error();
  test.set(vx, std::vector<int16_t>{32767});
  test.run();
  // 2^63 + 32766, times 2^14 modulo 2^64, rounded to multiples of 2^15
  EXPECT_EQ(test.get<int16_t>(vy)[0], 16383);
}

TEST(DepthwiseConv2d, MutantsAreRefusedOrHarmless) {
  KernelCase test;
  const int vx = test.arena(Type::kI8, {1, 4, 4, 2}, {{1, 1, 1, 1}, 0x80, 0});
  const int vw = test.constant(Type::kI8, {1, 2, 2, 4}, std::vector<int8_t>(16, 1));
  const int vb = test.constant(Type::kI32, {4}, std::vector<int32_t>(4, 5));
  const int vm = test.constant(Type::kI32, {4}, std::vector<int32_t>(4, 1 << 30));
  const int vs = test.constant(Type::kI32, {4}, std::vector<int32_t>(4, -2));
  const int vf = test.constant(Type::kF32, {4}, std::vector<float>(4, 0.1f));
  const int vy = test.arena(Type::kI8, {1, 4, 4, 4});
  test.instruction("depthwise_conv_2d",
                   {vx, vw, vb, vm, vs, vf,   vy,  1, 1,       1,       1,  1,
                    1,  2,  0,  0,  0,  -128, 127, 1, bits(0), bits(1), -1, -1});
  test.fuzz(4000, 400, 23);
}

}  // namespace
}  // namespace octet::test
