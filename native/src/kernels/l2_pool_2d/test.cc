// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "kernel_case.h"
#include "naive_convolution.h"

namespace octet::test {
namespace {

std::vector<int32_t> fields(const NaiveWindow& s, int vx, int vy) {
  return {vx,      vy,      s.kh, s.kw, s.stride_h, s.stride_w,
          s.pad_h, s.pad_w, 0,    0,    bits(0.2f), bits(0.9f)};
}

TEST(L2Pool2d, AgainstDouble) {
  const std::vector<NaiveWindow> windows = {{1, 5, 6, 3, 2, 2, 2, 2, 1, 1, 0, 0, 2, 3},
                                            {2, 5, 7, 150, 3, 4, 1, 2, 1, 1, 1, 1, 5, 4},
                                            {1, 7, 7, 9, 7, 7, 1, 1, 1, 1, 0, 0, 1, 1},
                                            {0, 5, 5, 3, 2, 2, 2, 2, 1, 1, 0, 0, 2, 2}};
  std::mt19937 random(65);
  for (const NaiveWindow& s : windows) {
    const auto x = random_floats(random, s.x_size());
    KernelCase test;
    const int vx = test.arena(Type::kF32, {s.n, s.h, s.w, s.c}, {{1, 0, 2, 1}, 0, 0});
    const int vy = test.arena(Type::kF32, {s.n, s.oh, s.ow, s.c});
    test.instruction("l2_pool_2d", fields(s, vx, vy));
    ASSERT_TRUE(test.bind(2)) << test.error();
    test.set(vx, x);
    test.run();
    const auto y = test.get<float>(vy);
    naive_depthwise(s, s.c, [&](size_t at, int32_t, const NaiveTaps& taps) {
      double sum = 0;
      for (const auto& tap : taps) sum += double{x[tap.first]} * x[tap.first];
      const double root = std::sqrt(sum / static_cast<double>(taps.size()));
      ASSERT_NEAR(y[at], std::min(0.9, std::max(0.2, root)), 1e-6);
    });
  }
}

TEST(L2Pool2d, IntegersAreRefused) {
  KernelCase test;
  const int vx = test.arena(Type::kI8, {2, 5, 6, 3}), vy = test.arena(Type::kI8, {2, 3, 3, 3});
  test.instruction("l2_pool_2d", fields({2, 5, 6, 3, 3, 3, 2, 2, 1, 1, 1, 1, 3, 3}, vx, vy));
  EXPECT_FALSE(test.bind());
}

TEST(L2Pool2d, MutantsAreRefusedOrHarmless) {
  KernelCase test;
  const int vx = test.arena(Type::kF32, {2, 5, 6, 3}, {{1, 0, 1, 0}, 0, 0});
  const int vy = test.arena(Type::kF32, {2, 3, 3, 3});
  test.instruction("l2_pool_2d", fields({2, 5, 6, 3, 3, 3, 2, 2, 1, 1, 1, 1, 3, 3}, vx, vy));
  test.fuzz(4000, 200, 66);
}

}  // namespace
}  // namespace octet::test
