// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "kernel_case.h"

namespace octet::test {
namespace {

TEST(LocalResponseNormalization, AgainstDouble) {
  std::mt19937 random(121);
  for (const int32_t c : {1, 5, 96}) {
    for (const int32_t radius : {0, 2, 5, 200}) {
      for (const float beta : {0.5f, 0.75f, 1.0f, 0.3f}) {
        const float bias = 1.5f, alpha = 0.2f;
        const auto x = random_floats(random, size_t{6} * c);
        KernelCase test;
        const int vx = test.arena(Type::kF32, {1, 2, 3, c});
        const int vy = test.arena(Type::kF32, {1, 2, 3, c});
        test.instruction("local_response_normalization",
                         {vx, vy, radius, bits(bias), bits(alpha), bits(beta)});
        ASSERT_TRUE(test.bind(2)) << test.error();
        test.set(vx, x);
        test.run();
        const auto y = test.get<float>(vy);
        for (int32_t i = 0; i < 6 * c; ++i) {
          double sum = 0;
          for (int32_t j = std::max(0, i % c - radius); j <= std::min(c - 1, i % c + radius); ++j) {
            sum += double{x[i / c * c + j]} * x[i / c * c + j];
          }
          ASSERT_NEAR(y[i], x[i] * std::pow(bias + alpha * sum, -beta), 1e-6);
        }
      }
    }
  }
}

TEST(LocalResponseNormalization, MutantsAreRefusedOrHarmless) {
  KernelCase test;
  const int vx = test.arena(Type::kF32, {2, 2, 3, 7}), vy = test.arena(Type::kF32, {2, 2, 3, 7});
  test.instruction("local_response_normalization", {vx, vy, 2, bits(1), bits(0.1f), bits(0.75f)});
  test.fuzz(2000, 200, 122);
}

}  // namespace
}  // namespace octet::test
