// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "broadcast_case.h"
#include "kernel_case.h"
#include "kernels/mul/mul.h"
#include "naive_convolution.h"

namespace octet::test {
namespace {

const std::vector<Isa> kIsas = {
#define OCTET_MUL(name) name.isa,
#include "kernels/mul/kernels.inc"
#undef OCTET_MUL
};

int64_t clamp(int64_t v, int64_t low, int64_t high) { return std::min(high, std::max(low, v)); }

void check8(const Shapes& s, int32_t isa, int32_t form, int32_t shift) {
  std::mt19937 random(71);
  for (const Type type : {Type::kI8, Type::kU8}) {
    const bool is_signed = type == Type::kI8;
    const int32_t low = is_signed ? -128 : 0, high = is_signed ? 127 : 255;
    const auto number = [is_signed](uint8_t byte) {
      return is_signed ? static_cast<int8_t>(byte) : static_cast<int32_t>(byte);
    };
    const auto a = random_integers<uint8_t>(random, product(s.a), 0, 255);
    const auto b = random_integers<uint8_t>(random, product(s.b), 0, 255);
    const int32_t multiplier = (1 << 30) + static_cast<int32_t>(random() % (1 << 30));
    const float scale = std::ldexp(static_cast<float>(multiplier), shift - 31);
    const int32_t a_zero = low + 3, b_zero = high, y_zero = low + 128;
    KernelCase test;
    const int va = test.arena(type, s.a, {{0, 0, 0, 0}, is_signed ? 0x80 : 0, 0});
    const int vb = test.arena(type, s.b);
    const int vy = test.arena(type, s.y, {{0, 0, 0, 0}, is_signed ? 0x80 : 0, 0});
    test.instruction("mul", {va, vb, vy, a_zero, b_zero, y_zero, multiplier, shift, bits(scale),
                             low + 2, high - 3, form});
    ASSERT_TRUE(test.bind(2, isa)) << test.error();
    test.set(va, a);
    test.set(vb, b);
    test.run();
    const auto y = test.get<uint8_t>(vy);
    for (size_t i = 0; i < y.size(); ++i) {
      const int32_t p =
          (number(a[source(s.y, s.a, i)]) - a_zero) * (number(b[source(s.y, s.b, i)]) - b_zero);
      const int64_t q = naive_requantize(form, p, multiplier, shift) + y_zero;
      ASSERT_EQ(number(y[i]), clamp(q, low + 2, high - 3)) << i;
    }
  }
}

TEST(Mul, QuantizedOnEveryIsa) {
  for (const int32_t isa : runnable(kIsas)) {
    for (const Shapes& s : kShapes) {
      for (const int32_t shift : {-31, -9, -6, 0, 3}) {
        check8(s, isa, 0, shift);
        check8(s, isa, 2, shift);
      }
    }
  }
}

TEST(Mul, WideOnEveryIsa) {
  std::mt19937 random(72);
  for (const int32_t isa : runnable(kIsas)) {
    for (const Shapes& s : kShapes) {
      auto a = random_integers<int16_t>(random, product(s.a), -32768, 32767);
      auto b = random_integers<int16_t>(random, product(s.b), -32768, 32767);
      if (!a.empty() && !b.empty()) a[0] = b[0] = -32768;
      const int32_t multiplier = 1234567890, shift = -13;
      KernelCase test;
      const int va = test.arena(Type::kI16, s.a), vb = test.arena(Type::kI16, s.b);
      const int vy = test.arena(Type::kI16, s.y);
      test.instruction("mul", {va, vb, vy, 0, 0, 0, multiplier, shift, bits(0), -30000, 30001, 2});
      ASSERT_TRUE(test.bind(2, isa)) << test.error();
      test.set(va, a);
      test.set(vb, b);
      test.run();
      const auto y = test.get<int16_t>(vy);
      for (size_t i = 0; i < y.size(); ++i) {
        const int32_t p = a[source(s.y, s.a, i)] * b[source(s.y, s.b, i)];
        ASSERT_EQ(y[i], clamp(naive_requantize(2, p, multiplier, shift), -30000, 30001)) << i;
      }
    }
  }
}

TEST(Mul, FractionsOfSixteenBitsGiveOnesOfEight) {
  std::mt19937 random(73);
  for (const int32_t isa : runnable(kIsas)) {
    auto a = random_integers<int16_t>(random, 5000, -32768, 32767);
    auto b = random_integers<int16_t>(random, 5000, -32768, 32767);
    a[0] = b[0] = -32768;
    for (int i = 1; i < 1000; ++i) b[i] = 16384;
    KernelCase test;
    const int va = test.arena(Type::kI16, {5000}), vb = test.arena(Type::kI16, {5000});
    const int vy = test.arena(Type::kI8, {5000});
    test.instruction("mul", {va, vb, vy, 0, 0, 5, 0, 0, bits(0), -100, 127, 2});
    ASSERT_TRUE(test.bind(1, isa)) << test.error();
    test.set(va, a);
    test.set(vb, b);
    test.run();
    const auto y = test.get<int8_t>(vy);
    for (int i = 0; i < 5000; ++i) {
      const double half = std::floor(1.0 * a[i] * b[i] / 32768 + 0.5);
      const double rounded = std::round(std::min(32767.0, half) / 256);
      ASSERT_EQ(y[i], clamp(static_cast<int64_t>(rounded) + 5, -100, 127)) << i;
    }
  }
}

TEST(Mul, BordersOfInputsAreSteppedOver) {
  std::mt19937 random(74);
  const std::vector<int32_t> dims = {2, 3, 4, 1};
  const auto a = random_integers<int8_t>(random, 24, -128, 127);
  const auto b = random_integers<int8_t>(random, 24, -128, 127);
  for (const int32_t isa : runnable(kIsas)) {
    KernelCase test;
    const int va = test.arena(Type::kI8, dims, {{1, 0, 2, 1}, 0, 0});
    const int vb = test.arena(Type::kI8, dims), vy = test.arena(Type::kI8, dims);
    test.instruction("mul", {va, vb, vy, 0, 0, 0, 1 << 30, -5, bits(1.f / 64), -128, 127, 0});
    ASSERT_TRUE(test.bind(1, isa)) << test.error();
    test.set(va, a);
    test.set(vb, b);
    test.run();
    const auto y = test.get<int8_t>(vy);
    for (size_t i = 0; i < y.size(); ++i) {
      const auto q = static_cast<int64_t>(std::nearbyint(a[i] * b[i] / 64.0));
      ASSERT_EQ(y[i], clamp(q, -128, 127)) << i;
    }
  }
}

TEST(Mul, MutantsAreRefusedOrHarmless) {
  for (const Type type : {Type::kI8, Type::kU8, Type::kI16}) {
    KernelCase test;
    const int va = test.arena(type, {2, 3, 4, 5}, {{1, 0, 1, 0}, type == Type::kI8 ? 0x80 : 0, 0});
    const int vb = test.arena(type, {3, 1, 5}), vy = test.arena(type, {2, 3, 4, 5});
    test.instruction("mul", {va, vb, vy, 0, 0, 0, 1 << 30, -8, bits(0.01f), 0, 127, 2});
    test.fuzz(3000, 300, 75);
  }
}

}  // namespace
}  // namespace octet::test
