// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "kernel_case.h"
#include "kernels/add/add.h"
#include "naive_convolution.h"

namespace octet::test {
namespace {

const std::vector<Isa> kIsas = {
#define OCTET_ADD_I8(name) name.isa,
#include "kernels/add/kernels.inc"
#undef OCTET_ADD_I8
};

struct Shapes {
  std::vector<int32_t> a, b, y;
};

const std::vector<Shapes> kShapes = {
    {{2, 3, 4, 5}, {2, 3, 4, 5}, {2, 3, 4, 5}},
    {{2, 3, 4, 5}, {5}, {2, 3, 4, 5}},
    {{1}, {2, 3, 4, 5}, {2, 3, 4, 5}},
    {{2, 1, 4, 1}, {3, 1, 5}, {2, 3, 4, 5}},
    {{2, 3, 1, 1}, {1, 1, 4, 5}, {2, 3, 4, 5}},
    {{2, 1, 2, 1, 2, 1, 2, 1}, {1, 3, 1, 3, 1, 3, 1, 3}, {2, 3, 2, 3, 2, 3, 2, 3}},
    {{}, {}, {}},
    {{0, 3}, {1, 3}, {0, 3}},
    {{300, 301}, {300, 301}, {300, 301}},
    {{300, 301}, {300, 1}, {300, 301}},
};

size_t product(const std::vector<int32_t>& dims) {
  size_t result = 1;
  for (const int32_t dim : dims) result *= dim;
  return result;
}

// Index in `dims` of element `linear` of `y`.
size_t source(const std::vector<int32_t>& y, const std::vector<int32_t>& dims, size_t linear) {
  size_t index = 0, stride = 1;
  for (size_t i = 0; i < y.size(); ++i) {
    const size_t axis = y.size() - 1 - i, at = linear % y[axis];
    linear /= y[axis];
    if (i >= dims.size()) continue;
    const int32_t dim = dims[dims.size() - 1 - i];
    if (dim != 1) index += at * stride;
    stride *= dim;
  }
  return index;
}

TEST(Add, FloatBroadcasts) {
  std::mt19937 random(51);
  for (const Shapes& s : kShapes) {
    const auto a = random_floats(random, product(s.a)), b = random_floats(random, product(s.b));
    KernelCase test;
    const int va = test.arena(Type::kF32, s.a), vb = test.arena(Type::kF32, s.b);
    const int vy = test.arena(Type::kF32, s.y);
    test.instruction("add",
                     {va, vb, vy, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, bits(-0.5f), bits(0.75f)});
    ASSERT_TRUE(test.bind(2)) << test.error();
    test.set(va, a);
    test.set(vb, b);
    test.run();
    const auto y = test.get<float>(vy);
    for (size_t i = 0; i < y.size(); ++i) {
      const float sum = a[source(s.y, s.a, i)] + b[source(s.y, s.b, i)];
      ASSERT_EQ(y[i], std::min(0.75f, std::max(-0.5f, sum))) << i;
    }
  }
}

void check_quantized(const Shapes& s, int32_t isa) {
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
      test.instruction("add", {va, vb, vy, 20, a_zero, a_multiplier, a_shift, b_zero, b_multiplier,
                               -1, y_zero, y_multiplier, y_shift, low + 2, high - 3, 2, 0, 0});
      ASSERT_TRUE(test.bind(2, isa)) << test.error();
      test.set(va, a);
      test.set(vb, b);
      test.run();
      const auto y = test.get<uint8_t>(vy);
      for (size_t i = 0; i < y.size(); ++i) {
        const int32_t an = (number(a[source(s.y, s.a, i)]) - a_zero) * (1 << 20);
        const int32_t bn = (number(b[source(s.y, s.b, i)]) - b_zero) * (1 << 20);
        const int64_t sum = naive_requantize(2, an, a_multiplier, a_shift) +
                            naive_requantize(2, bn, b_multiplier, -1);
        const int64_t q =
            naive_requantize(2, static_cast<int32_t>(sum), y_multiplier, y_shift) + y_zero;
        ASSERT_EQ(number(y[i]), std::min<int64_t>(high - 3, std::max<int64_t>(low + 2, q))) << i;
      }
    }
  }
}

TEST(Add, QuantizedFollowsItsThreeStepsOnEveryIsa) {
  for (const int32_t isa : runnable(kIsas)) {
    for (const Shapes& s : kShapes) check_quantized(s, isa);
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
      const int64_t a_multiplier = 1 << 21, b_multiplier = random() % (1 << 21);
      const int32_t a_zero = low, b_zero = high - 5, y_zero = low + 100;
      KernelCase test;
      const int va = test.arena(type, s.a, {{0, 0, 0, 0}, is_signed ? 0x80 : 0, 0});
      const int vb = test.arena(type, s.b);
      const int vy = test.arena(type, s.y, {{0, 0, 0, 0}, is_signed ? 0x80 : 0, 0});
      test.instruction("add", {va, vb, vy, 0, a_zero, static_cast<int32_t>(a_multiplier), 0, b_zero,
                               static_cast<int32_t>(b_multiplier), 0, y_zero, 0, y_shift, low + 1,
                               high - 2, 0, 0, 0});
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

TEST(Add, BordersOfInputsAreSteppedOver) {
  std::mt19937 random(53);
  const std::vector<int32_t> dims = {2, 3, 4, 5};
  const auto a = random_floats(random, 120), b = random_floats(random, 120);
  KernelCase test;
  const int va = test.arena(Type::kF32, dims, {{1, 0, 2, 1}, 0, 0});
  const int vb = test.arena(Type::kF32, dims, {{0, 1, 1, 1}, 0, 0});
  const int vy = test.arena(Type::kF32, dims);
  test.instruction("add", {va, vb, vy, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, bits(-9), bits(9)});
  ASSERT_TRUE(test.bind()) << test.error();
  test.set(va, a);
  test.set(vb, b);
  test.run();
  const auto y = test.get<float>(vy);
  for (size_t i = 0; i < y.size(); ++i) ASSERT_EQ(y[i], a[i] + b[i]);
}

TEST(Add, MutantsAreRefusedOrHarmless) {
  KernelCase test;
  const int va = test.arena(Type::kI8, {2, 3, 4, 5}, {{1, 0, 1, 0}, 0x80, 0});
  const int vb = test.arena(Type::kI8, {3, 1, 5}), vy = test.arena(Type::kI8, {2, 3, 4, 5});
  test.instruction("add", {va, vb, vy, 20, 1, 1 << 30, -1, 2, 1 << 30, -2, 3, 1 << 30, -18, -128,
                           127, 2, bits(0), bits(1)});
  test.fuzz(4000, 400, 54);
}

TEST(Add, MutantsOfOneShiftAreRefusedOrHarmless) {
  KernelCase test;
  const int va = test.arena(Type::kI8, {2, 3, 4, 5}, {{1, 0, 1, 0}, 0x80, 0});
  const int vb = test.arena(Type::kI8, {3, 1, 5}), vy = test.arena(Type::kI8, {2, 3, 4, 5});
  test.instruction("add", {va, vb, vy, 0, 1, 1 << 20, 0, 2, 1 << 19, 0, 3, 0, -20, -128, 127, 0,
                           bits(0), bits(1)});
  test.fuzz(4000, 400, 56);
}

}  // namespace
}  // namespace octet::test
