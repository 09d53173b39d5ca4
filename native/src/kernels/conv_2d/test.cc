// SPDX-License-Identifier: Apache-2.0
#include "kernel_case.h"
#include "naive_convolution.h"

namespace octet::test {
namespace {

struct Shape {
  int32_t n, h, w, groups, ci, co, kh, kw, stride_h, stride_w, dilation_h, dilation_w, pad_h, pad_w,
      oh, ow;
};

const std::vector<Shape> kShapes = {
    {1, 5, 6, 1, 3, 4, 3, 3, 1, 1, 1, 1, 1, 1, 5, 6},
    {2, 7, 5, 1, 17, 9, 3, 2, 2, 1, 1, 1, 1, 0, 4, 5},
    {1, 9, 9, 1, 2, 3, 3, 3, 1, 1, 2, 3, 2, 3, 9, 9},
    {1, 4, 4, 3, 5, 6, 3, 3, 1, 1, 1, 1, 1, 1, 4, 4},
    {1, 1, 1, 1, 100, 1, 1, 1, 1, 1, 1, 1, 0, 0, 1, 1},
    {1, 2, 2, 1, 4, 2, 5, 5, 1, 1, 1, 1, 3, 3, 4, 4},  // some windows see one element
    {0, 5, 5, 1, 3, 4, 3, 3, 1, 1, 1, 1, 1, 1, 5, 5},
    {1, 5, 5, 1, 3, 0, 3, 3, 1, 1, 1, 1, 1, 1, 5, 5},
};

NaiveWindow window(const Shape& s) {
  return {s.n,        s.h,          s.w,          s.groups * s.ci, s.kh,    s.kw, s.stride_h,
          s.stride_w, s.dilation_h, s.dilation_w, s.pad_h,         s.pad_w, s.oh, s.ow};
}

std::vector<int32_t> fields(const Shape& s, std::vector<int32_t> values, std::vector<int32_t> quant,
                            float low, float high) {
  for (const int32_t v : {s.stride_h, s.stride_w, s.dilation_h, s.dilation_w, s.pad_h, s.pad_w}) {
    values.push_back(v);
  }
  values.insert(values.end(), quant.begin(), quant.end());
  values.push_back(bits(low));
  values.push_back(bits(high));
  values.insert(values.end(), {-1, -1, 0});
  return values;
}

const Layout kBordered = {{1, 2, 1, 0}, 0, 0};

TEST(Conv2d, FloatAgainstDouble) {
  std::mt19937 random(11);
  for (const Shape& s : kShapes) {
    for (const bool bordered : {false, true}) {
      const NaiveWindow naive = window(s);
      const auto x = random_floats(random, naive.x_size());
      const auto w = random_floats(random, size_t{1} * s.co * s.kh * s.kw * s.ci);
      const auto bias = random_floats(random, s.co);
      KernelCase test;
      const int vx =
          test.arena(Type::kF32, {s.n, s.h, s.w, s.groups * s.ci}, bordered ? kBordered : Layout{});
      const int vw = test.constant(Type::kF32, {s.co, s.kh, s.kw, s.ci}, w);
      const int vb = test.constant(Type::kF32, {s.co}, bias);
      const int vy = test.arena(Type::kF32, {s.n, s.oh, s.ow, s.co});
      test.instruction("conv_2d",
                       fields(s, {vx, vw, vb, -1, -1, -1, vy}, {0, 0, 0, 0, 0, 0}, -1.5f, 2.0f));
      ASSERT_TRUE(test.bind(2)) << test.error();
      test.set(vx, x);
      test.run();
      const auto y = test.get<float>(vy);
      naive_conv(naive, s.groups, s.co, [&](size_t at, int32_t c, const NaiveTaps& taps) {
        double sum = bias[c], size = std::abs(bias[c]);
        for (const auto& [xi, wi] : taps) {
          sum += static_cast<double>(x[xi]) * w[wi];
          size += std::abs(static_cast<double>(x[xi]) * w[wi]);
        }
        EXPECT_NEAR(y[at], std::min(2.0, std::max(-1.5, sum)), 1e-6 * size);
      });
    }
  }
}

struct Types {
  Type x, w;
  int32_t flip_x, flip_y;
};

TEST(Conv2d, QuantizedIsExactInEveryForm) {
  std::mt19937 random(12);
  const std::vector<Types> all = {{Type::kI8, Type::kI8, 0, 0},
                                  {Type::kI8, Type::kI8, 0x80, 0x80},
                                  {Type::kI8, Type::kI8, 0x80, 0},
                                  {Type::kU8, Type::kU8, 0, 0}};
  for (const Shape& s : kShapes) {
    for (const Types& types : all) {
      for (int32_t form = 0; form < 3; ++form) {
        const NaiveWindow naive = window(s);
        const bool is_signed = types.x == Type::kI8;
        const int32_t low = is_signed ? -128 : 0, high = is_signed ? 127 : 255;
        const auto x = random_integers<uint8_t>(random, naive.x_size(), 0, 255);
        const auto w =
            random_integers<uint8_t>(random, size_t{1} * s.co * s.kh * s.kw * s.ci, 0, 255);
        const auto bias = random_integers<int32_t>(random, s.co, -20000, 20000);
        const auto multiplier = random_integers<int32_t>(random, s.co, 1 << 30, INT32_MAX);
        const auto shift = random_integers<int32_t>(random, s.co, -12, -4);
        const auto number = [is_signed](uint8_t b) {
          return is_signed ? static_cast<int8_t>(b) : static_cast<int32_t>(b);
        };
        std::vector<float> scale(s.co);
        for (int32_t c = 0; c < s.co; ++c) {
          scale[c] = std::ldexp(static_cast<float>(multiplier[c]), shift[c] - 31);
        }
        const int32_t x_zero = low + 7, w_zero = is_signed ? 0 : 130, y_zero = low + 100;
        KernelCase test;
        const int vx =
            test.arena(types.x, {s.n, s.h, s.w, s.groups * s.ci}, {{0, 1, 2, 1}, types.flip_x, 0});
        const int vw = test.constant(types.w, {s.co, s.kh, s.kw, s.ci}, w);
        const int vb = test.constant(Type::kI32, {s.co}, bias);
        const int vm = test.constant(Type::kI32, {s.co}, multiplier);
        const int vs = test.constant(Type::kI32, {s.co}, shift);
        const int vf = test.constant(Type::kF32, {s.co}, scale);
        const int vy =
            test.arena(types.x, {s.n, s.oh, s.ow, s.co}, {{0, 0, 0, 0}, types.flip_y, 0});
        test.instruction("conv_2d",
                         fields(s, {vx, vw, vb, vm, vs, vf, vy},
                                {x_zero, w_zero, y_zero, low + 3, high - 5, form}, 0, 0));
        ASSERT_TRUE(test.bind()) << test.error();
        test.set(vx, x);
        test.run();
        const auto y = test.get<uint8_t>(vy);
        naive_conv(naive, s.groups, s.co, [&](size_t at, int32_t c, const NaiveTaps& taps) {
          int64_t sum = bias[c];
          for (const auto& [xi, wi] : taps) {
            sum += (number(x[xi]) - x_zero) * (number(w[wi]) - w_zero);
          }
          const int64_t q =
              naive_requantize(form, static_cast<int32_t>(sum), multiplier[c], shift[c]) + y_zero;
          EXPECT_EQ(number(y[at]), std::min<int64_t>(high - 5, std::max<int64_t>(low + 3, q)));
        });
      }
    }
  }
}

TEST(Conv2d, AnyWideBiasWraps) {
  KernelCase test;
  const int vx = test.arena(Type::kI16, {1, 1, 1, 1}), vy = test.arena(Type::kI16, {1, 1, 1, 1});
  const int vw = test.constant(Type::kI8, {1, 1, 1, 1}, std::vector<int8_t>{1});
  const int vb = test.constant(Type::kI64, {1}, std::vector<int64_t>{INT64_MAX});
  const int vm = test.constant(Type::kI32, {1}, std::vector<int32_t>{1 << 30});
  const int vs = test.constant(Type::kI32, {1}, std::vector<int32_t>{0});
  test.instruction("conv_2d", {vx, vw, vb, vm, vs,     -1,    vy, 1,       1,       1,  1,  0,
                               0,  0,  0,  0,  -32768, 32767, 3,  bits(0), bits(0), -1, -1, 0});
  ASSERT_TRUE(test.bind()) << test.error();
  test.set(vx, std::vector<int16_t>{32767});
  test.run();
  // 2^63 + 32766, times 2^14 modulo 2^64, rounded to multiples of 2^15
  EXPECT_EQ(test.get<int16_t>(vy)[0], 16383);
}

// [m,k] x [co,k]: more columns than one int32 sum of products may have
TEST(Conv2d, LongMatrixProductWrapsInInt32) {
  const int32_t k = 70000, m = 3, co = 2;
  KernelCase test;
  const int vx = test.arena(Type::kU8, {m, 7, k / 7});
  const int vw = test.constant(Type::kU8, {co, k}, std::vector<uint8_t>(k * co, 255));
  const int vm = test.constant(Type::kI32, {co}, std::vector<int32_t>(co, 1 << 30));
  const int vs = test.constant(Type::kI32, {co}, std::vector<int32_t>(co, -23));
  const int vy = test.arena(Type::kU8, {m, co});
  test.instruction("conv_2d", {vx, vw, -1, vm, vs, -1,  vy, 1,       1,       1,  1,  0,
                               0,  0,  0,  0,  0,  255, 1,  bits(0), bits(0), -1, -1, 0});
  ASSERT_TRUE(test.bind()) << test.error();
  test.set(vx, std::vector<uint8_t>(m * k, 255));
  test.run();
  const auto sum = static_cast<int32_t>(static_cast<uint32_t>(255ll * 255 * k));
  const int64_t q = naive_requantize(1, sum, 1 << 30, -23);
  for (const uint8_t y : test.get<uint8_t>(vy)) {
    EXPECT_EQ(y, std::min<int64_t>(255, std::max<int64_t>(0, q)));
  }
}

KernelCase small() {
  KernelCase test;
  const int vx = test.arena(Type::kI8, {1, 4, 4, 2}, {{1, 1, 1, 1}, 0x80, 0});
  const int vw = test.constant(Type::kI8, {3, 2, 2, 2}, std::vector<int8_t>(24, 1));
  const int vb = test.constant(Type::kI32, {3}, std::vector<int32_t>(3, 5));
  const int vm = test.constant(Type::kI32, {3}, std::vector<int32_t>(3, 1 << 30));
  const int vs = test.constant(Type::kI32, {3}, std::vector<int32_t>(3, -2));
  const int vf = test.constant(Type::kF32, {3}, std::vector<float>(3, 0.1f));
  const int vy = test.arena(Type::kI8, {1, 4, 4, 3});
  test.instruction("conv_2d", {vx, vw, vb, vm, vs,   vf,  vy, 1,       1,       1,  1,  1,
                               1,  0,  0,  0,  -128, 127, 1,  bits(0), bits(1), -1, -1, 0});
  return test;
}

TEST(Conv2d, RefusesWhatDoesNotFit) {
  const auto refused = [](int field, int32_t value) {
    KernelCase test = small();
    test.fields()[field] = value;
    return !test.bind();
  };
  EXPECT_FALSE(refused(7, 2)) << "a larger stride leaves the input earlier, within bounds";
  EXPECT_TRUE(refused(7, 0)) << "stride";
  EXPECT_TRUE(refused(9, 0)) << "dilation";
  EXPECT_TRUE(refused(11, -1)) << "padding";
  EXPECT_TRUE(refused(13, 128)) << "zero point";
  EXPECT_TRUE(refused(16, -129)) << "range";
  EXPECT_TRUE(refused(18, 3)) << "form";
  EXPECT_TRUE(refused(3, 4)) << "shifts are no multipliers";
  EXPECT_TRUE(refused(6, 1)) << "writes a constant";
  KernelCase test = small();
  test.record(6).dims[3] = 2;
  EXPECT_FALSE(test.bind()) << "channels";
}

TEST(Conv2d, MutantsAreRefusedOrHarmless) { small().fuzz(4000, 400, 13); }

}  // namespace
}  // namespace octet::test
