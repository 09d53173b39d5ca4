// SPDX-License-Identifier: Apache-2.0
#include "kernel_case.h"
#include "kernels/average_pool_2d/average_pool_2d.h"
#include "naive_convolution.h"

namespace octet::test {
namespace {

const std::vector<int32_t>& isas() {
  static const std::vector<int32_t> kIsas = runnable({
#define OCTET_AVERAGE_POOL(name) name.isa,
#include "kernels/average_pool_2d/kernels.inc"
#undef OCTET_AVERAGE_POOL
  });
  return kIsas;
}

const std::vector<NaiveWindow> kWindows = {
    {1, 5, 6, 3, 2, 2, 2, 2, 1, 1, 0, 0, 2, 3},   {2, 5, 7, 150, 3, 4, 1, 2, 1, 1, 1, 1, 5, 4},
    {1, 7, 7, 9, 7, 7, 1, 1, 1, 1, 0, 0, 1, 1},   {1, 3, 3, 4, 5, 5, 1, 1, 1, 1, 2, 2, 3, 3},
    {0, 5, 5, 3, 2, 2, 2, 2, 1, 1, 0, 0, 2, 2},   {2, 9, 11, 3, 3, 3, 1, 1, 1, 1, 1, 1, 9, 11},
    {1, 6, 40, 1, 2, 5, 1, 3, 1, 1, 0, 0, 5, 12}, {1, 8, 8, 8, 2, 2, 2, 2, 1, 1, 0, 0, 4, 4},
};

std::vector<int32_t> fields(const NaiveWindow& s, int vx, int vy, int32_t y_min, int32_t y_max) {
  return {vx,      vy,      s.kh,  s.kw,  s.stride_h,   s.stride_w,
          s.pad_h, s.pad_w, y_min, y_max, bits(-0.25f), bits(0.5f)};
}

TEST(AveragePool2d, FloatAgainstDouble) {
  std::mt19937 random(61);
  for (const NaiveWindow& s : kWindows) {
    const auto x = random_floats(random, s.x_size());
    for (const int32_t isa : isas()) {
      KernelCase test;
      const int vx = test.arena(Type::kF32, {s.n, s.h, s.w, s.c}, {{1, 0, 2, 1}, 0, 0});
      const int vy = test.arena(Type::kF32, {s.n, s.oh, s.ow, s.c});
      test.instruction("average_pool_2d", fields(s, vx, vy, 0, 0));
      ASSERT_TRUE(test.bind(2, isa)) << test.error();
      test.set(vx, x);
      test.run();
      const auto y = test.get<float>(vy);
      naive_depthwise(s, s.c, [&](size_t at, int32_t, const NaiveTaps& taps) {
        double sum = 0;
        for (const auto& tap : taps) sum += x[tap.first];
        const double mean = sum / static_cast<double>(taps.size());
        ASSERT_NEAR(y[at], std::min(0.5, std::max(-0.25, mean)), 2e-6);
      });
    }
  }
}

TEST(AveragePool2d, QuantizedRoundsHalfAwayFromZero) {
  std::mt19937 random(62);
  for (const NaiveWindow& s : kWindows) {
    for (const auto& [type, flip] :
         std::vector<std::pair<Type, int32_t>>{{Type::kI8, 0}, {Type::kI8, 0x80}, {Type::kU8, 0}}) {
      const bool is_signed = type == Type::kI8;
      const int32_t low = is_signed ? -100 : 9, high = is_signed ? 90 : 200;
      const auto x = random_integers<uint8_t>(random, s.x_size(), 0, 255);
      const auto number = [is_signed = is_signed](uint8_t byte) {
        return is_signed ? static_cast<int8_t>(byte) : static_cast<int32_t>(byte);
      };
      for (const int32_t isa : isas()) {
        KernelCase test;
        const int vx = test.arena(type, {s.n, s.h, s.w, s.c}, {{1, 0, 2, 1}, flip, 0});
        const int vy = test.arena(type, {s.n, s.oh, s.ow, s.c}, {{0, 0, 0, 0}, flip, 0});
        test.instruction("average_pool_2d", fields(s, vx, vy, low, high));
        ASSERT_TRUE(test.bind(1, isa)) << test.error();
        test.set(vx, x);
        test.run();
        const auto y = test.get<uint8_t>(vy);
        naive_depthwise(s, s.c, [&](size_t at, int32_t, const NaiveTaps& taps) {
          int32_t sum = 0;
          for (const auto& tap : taps) sum += number(x[tap.first]);
          // exact: quotients of such small integers are never mistaken for a half in double
          const auto mean =
              static_cast<int32_t>(std::round(sum / static_cast<double>(taps.size())));
          ASSERT_EQ(number(y[at]), std::min(high, std::max(low, mean)));
        });
      }
    }
  }
}

TEST(AveragePool2d, Int16) {
  std::mt19937 random(64);
  for (const NaiveWindow& s : kWindows) {
    const auto x = random_integers<int16_t>(random, s.x_size(), -32768, 32767);
    for (const int32_t isa : isas()) {
      KernelCase test;
      const int vx = test.arena(Type::kI16, {s.n, s.h, s.w, s.c}, {{1, 0, 2, 1}, 0, 0});
      const int vy = test.arena(Type::kI16, {s.n, s.oh, s.ow, s.c});
      test.instruction("average_pool_2d", fields(s, vx, vy, -9000, 32767));
      ASSERT_TRUE(test.bind(1, isa)) << test.error();
      test.set(vx, x);
      test.run();
      const auto y = test.get<int16_t>(vy);
      naive_depthwise(s, s.c, [&](size_t at, int32_t, const NaiveTaps& taps) {
        int32_t sum = 0;
        for (const auto& tap : taps) sum += x[tap.first];
        const auto expected =
            static_cast<int32_t>(std::round(sum / static_cast<double>(taps.size())));
        ASSERT_EQ(y[at], std::max(-9000, expected));
      });
    }
  }
}

TEST(AveragePool2d, MutantsAreRefusedOrHarmless) {
  KernelCase test;
  const int vx = test.arena(Type::kI8, {2, 5, 6, 3}, {{1, 0, 1, 0}, 0x80, 0});
  const int vy = test.arena(Type::kI8, {2, 3, 3, 3});
  test.instruction("average_pool_2d",
                   fields({2, 5, 6, 3, 3, 3, 2, 2, 1, 1, 1, 1, 3, 3}, vx, vy, -128, 127));
  test.fuzz(4000, 200, 63);
}

}  // namespace
}  // namespace octet::test
