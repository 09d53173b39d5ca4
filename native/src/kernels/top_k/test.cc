// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "kernel_case.h"

namespace octet::test {
namespace {

template <typename T, typename Index>
void check(Type type, Type index_type, int32_t low, int32_t high) {
  std::mt19937 random(341);
  for (const int32_t rows : {1, 3, 40}) {
    for (const int32_t n : {1, 5, 64, 1000}) {
      for (const int32_t k : {0, 1, 3, 5, 40, 1000}) {
        if (k > n) continue;
        const auto x = random_integers<T>(random, rows * n, low, high);
        KernelCase test;
        const int vx = test.arena(type, {rows, n}), vv = test.arena(type, {rows, k});
        const int vi = test.arena(index_type, {rows, k});
        test.instruction("top_k", {vx, vv, vi});
        ASSERT_TRUE(test.bind(2)) << test.error();
        test.set(vx, x);
        test.run();
        const auto values = test.get<T>(vv);
        const auto indices = test.get<Index>(vi);
        for (int32_t row = 0; row < rows; ++row) {
          std::vector<int32_t> order(n);
          for (int32_t i = 0; i < n; ++i) order[i] = i;
          const T* from = x.data() + row * n;
          std::stable_sort(order.begin(), order.end(),
                           [from](int32_t a, int32_t b) { return from[a] > from[b]; });
          for (int32_t j = 0; j < k; ++j) {
            ASSERT_EQ(indices[row * k + j], order[j]) << n << " " << k;
            ASSERT_EQ(values[row * k + j], from[order[j]]);
          }
        }
      }
    }
  }
}

TEST(TopK, GreatestFirstEqualOnesByPlace) {
  check<float, int32_t>(Type::kF32, Type::kI32, -9, 9);
  check<float, int16_t>(Type::kF32, Type::kI16, -1000000, 1000000);
  check<int8_t, int32_t>(Type::kI8, Type::kI32, -128, 127);
  check<uint8_t, int16_t>(Type::kU8, Type::kI16, 0, 255);
  check<int16_t, int32_t>(Type::kI16, Type::kI32, -32768, 32767);
  check<int32_t, int32_t>(Type::kI32, Type::kI32, INT32_MIN, INT32_MAX);
  check<int64_t, int32_t>(Type::kI64, Type::kI32, -3, 3);
}

TEST(TopK, ZerosAreEqualAndNotANumberIsLast) {
  for (const int32_t n : {4, 40}) {
    KernelCase test;
    const int vx = test.arena(Type::kF32, {n}), vv = test.arena(Type::kF32, {4});
    const int vi = test.arena(Type::kI32, {4});
    test.instruction("top_k", {vx, vv, vi});
    ASSERT_TRUE(test.bind()) << test.error();
    std::vector<float> x(n, std::nanf(""));
    x[0] = -0.0f;
    x[2] = 0.0f;
    x[3] = -INFINITY;
    test.set(vx, x);
    test.run();
    EXPECT_EQ(test.get<int32_t>(vi), (std::vector<int32_t>{0, 2, 3, 1}));
    EXPECT_TRUE(std::signbit(test.get<float>(vv)[0]));
  }
}

TEST(TopK, MutantsAreRefusedOrHarmless) {
  KernelCase test;
  const int vx = test.arena(Type::kF32, {3, 7}), vv = test.arena(Type::kF32, {3, 4});
  const int vi = test.arena(Type::kI32, {3, 4});
  test.instruction("top_k", {vx, vv, vi});
  test.fuzz(4000, 20, 342);
}

}  // namespace
}  // namespace octet::test
