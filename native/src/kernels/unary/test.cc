// SPDX-License-Identifier: Apache-2.0
#include <cfloat>
#include <cmath>
#include <functional>
#include <limits>

#include "kernel_case.h"
#include "kernels/unary/unary.h"

namespace octet::test {
namespace {

const std::vector<Isa> kIsas = {
#define OCTET_UNARY(name) name.isa,
#include "kernels/unary/kernels.inc"
#undef OCTET_UNARY
};

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

template <typename T>
std::vector<T> apply(UnaryOp op, Type type, const std::vector<T>& x, int32_t isa = -1, float a = 0,
                     float b = 0, float c = 0) {
  KernelCase test;
  const auto n = static_cast<int32_t>(x.size());
  const int vx = test.arena(type, {n}), vy = test.arena(type, {n});
  test.instruction("unary", {vx, vy, static_cast<int32_t>(op), bits(a), bits(b), bits(c)});
  EXPECT_TRUE(test.bind(2, isa)) << test.error();
  test.set(vx, x);
  test.run();
  return test.get<T>(vy);
}

struct Bound {
  UnaryOp op;
  std::function<double(double)> exact;
  float low, high;
  double ulp;       // allowed error, in units of the last place of the exact result
  double absolute;  // or this
};

double ulp_of(double exact) {
  const double size = std::max(std::fabs(exact), static_cast<double>(FLT_MIN));
  return std::ldexp(1.0, std::ilogb(size) - 23);
}

const std::vector<Bound> kBounds = {
    {UnaryOp::kExp, [](double x) { return std::exp(x); }, -87, 88.5f, 1.5, 0},
    {UnaryOp::kLog, [](double x) { return std::log(x); }, 1e-30f, 10, 1.5, 0},
    {UnaryOp::kLog, [](double x) { return std::log(x); }, 0.5f, 2, 1.5, 0},
    {UnaryOp::kSin, [](double x) { return std::sin(x); }, -8192, 8192, 0, 0x1p-23},
    {UnaryOp::kCos, [](double x) { return std::cos(x); }, -8192, 8192, 0, 0x1p-23},
    {UnaryOp::kSin, [](double x) { return std::sin(x); }, -1e6f, 1e6f, 1.5, 0},
    {UnaryOp::kCos, [](double x) { return std::cos(x); }, -1e6f, 1e6f, 1.5, 0},
    {UnaryOp::kTanh, [](double x) { return std::tanh(x); }, -12, 12, 2.5, 0},
    {UnaryOp::kTanh, [](double x) { return std::tanh(x); }, -1, 1, 2.5, 0},
    {UnaryOp::kLogistic, [](double x) { return 1 / (1 + std::exp(-x)); }, -87, 30, 3, 0},
    {UnaryOp::kSwish, [](double x) { return x / (1 + std::exp(-x)); }, -87, 30, 3.5, 0},
    {UnaryOp::kGelu, [](double x) { return x / 2 * std::erfc(-x * M_SQRT1_2); }, -13, 13, 3,
     0x1p-23},
    {UnaryOp::kGeluTanh,
     [](double x) {
       return x / (1 + std::exp(-2 * std::sqrt(2 / M_PI) * (x + 0.044715 * x * x * x)));
     },
     -13, 13, 4, 0x1p-22},
    {UnaryOp::kElu, [](double x) { return x < 0 ? std::expm1(x) : x; }, -90, 20, 2, 0},
    {UnaryOp::kElu, [](double x) { return x < 0 ? std::expm1(x) : x; }, -1, 0.1f, 2, 0},
    {UnaryOp::kHardSwish, [](double x) { return x * std::min(6.0, std::max(0.0, x + 3)) / 6; }, -5,
     5, 4, 0x1p-22},
    {UnaryOp::kSqrt, [](double x) { return std::sqrt(x); }, 0, 1e6f, 0.51, 0},
    {UnaryOp::kRsqrt, [](double x) { return 1 / std::sqrt(x); }, 1e-6f, 1e6f, 1.5, 0},
};

TEST(Unary, ErrorsAreWithinTheirBoundsOnEveryIsa) {
  std::mt19937 random(201);
  for (const int32_t isa : runnable(kIsas)) {
    for (const Bound& bound : kBounds) {
      std::uniform_real_distribution<float> uniform(bound.low, bound.high);
      std::vector<float> x(100003);
      for (float& v : x) v = uniform(random);
      const auto y = apply(bound.op, Type::kF32, x, isa);
      double worst = 0;
      for (size_t i = 0; i < x.size(); ++i) {
        const double exact = bound.exact(x[i]), error = std::fabs(y[i] - exact);
        if (error > bound.absolute) worst = std::max(worst, error / ulp_of(exact));
        ASSERT_LE(error, std::max(bound.absolute, bound.ulp * ulp_of(exact)))
            << static_cast<int32_t>(bound.op) << " of " << x[i] << " on " << isa;
      }
      RecordProperty("worst", std::to_string(worst));
    }
  }
}

struct Exact {
  UnaryOp op;
  std::vector<float> x, y;
  float a, b, c;
};

const std::vector<Exact> kExact = {
    {UnaryOp::kAbs, {-3, 0, 2, -kInfinity}, {3, 0, 2, kInfinity}, 0, 0, 0},
    {UnaryOp::kNeg, {-3, 0.5f, kInfinity}, {3, -0.5f, -kInfinity}, 0, 0, 0},
    {UnaryOp::kSquare, {-3, 0.5f, 0}, {9, 0.25f, 0}, 0, 0, 0},
    {UnaryOp::kSqrt, {0, 4, kInfinity, -1}, {0, 2, kInfinity, kNan}, 0, 0, 0},
    {UnaryOp::kRsqrt, {0, 4, kInfinity, -1}, {kInfinity, 0.5f, 0, kNan}, 0, 0, 0},
    {UnaryOp::kExp,
     {-kInfinity, -200, 0, 89, kInfinity, kNan},
     {0, 0, 1, kInfinity, kInfinity, kNan},
     0,
     0,
     0},
    {UnaryOp::kLog, {0, 1, -1, kInfinity, kNan}, {-kInfinity, 0, kNan, kInfinity, kNan}, 0, 0, 0},
    {UnaryOp::kSin, {0, kInfinity, kNan}, {0, kNan, kNan}, 0, 0, 0},
    {UnaryOp::kCos, {0, kInfinity, kNan}, {1, kNan, kNan}, 0, 0, 0},
    {UnaryOp::kTanh, {-kInfinity, 0, 40, kInfinity, kNan}, {-1, 0, 1, 1, kNan}, 0, 0, 0},
    {UnaryOp::kLogistic, {-kInfinity, 0, 40, kInfinity, kNan}, {0, 0.5f, 1, 1, kNan}, 0, 0, 0},
    {UnaryOp::kGelu,
     {-kInfinity, -40, 0, 40, kInfinity, kNan},
     {0, 0, 0, 40, kInfinity, kNan},
     0,
     0,
     0},
    {UnaryOp::kElu,
     {-kInfinity, -40, 0, 2, kInfinity, kNan},
     {-1, -1, 0, 2, kInfinity, kNan},
     0,
     0,
     0},
    {UnaryOp::kHardSwish, {-4, -3, 3, 7, kNan}, {0, 0, 3, 7, kNan}, 0, 0, 0},
    {UnaryOp::kSwish, {-kInfinity, 0, kInfinity, kNan}, {kNan, 0, kInfinity, kNan}, 0, 0, 0},
    {UnaryOp::kLeakyRelu, {-4, 0, 3, kNan}, {1, 0, 3, kNan}, -0.25f, 0, 0},
    {UnaryOp::kClamp, {-4, 0, 3, kNan}, {-1, 0, 2, kNan}, -1, 2, 0},
    {UnaryOp::kFloor, {-1.5f, -1, 1.5f, 1e10f}, {-2, -1, 1, 1e10f}, 0, 0, 0},
    {UnaryOp::kCeil, {-1.5f, -1, 1.5f, 1e10f}, {-1, -1, 2, 1e10f}, 0, 0, 0},
    {UnaryOp::kRound, {-1.5f, -0.5f, 0.5f, 1.5f, 2.5f, 1e10f}, {-2, 0, 0, 2, 2, 1e10f}, 0, 0, 0},
    {UnaryOp::kSign, {-3, 0, 2, kNan}, {-1, 0, 1, 0}, 0, 0, 0},
    {UnaryOp::kFakeQuant,
     {-9, -0.3f, 0, 0.125f, 0.3f, 9},
     {-1, -0.25f, 0, 0.25f, 0.25f, 2},
     -1,
     2,
     0.25f},
    {UnaryOp::kZero, {-3, 0, 2, kNan}, {0, 0, 0, 0}, 0, 0, 0},
};

TEST(Unary, SpecialNumbersOnEveryIsa) {
  for (const int32_t isa : runnable(kIsas)) {
    for (const Exact& e : kExact) {
      // long enough for whole vectors
      std::vector<float> x;
      for (size_t i = 0; i < 37; ++i) x.push_back(e.x[i % e.x.size()]);
      const auto y = apply(e.op, Type::kF32, x, isa, e.a, e.b, e.c);
      for (size_t i = 0; i < x.size(); ++i) {
        const float expected = e.y[i % e.y.size()];
        if (std::isnan(expected)) {
          ASSERT_TRUE(std::isnan(y[i])) << static_cast<int32_t>(e.op) << " of " << x[i];
        } else {
          ASSERT_EQ(y[i], expected) << static_cast<int32_t>(e.op) << " of " << x[i];
        }
      }
    }
  }
}

TEST(Unary, HalvesAreRoundedOnce) {
  // 1.5, -2.5, 65504, 2^-24; round to even
  EXPECT_EQ(apply<uint16_t>(UnaryOp::kRound, Type::kF16, {0x3e00, 0xc100, 0x7bff, 0x0001}),
            (std::vector<uint16_t>{0x4000, 0xc000, 0x7bff, 0x0000}));
  // the square of 65504 is beyond, that of 2^-12 the least number, of 1 + 2^-10 is rounded down
  EXPECT_EQ(apply<uint16_t>(UnaryOp::kSquare, Type::kF16, {0x7bff, 0x0c00, 0x3c01, 0x7e00}),
            (std::vector<uint16_t>{0x7c00, 0x0001, 0x3c02, 0x7e00}));
  // bfloat16: 1.5, (1 + 2^-7)^2 is rounded to even, NaN
  EXPECT_EQ(apply<uint16_t>(UnaryOp::kSquare, Type::kBf16, {0x3fc0, 0x3f81, 0x7fc0}),
            (std::vector<uint16_t>{0x4010, 0x3f82, 0x7fc0}));
}

TEST(Unary, Integers) {
  EXPECT_EQ(apply<int8_t>(UnaryOp::kNeg, Type::kI8, {-128, 0, 127}),
            (std::vector<int8_t>{-128, 0, -127}));
  EXPECT_EQ(apply<int16_t>(UnaryOp::kAbs, Type::kI16, {-32768, -5, 7}),
            (std::vector<int16_t>{-32768, 5, 7}));
  EXPECT_EQ(apply<int32_t>(UnaryOp::kSign, Type::kI32, {INT32_MIN, 0, 7}),
            (std::vector<int32_t>{-1, 0, 1}));
  EXPECT_EQ(apply<int64_t>(UnaryOp::kNeg, Type::kI64, {INT64_MIN, -5, 7}),
            (std::vector<int64_t>{INT64_MIN, 5, -7}));
  EXPECT_EQ(apply<double>(UnaryOp::kSign, Type::kF64, {-0.5, 0, 7}),
            (std::vector<double>{-1, 0, 1}));
  EXPECT_EQ(apply<uint8_t>(UnaryOp::kLogicalNot, Type::kBool, {0, 1, 0}),
            (std::vector<uint8_t>{1, 0, 1}));
}

TEST(Unary, RefusesWhatATypeHasNot) {
  for (const auto& [op, type] :
       std::vector<std::pair<UnaryOp, Type>>{{UnaryOp::kExp, Type::kI32},
                                             {UnaryOp::kLogicalNot, Type::kF32},
                                             {UnaryOp::kNeg, Type::kBool},
                                             {UnaryOp::kAbs, Type::kF64}}) {
    KernelCase test;
    const int vx = test.arena(type, {3}), vy = test.arena(type, {3});
    test.instruction("unary", {vx, vy, static_cast<int32_t>(op), 0, 0, 0});
    EXPECT_FALSE(test.bind());
  }
}

TEST(Unary, MutantsAreRefusedOrHarmless) {
  KernelCase test;
  const int vx = test.arena(Type::kF32, {3, 11}), vy = test.arena(Type::kF32, {3, 11});
  test.instruction(
      "unary", {vx, vy, static_cast<int32_t>(UnaryOp::kFakeQuant), bits(-1), bits(1), bits(0.25f)});
  test.fuzz(4000, 400, 202);
}

}  // namespace
}  // namespace octet::test
