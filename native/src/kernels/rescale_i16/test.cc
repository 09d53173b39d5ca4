// SPDX-License-Identifier: Apache-2.0
#include "kernel_case.h"
#include "kernels/rescale_i16/rescale_i16.h"
#include "naive_convolution.h"

namespace octet::test {
namespace {

const std::vector<Isa> kIsas = {
#define OCTET_RESCALE_I16(name) name.isa,
#include "kernels/rescale_i16/kernels.inc"
#undef OCTET_RESCALE_I16
};

TEST(RescaleI16, TwoFactorsOnEveryIsa) {
  std::mt19937 random(221);
  for (const int32_t isa : runnable(kIsas)) {
    for (int round = 0; round < 60; ++round) {
      const auto n = static_cast<int32_t>(round == 0 ? 40000 : 1 + random() % 100);
      const auto x = random_integers<int16_t>(random, n, -32768, 32767);
      const int32_t high = static_cast<int32_t>(random() >> 1);
      const int32_t low = static_cast<int32_t>(random());
      const int32_t high_shift = static_cast<int32_t>(random() % 45) - 31;
      const int32_t low_shift = static_cast<int32_t>(random() % 45) - 31;
      const int32_t x_zero = round % 3 == 0 ? 0 : 117, y_zero = round % 2 == 0 ? 0 : -30;
      KernelCase test;
      const int vx = test.arena(Type::kI16, {n}), vy = test.arena(Type::kI16, {n});
      test.instruction("rescale_i16",
                       {vx, vy, x_zero, y_zero, high, high_shift, low, low_shift, -32000, 32100});
      ASSERT_TRUE(test.bind(2, isa)) << test.error();
      test.set(vx, x);
      test.run();
      const auto y = test.get<int16_t>(vy);
      for (int32_t i = 0; i < n; ++i) {
        const int32_t v = x[i] - x_zero;
        const int64_t q =
            naive_requantize(2, v, v >= 0 ? high : low, v >= 0 ? high_shift : low_shift) + y_zero;
        ASSERT_EQ(y[i], std::min<int64_t>(32100, std::max<int64_t>(-32000, q))) << x[i];
      }
    }
  }
}

TEST(RescaleI16, MutantsAreRefusedOrHarmless) {
  KernelCase test;
  const int vx = test.arena(Type::kI16, {3, 11}), vy = test.arena(Type::kI16, {3, 11});
  test.instruction("rescale_i16", {vx, vy, 0, 0, 1 << 30, 1, 1 << 30, -1, -32768, 32767});
  test.fuzz(4000, 400, 222);
}

}  // namespace
}  // namespace octet::test
