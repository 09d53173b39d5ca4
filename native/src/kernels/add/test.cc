// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "broadcast_case.h"
#include "kernel_case.h"
#include "kernels/add/add.h"
#include "naive_convolution.h"

namespace octet::test {
namespace {

const std::vector<Isa> kIsas = {
#define OCTET_ADD(name) name.isa,
#include "kernels/add/kernels.inc"
#undef OCTET_ADD
};

void check_quantized(const Shapes& s, int32_t isa, bool subtract) {
  std::mt19937 random(52);
  for (const int32_t y_shift : {-19, 0, -31}) {
    for (const Type type : {Type::kI8, Type::kU8}) {
      const bool is_signed = type == Type::kI8;
      const int32_t low = is_signed ? -128 : 0, high = is_signed ? 127 : 255;
      const auto number = [is_signed](uint8_t byte) {
        return is_signed ? static_cast<int8_t>(byte) : static_cast<int32_t>(byte);
      };
      const auto a = random_integers<uint8_t>(random, product(s.a), 0, 255);
      const auto b = random_integers<uint8_t>(random, product(s.b), 0, 255);
      const int32_t a_multiplier = (1 << 30) + static_cast<int32_t>(random() % (1 << 30));
      const int32_t b_multiplier = (1 << 30) + static_cast<int32_t>(random() % (1 << 30));
      const int32_t y_multiplier = (1 << 30) + static_cast<int32_t>(random() % (1 << 30));
      const int32_t a_shift = -static_cast<int32_t>(random() % 6);
      const int32_t a_zero = low + 3, b_zero = high, y_zero = low + 128;
      KernelCase test;
      const int va = test.arena(type, s.a, {{0, 0, 0, 0}, is_signed ? 0x80 : 0, 0});
      const int vb = test.arena(type, s.b);
      const int vy = test.arena(type, s.y, {{0, 0, 0, 0}, is_signed ? 0x80 : 0, 0});
      test.instruction("add",
                       {va, vb, vy, subtract ? 1 : 0, 20, a_zero, a_multiplier, a_shift, b_zero,
                        b_multiplier, -1, y_zero, y_multiplier, y_shift, low + 2, high - 3, 2});
      ASSERT_TRUE(test.bind(2, isa)) << test.error();
      test.set(va, a);
      test.set(vb, b);
      test.run();
      const auto y = test.get<uint8_t>(vy);
      for (size_t i = 0; i < y.size(); ++i) {
        const int32_t an = (number(a[source(s.y, s.a, i)]) - a_zero) * (1 << 20);
        const int32_t bn = (number(b[source(s.y, s.b, i)]) - b_zero) * (1 << 20);
        const int64_t other = naive_requantize(2, bn, b_multiplier, -1);
        const int64_t sum =
            naive_requantize(2, an, a_multiplier, a_shift) + (subtract ? -other : other);
        const int64_t q =
            naive_requantize(2, static_cast<int32_t>(sum), y_multiplier, y_shift) + y_zero;
        ASSERT_EQ(number(y[i]), std::min<int64_t>(high - 3, std::max<int64_t>(low + 2, q))) << i;
      }
    }
  }
}

TEST(Add, QuantizedFollowsItsThreeStepsOnEveryIsa) {
  for (const int32_t isa : runnable(kIsas)) {
    for (const Shapes& s : kShapes) {
      check_quantized(s, isa, false);
      check_quantized(s, isa, true);
    }
  }
}

void check_single(const Shapes& s, int32_t isa) {
  std::mt19937 random(55);
  for (const int32_t y_shift : {-1, -13, -20, -30}) {
    for (const Type type : {Type::kI8, Type::kU8}) {
      const bool is_signed = type == Type::kI8;
      const int32_t low = is_signed ? -128 : 0, high = is_signed ? 127 : 255;
      const auto number = [is_signed](uint8_t byte) {
        return is_signed ? static_cast<int8_t>(byte) : static_cast<int32_t>(byte);
      };
      const auto a = random_integers<uint8_t>(random, product(s.a), 0, 255);
      const auto b = random_integers<uint8_t>(random, product(s.b), 0, 255);
      const int64_t a_multiplier = 1 << 21;
      const int64_t b_multiplier = static_cast<int64_t>(random() % (1 << 22)) - (1 << 21);
      const int32_t a_zero = low, b_zero = high - 5, y_zero = low + 100;
      KernelCase test;
      const int va = test.arena(type, s.a, {{0, 0, 0, 0}, is_signed ? 0x80 : 0, 0});
      const int vb = test.arena(type, s.b);
      const int vy = test.arena(type, s.y, {{0, 0, 0, 0}, is_signed ? 0x80 : 0, 0});
      test.instruction(
          "add", {va, vb, vy, 0, 0, a_zero, static_cast<int32_t>(a_multiplier), 0, b_zero,
                  static_cast<int32_t>(b_multiplier), 0, y_zero, 0, y_shift, low + 1, high - 2, 0});
      ASSERT_TRUE(test.bind(2, isa)) << test.error();
      test.set(va, a);
      test.set(vb, b);
      test.run();
      const auto y = test.get<uint8_t>(vy);
      for (size_t i = 0; i < y.size(); ++i) {
        const int64_t sum = (number(a[source(s.y, s.a, i)]) - a_zero) * a_multiplier +
                            (number(b[source(s.y, s.b, i)]) - b_zero) * b_multiplier;
        const double real = static_cast<double>(sum) / static_cast<double>(int64_t{1} << -y_shift);
        const double q = std::floor(real + 0.5) + y_zero;
        ASSERT_EQ(number(y[i]), std::min<double>(high - 2, std::max<double>(low + 1, q))) << i;
      }
    }
  }
}

TEST(Add, OneShiftRoundsHalvesUpOnEveryIsa) {
  for (const int32_t isa : runnable(kIsas)) {
    for (const Shapes& s : kShapes) check_single(s, isa);
  }
}

void check_wide(const Shapes& s, int32_t isa, bool subtract, int32_t a_multiplier,
                int32_t b_multiplier, int32_t b_shift) {
  std::mt19937 random(57);
  const auto a = random_integers<int16_t>(random, product(s.a), -32768, 32767);
  const auto b = random_integers<int16_t>(random, product(s.b), -32768, 32767);
  const int32_t y_multiplier = 2e9;
  KernelCase test;
  const int va = test.arena(Type::kI16, s.a), vb = test.arena(Type::kI16, s.b);
  const int vy = test.arena(Type::kI16, s.y);
  test.instruction("add", {va, vb, vy, subtract ? 1 : 0, 15, 0, a_multiplier, 0, 0, b_multiplier,
                           b_shift, 0, y_multiplier, -14, -30000, 30001, 2});
  ASSERT_TRUE(test.bind(2, isa)) << test.error();
  test.set(va, a);
  test.set(vb, b);
  test.run();
  const auto y = test.get<int16_t>(vy);
  for (size_t i = 0; i < y.size(); ++i) {
    const int32_t an = a[source(s.y, s.a, i)] * (1 << 15), bn = b[source(s.y, s.b, i)] * (1 << 15);
    const int64_t other = naive_requantize(2, bn, b_multiplier, b_shift);
    const int64_t sum = naive_requantize(2, an, a_multiplier, 0) + (subtract ? -other : other);
    const int64_t q = naive_requantize(2, static_cast<int32_t>(sum), y_multiplier, -14);
    ASSERT_EQ(y[i], std::min<int64_t>(30001, std::max<int64_t>(-30000, q))) << i;
  }
}

TEST(Add, WideFollowsItsThreeStepsOnEveryIsa) {
  for (const int32_t isa : runnable(kIsas)) {
    for (const Shapes& s : kShapes) {
      for (const bool subtract : {false, true}) {
        check_wide(s, isa, subtract, 1 << 30, (1 << 30) + 12345, -2);
        check_wide(s, isa, subtract, (1 << 30) + 0xffff, 1 << 30, 0);
        check_wide(s, isa, subtract, 1 << 30, 1 << 30, 0);
        check_wide(s, isa, subtract, (1 << 30) + 0x8000, (1 << 30) + 1, -31);
      }
    }
  }
}

// A factor 2^30 * 2^-(14 + k) divides by 2^k with one rounding, and 1 - 2^-31 keeps sums of 17
// bits.
TEST(Add, WideShiftsAreExact) {
  for (const int32_t isa : runnable(kIsas)) {
    std::vector<int16_t> a(65536), b(65536);
    for (int i = 0; i < 65536; ++i) {
      a[i] = static_cast<int16_t>(i);
      b[i] = static_cast<int16_t>(i * 77);
    }
    KernelCase test;
    const int va = test.arena(Type::kI16, {65536}), vb = test.arena(Type::kI16, {65536});
    const int vy = test.arena(Type::kI16, {65536});
    test.instruction("add", {va, vb, vy, 0, 15, 0, 1 << 30, -14, 0, 1 << 30, -17, 0, INT32_MAX, 0,
                             -32768, 32767, 2});
    ASSERT_TRUE(test.bind(1, isa)) << test.error();
    test.set(va, a);
    test.set(vb, b);
    test.run();
    const auto y = test.get<int16_t>(vy);
    for (int i = 0; i < 65536; ++i) {
      const double sum = a[i] + std::round(b[i] / 8.0);
      ASSERT_EQ(y[i], std::min(32767.0, std::max(-32768.0, sum))) << i;
    }
  }
}

TEST(Add, BordersOfInputsAreSteppedOver) {
  std::mt19937 random(53);
  const std::vector<int32_t> dims = {2, 3, 4, 5};
  const auto a = random_integers<int8_t>(random, 120, -128, 127);
  const auto b = random_integers<int8_t>(random, 120, -128, 127);
  KernelCase test;
  const int va = test.arena(Type::kI8, dims, {{1, 0, 2, 1}, 0, 0});
  const int vb = test.arena(Type::kI8, dims, {{0, 1, 1, 1}, 0, 0});
  const int vy = test.arena(Type::kI8, dims);
  test.instruction("add",
                   {va, vb, vy, 0, 0, 0, 1 << 20, 0, 0, 1 << 20, 0, 0, 0, -20, -128, 127, 0});
  ASSERT_TRUE(test.bind()) << test.error();
  test.set(va, a);
  test.set(vb, b);
  test.run();
  const auto y = test.get<int8_t>(vy);
  for (size_t i = 0; i < y.size(); ++i) {
    ASSERT_EQ(y[i], std::min(127, std::max(-128, a[i] + b[i])));
  }
}

TEST(Add, MutantsAreRefusedOrHarmless) {
  KernelCase test;
  const int va = test.arena(Type::kI8, {2, 3, 4, 5}, {{1, 0, 1, 0}, 0x80, 0});
  const int vb = test.arena(Type::kI8, {3, 1, 5}), vy = test.arena(Type::kI8, {2, 3, 4, 5});
  test.instruction(
      "add", {va, vb, vy, 1, 20, 1, 1 << 30, -1, 2, 1 << 30, -2, 3, 1 << 30, -18, -128, 127, 2});
  test.fuzz(4000, 400, 54);
}

TEST(Add, WideMutantsAreRefusedOrHarmless) {
  KernelCase test;
  const int va = test.arena(Type::kI16, {2, 3, 4, 5}), vb = test.arena(Type::kI16, {3, 1, 5});
  const int vy = test.arena(Type::kI16, {2, 3, 4, 5});
  test.instruction("add", {va, vb, vy, 1, 15, 0, 1 << 30, -1, 0, 1 << 30, -2, 0, 1 << 30, -14,
                           -32768, 32767, 2});
  test.fuzz(4000, 400, 58);
}

TEST(Add, MutantsOfOneShiftAreRefusedOrHarmless) {
  KernelCase test;
  const int va = test.arena(Type::kI8, {2, 3, 4, 5}, {{1, 0, 1, 0}, 0x80, 0});
  const int vb = test.arena(Type::kI8, {3, 1, 5}), vy = test.arena(Type::kI8, {2, 3, 4, 5});
  test.instruction("add",
                   {va, vb, vy, 0, 0, 1, 1 << 20, 0, 2, 1 << 19, 0, 3, 0, -20, -128, 127, 0});
  test.fuzz(4000, 400, 56);
}

}  // namespace
}  // namespace octet::test
