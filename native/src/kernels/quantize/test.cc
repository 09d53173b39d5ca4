// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>

#include "kernel_case.h"
#include "kernels/quantize/quantize.h"
#include "naive_convolution.h"

namespace octet::test {
namespace {

const std::vector<Isa> kIsas = {
#define OCTET_QUANTIZE(name) name.isa,
#include "kernels/quantize/kernels.inc"
#undef OCTET_QUANTIZE
};

struct Target {
  Type type;
  int32_t flip, low, high, zero;
};

const std::vector<Target> kTargets = {{Type::kI8, 0, -128, 127, -5},
                                      {Type::kI8, 0x80, -128, 127, 11},
                                      {Type::kU8, 0, 0, 255, 128},
                                      {Type::kI16, 0, -32768, 32767, 0},
                                      {Type::kI32, 0, INT32_MIN, INT32_MAX, 3}};

std::vector<int64_t> numbers(KernelCase& test, int id, const Target& target) {
  std::vector<int64_t> result;
  if (target.type == Type::kI8) {
    for (const int8_t v : test.get<int8_t>(id)) result.push_back(v);
  } else if (target.type == Type::kU8) {
    for (const uint8_t v : test.get<uint8_t>(id)) result.push_back(v);
  } else if (target.type == Type::kI16) {
    for (const int16_t v : test.get<int16_t>(id)) result.push_back(v);
  } else {
    for (const int32_t v : test.get<int32_t>(id)) result.push_back(v);
  }
  return result;
}

TEST(Quantize, FloatHalvesGoAwayFromZero) {
  std::mt19937 random(101);
  auto x = random_floats(random, 70000);
  for (float& v : x) v *= 40;
  for (const float scale : {0.25f, 0.0473f}) {
    for (int i = -600; i < 600; ++i) {
      const float middle = static_cast<float>(i) * scale / 2;
      for (const float v : {middle, std::nextafter(middle, -1e9f), std::nextafter(middle, 1e9f)}) {
        x.push_back(v);
      }
    }
    for (int i = -66000; i < 66000; i += 37) x.push_back((static_cast<float>(i) + 0.5f) * scale);
  }
  for (const float v : {0.0f, -0.0f, 1e30f, -1e30f, std::numeric_limits<float>::infinity(),
                        -std::numeric_limits<float>::infinity()}) {
    x.push_back(v);
  }
  x.push_back(std::nextafter(0.125f, 0.0f));
  x.push_back(std::numeric_limits<float>::quiet_NaN());
  const auto n = static_cast<int32_t>(x.size());
  for (const Target& target : kTargets) {
    for (const float scale : {0.25f, 0.0473f, 0.0011f}) {
      if (target.type == Type::kI32) continue;
      for (const int32_t isa : runnable(kIsas)) {
        KernelCase test;
        const int vx = test.arena(Type::kF32, {n});
        const int vy = test.arena(target.type, {n}, {{0, 0, 0, 0}, target.flip, 0});
        test.instruction("quantize", {vx, -1, -1, vy, bits(scale), 0, 0, target.zero, 0, 0});
        ASSERT_TRUE(test.bind(2, isa)) << test.error();
        test.set(vx, x);
        test.run();
        const auto y = numbers(test, vy, target);
        for (size_t i = 0; i < x.size(); ++i) {
          const double q = std::isnan(x[i])
                               ? target.zero
                               : std::round(static_cast<double>(x[i]) / scale) + target.zero;
          ASSERT_EQ(y[i], std::min<double>(target.high, std::max<double>(target.low, q))) << x[i];
        }
      }
    }
  }
}

TEST(Quantize, EveryIndexOfAnAxisHasItsScale) {
  std::mt19937 random(104);
  const auto x = random_floats(random, 7 * 5 * 300);
  const std::vector<float> scales = {0.01f, 0.02f, 0.005f, 0.3f, 0.0473f};
  for (const Target& target : kTargets) {
    if (target.type == Type::kI32) continue;
    const std::vector<int32_t> zeros = {target.zero, 0, 3, 100, 7};
    for (const int32_t isa : runnable(kIsas)) {
      KernelCase test;
      const int vx = test.arena(Type::kF32, {7, 5, 300});
      const int vs = test.constant(Type::kF32, {5}, scales);
      const int vz = test.constant(Type::kI32, {5}, zeros);
      const int vy = test.arena(target.type, {7, 5, 300}, {{0, 0, 0, 0}, target.flip, 0});
      test.instruction("quantize", {vx, vs, vz, vy, 0, 1, 0, 0, 0, 0});
      ASSERT_TRUE(test.bind(2, isa)) << test.error();
      test.set(vx, x);
      test.run();
      const auto y = numbers(test, vy, target);
      for (size_t i = 0; i < x.size(); ++i) {
        const size_t c = i / 300 % 5;
        const double q = std::round(x[i] / scales[c]) + zeros[c];
        ASSERT_EQ(y[i], std::min<double>(target.high, std::max<double>(target.low, q))) << x[i];
      }
    }
  }
}

TEST(Quantize, IntegersToIntegers) {
  std::mt19937 random(102);
  const int32_t n = 3000;
  for (const Target& from : kTargets) {
    if (from.type == Type::kI8 || from.type == Type::kU8) continue;
    for (const Target& to : kTargets) {
      const int32_t multiplier = (1 << 30) + static_cast<int32_t>(random() % (1 << 30));
      const int32_t shift = static_cast<int32_t>(random() % 4) - 2;
      std::vector<int64_t> x(n);
      KernelCase test;
      const int vx = test.arena(from.type, {n}, {{0, 0, 0, 0}, from.flip, 0});
      const int vy = test.arena(to.type, {n}, {{0, 0, 0, 0}, to.flip, 0});
      test.instruction("quantize", {vx, -1, -1, vy, 0, 0, from.zero, to.zero, multiplier, shift});
      ASSERT_TRUE(test.bind()) << test.error();
      const auto fill = [&](auto sample, int32_t low, int32_t high) {
        const auto data = random_integers<decltype(sample)>(random, n, low, high);
        for (int32_t i = 0; i < n; ++i) x[i] = data[i];
        test.set(vx, data);
      };
      if (from.type == Type::kI16) fill(int16_t{}, -32768, 32767);
      if (from.type == Type::kI32) fill(int32_t{}, -100000000, 100000000);
      test.run();
      const auto y = numbers(test, vy, to);
      for (int32_t i = 0; i < n; ++i) {
        const int64_t q =
            naive_requantize(2, static_cast<int32_t>(x[i] - from.zero), multiplier, shift) +
            to.zero;
        ASSERT_EQ(y[i], std::min<int64_t>(to.high, std::max<int64_t>(to.low, q)));
      }
    }
  }
}

TEST(Quantize, MutantsAreRefusedOrHarmless) {
  KernelCase test;
  const int vx = test.arena(Type::kI16, {3, 10}), vy = test.arena(Type::kU8, {3, 10});
  test.instruction("quantize", {vx, -1, -1, vy, bits(1), 0, 0, 3, 1 << 30, 1});
  test.fuzz(4000, 400, 103);
}

TEST(Quantize, MutantsOfAnAxisAreRefusedOrHarmless) {
  KernelCase test;
  const int vx = test.arena(Type::kF32, {3, 10});
  const int vs = test.constant(Type::kF32, {3}, std::vector<float>{1, 2, 3});
  const int vz = test.constant(Type::kI32, {3}, std::vector<int32_t>{1, 2, 3});
  const int vy = test.arena(Type::kI8, {3, 10}, {{0, 0, 0, 0}, 0x80, 0});
  test.instruction("quantize", {vx, vs, vz, vy, 0, 0, 0, 0, 0, 0});
  test.fuzz(4000, 200, 105);
}

}  // namespace
}  // namespace octet::test
