// SPDX-License-Identifier: Apache-2.0
#include "base/f16.h"
#include "kernel_case.h"

namespace octet::test {
namespace {

template <typename T>
void check(Type type, int32_t flip, int32_t low, int32_t high, int32_t zero) {
  std::mt19937 random(111);
  const float scale = 0.0173f;
  const auto x = random_integers<T>(random, 40000, low, high);
  KernelCase test;
  const int vx = test.arena(type, {100, 400}, {{0, 0, 0, 0}, flip, 0});
  const int vy = test.arena(Type::kF32, {100, 400});
  test.instruction("dequantize", {vx, -1, -1, vy, bits(scale), zero, 0});
  ASSERT_TRUE(test.bind(2)) << test.error();
  test.set(vx, x);
  test.run();
  const auto y = test.get<float>(vy);
  for (size_t i = 0; i < x.size(); ++i) {
    ASSERT_EQ(y[i], static_cast<float>(static_cast<double>(scale) * (x[i] - zero)));
  }
}

TEST(Dequantize, EveryInteger) {
  check<int8_t>(Type::kI8, 0, -128, 127, -3);
  check<int8_t>(Type::kI8, 0x80, -128, 127, 100);
  check<uint8_t>(Type::kU8, 0, 0, 255, 120);
  check<int16_t>(Type::kI16, 0, -32768, 32767, 0);
  check<int32_t>(Type::kI32, 0, -1000000000, 1000000000, 0);
}

TEST(Dequantize, HalfPrecision) {
  std::vector<uint16_t> x(1000);
  for (size_t i = 0; i < x.size(); ++i) x[i] = static_cast<uint16_t>(i * 60);
  KernelCase test;
  const int vx = test.arena(Type::kF16, {1000}), vy = test.arena(Type::kF32, {1000});
  test.instruction("dequantize", {vx, -1, -1, vy, bits(1), 0, 0});
  ASSERT_TRUE(test.bind()) << test.error();
  test.set(vx, x);
  test.run();
  const auto y = test.get<float>(vy);
  for (size_t i = 0; i < x.size(); ++i) ASSERT_EQ(bits(y[i]), bits(f16_to_f32(x[i])));
}

TEST(Dequantize, EveryIndexOfAnAxisHasItsScale) {
  std::mt19937 random(113);
  const auto x = random_integers<int8_t>(random, 7 * 5 * 1300, -128, 127);
  const std::vector<float> scales = {0.01f, 0.02f, 0.005f, 0.3f, 0.0473f};
  const std::vector<int32_t> zeros = {0, 127, -128, 100, 7};
  for (const int32_t flip : {0, 0x80}) {
    KernelCase test;
    const int vx = test.arena(Type::kI8, {7, 5, 1300}, {{0, 0, 0, 0}, flip, 0});
    const int vs = test.constant(Type::kF32, {5}, scales);
    const int vz = test.constant(Type::kI32, {5}, zeros);
    const int vy = test.arena(Type::kF32, {7, 5, 1300});
    test.instruction("dequantize", {vx, vs, vz, vy, 0, 0, 1});
    ASSERT_TRUE(test.bind(2)) << test.error();
    test.set(vx, x);
    test.run();
    const auto y = test.get<float>(vy);
    for (size_t i = 0; i < x.size(); ++i) {
      const size_t c = i / 1300 % 5;
      ASSERT_EQ(y[i], static_cast<float>(static_cast<double>(scales[c]) * (x[i] - zeros[c])));
    }
  }
}

TEST(Dequantize, MutantsOfAnAxisAreRefusedOrHarmless) {
  KernelCase test;
  const int vx = test.arena(Type::kU8, {3, 10});
  const int vs = test.constant(Type::kF32, {10}, std::vector<float>(10, 0.5f));
  const int vz = test.constant(Type::kI32, {10}, std::vector<int32_t>(10, 3));
  const int vy = test.arena(Type::kF32, {3, 10});
  test.instruction("dequantize", {vx, vs, vz, vy, 0, 0, 1});
  test.fuzz(4000, 200, 114);
}

TEST(Dequantize, MutantsAreRefusedOrHarmless) {
  KernelCase test;
  const int vx = test.arena(Type::kI8, {3, 10}, {{0, 0, 0, 0}, 0x80, 0});
  const int vy = test.arena(Type::kF32, {3, 10});
  test.instruction("dequantize", {vx, -1, -1, vy, bits(1), 3, 0});
  test.fuzz(2000, 200, 112);
}

}  // namespace
}  // namespace octet::test
