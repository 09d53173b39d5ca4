// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "kernel_case.h"
#include "kernels/quantize_rows/quantize_rows.h"

namespace octet::test {
namespace {

const std::vector<int32_t>& isas() {
  static const std::vector<int32_t> kIsas = runnable({
#define OCTET_QUANTIZE_ROWS(name) name.isa,
#include "kernels/quantize_rows/kernels.inc"
#undef OCTET_QUANTIZE_ROWS
  });
  return kIsas;
}

struct Expected {
  std::vector<int8_t> y;
  std::vector<float> scale;
  std::vector<int32_t> zero;
};

// The header's formulas, number by number.
Expected reference(const std::vector<float>& x, int32_t rows, bool symmetric) {
  Expected e;
  const size_t k = x.size() / rows;
  for (int32_t row = 0; row < rows; ++row) {
    float least = 0, greatest = 0;
    for (size_t i = 0; i < k; ++i) {
      least = std::min(least, x[row * k + i]);
      greatest = std::max(greatest, x[row * k + i]);
    }
    float scale = 1, inverse = 0;
    int32_t zero = 0;
    if (symmetric && least != greatest) {
      const float r = std::max(-least, greatest);
      scale = r / 127;
      inverse = 127 / r;
    } else if (least != greatest) {
      const double step = (double{greatest} - double{least}) / 255;
      const double a = -128 - least / step, b = 127 - greatest / step;
      const bool first = 128 + std::abs(least / step) < 127 + std::abs(greatest / step);
      zero = static_cast<int32_t>(std::round(std::min(127.0, std::max(-128.0, first ? a : b))));
      scale = static_cast<float>(step);
      inverse = 1 / scale;
    }
    for (size_t i = 0; i < k; ++i) {
      const float product = x[row * k + i] * inverse;
      const float q = std::round(static_cast<float>(zero) + product);
      e.y.push_back(static_cast<int8_t>(std::min(127.f, std::max(symmetric ? -127.f : -128.f, q))));
    }
    e.scale.push_back(scale);
    e.zero.push_back(zero);
  }
  return e;
}

void check(int32_t rows, int32_t k, float low, float high, bool symmetric, int32_t flip) {
  std::mt19937 random(77 + rows + k);
  std::uniform_real_distribution<float> uniform(low, high);
  std::vector<float> x(static_cast<size_t>(rows) * k);
  for (float& v : x) v = uniform(random);
  const Expected e = reference(x, rows, symmetric);
  for (const int32_t isa : isas()) {
    KernelCase test;
    const int vx = test.arena(Type::kF32, {rows, k});
    const int vy = test.arena(Type::kI8, {rows, k}, {{0, 0, 0, 0}, flip, 0});
    const int vs = test.arena(Type::kF32, {rows});
    const int vz = test.arena(Type::kI32, {rows});
    test.instruction("quantize_rows", {vx, vy, vs, symmetric ? -1 : vz});
    ASSERT_TRUE(test.bind(2, isa)) << test.error();
    test.set(vx, x);
    test.run();
    ASSERT_EQ(test.get<int8_t>(vy), e.y) << rows << "x" << k << " isa " << isa;
    ASSERT_EQ(test.get<float>(vs), e.scale);
    if (!symmetric) {
      ASSERT_EQ(test.get<int32_t>(vz), e.zero);
    }
  }
}

TEST(QuantizeRows, EveryLengthAndRange) {
  for (const bool symmetric : {true, false}) {
    for (const int32_t k : {1, 2, 15, 16, 17, 100}) {
      check(3, k, -3, 3, symmetric, 0);
      check(3, k, 0, 6, symmetric, 0x80);
      check(3, k, -5, -1, symmetric, 0);
      check(2, k, 0, 0, symmetric, 0x80);
      check(2, k, -0.001f, 1000, symmetric, 0);
    }
    check(500, 300, -1, 2, symmetric, 0x80);
    check(2, 200000, -1, 2, symmetric, 0x80);
  }
}

TEST(QuantizeRows, HalvesAreRoundedAwayFromZero) {
  std::vector<float> x = {127};
  std::vector<int8_t> y = {127};
  for (int32_t i = -126; i < 127; ++i) {
    x.push_back(static_cast<float>(i) + (i < 0 ? -0.5f : 0.5f));
    y.push_back(static_cast<int8_t>(i < 0 ? i - 1 : i + 1));
  }
  x.push_back(0.49999997f);
  y.push_back(0);
  for (const int32_t isa : isas()) {
    KernelCase test;
    const auto n = static_cast<int32_t>(x.size());
    const int vx = test.arena(Type::kF32, {n}), vy = test.arena(Type::kI8, {n});
    const int vs = test.arena(Type::kF32, {1});
    test.instruction("quantize_rows", {vx, vy, vs, -1});
    ASSERT_TRUE(test.bind(1, isa)) << test.error();
    test.set(vx, x);
    test.run();
    ASSERT_EQ(test.get<int8_t>(vy), y) << "isa " << isa;
  }
}

// The least ranges have an infinite inverse; NaN is passed over, and infinity is all there is.
TEST(QuantizeRows, OddNumbersGiveTheSameBytesEverywhere) {
  const std::vector<std::vector<float>> rows = {{1e-37f, -1e-37f, 5e-38f, 0},
                                                {NAN, 1, -2, 0.5f},
                                                {INFINITY, 1, -2, 0.5f},
                                                {-INFINITY, INFINITY, 0, 1},
                                                {3e38f, -3e38f, 1, NAN}};
  for (const bool symmetric : {true, false}) {
    std::vector<int8_t> first;
    for (const int32_t isa : isas()) {
      std::vector<int8_t> all;
      for (const auto& row : rows) {
        KernelCase test;
        const int vx = test.arena(Type::kF32, {1, 4}), vy = test.arena(Type::kI8, {1, 4});
        const int vs = test.arena(Type::kF32, {1}), vz = test.arena(Type::kI32, {1});
        test.instruction("quantize_rows", {vx, vy, vs, symmetric ? -1 : vz});
        ASSERT_TRUE(test.bind(1, isa)) << test.error();
        test.set(vx, row);
        test.run();
        for (const int8_t q : test.get<int8_t>(vy)) all.push_back(q);
      }
      if (first.empty()) first = all;
      EXPECT_EQ(all, first) << "isa " << isa << " symmetric " << symmetric;
      EXPECT_EQ(all[0], 127);
      EXPECT_EQ(all[4], symmetric ? -127 : -128) << "NaN";
    }
  }
}

TEST(QuantizeRows, MutantsAreRefusedOrHarmless) {
  KernelCase test;
  const int vx = test.arena(Type::kF32, {4, 10});
  const int vy = test.arena(Type::kI8, {4, 10}, {{0, 0, 0, 0}, 0x80, 0});
  const int vs = test.arena(Type::kF32, {4});
  const int vz = test.arena(Type::kI32, {4});
  test.instruction("quantize_rows", {vx, vy, vs, vz});
  test.fuzz(4000, 60, 113);
}

}  // namespace
}  // namespace octet::test
