// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "kernel_case.h"
#include "kernels/conv_f32/conv_f32.h"

namespace octet::test {
namespace {

int32_t bits(float v) {
  int32_t result;
  std::memcpy(&result, &v, sizeof(result));
  return result;
}

const std::vector<int32_t>& isas() {
  static const std::vector<int32_t> kIsas = runnable({
#define OCTET_CONV_F32(name) name.isa,
#include "kernels/conv_f32/kernels.inc"
#undef OCTET_CONV_F32
  });
  return kIsas;
}

struct Shape {
  int32_t x_batches, w_batches, m, k, n;
  bool adj_x, adj_y, bias;
};

void check(const Shape& s, float low, float high) {
  const int32_t batches = std::max(s.x_batches, s.w_batches);
  std::mt19937 random(5 + s.m + s.n + s.k);
  const auto x = random_floats(random, size_t(s.x_batches) * s.m * s.k);
  const auto w = random_floats(random, size_t(s.w_batches) * s.k * s.n);
  const auto bias = random_floats(random, s.n);
  for (const int32_t isa : isas()) {
    KernelCase test;
    const auto matrix = [](int32_t batches, int32_t rows, int32_t columns, bool adj) {
      return std::vector<int32_t>{batches, adj ? columns : rows, adj ? rows : columns};
    };
    const int vx = test.arena(Type::kF32, matrix(s.x_batches, s.m, s.k, s.adj_x));
    const int vw = test.arena(Type::kF32, matrix(s.w_batches, s.k, s.n, s.adj_y));
    const int vb = test.arena(Type::kF32, {s.n});
    const int vy = test.arena(Type::kF32, {batches, s.m, s.n});
    test.instruction("matmul_f32",
                     {vx, vw, s.bias ? vb : -1, vy, s.adj_x, s.adj_y, bits(low), bits(high)});
    ASSERT_TRUE(test.bind(2, isa)) << test.error();
    test.set(vx, x);
    test.set(vw, w);
    test.set(vb, bias);
    test.run();
    const auto y = test.get<float>(vy);
    for (int32_t b = 0; b < batches; ++b) {
      const float* xb = x.data() + (s.x_batches == 1 ? 0 : size_t(b) * s.m * s.k);
      const float* wb = w.data() + (s.w_batches == 1 ? 0 : size_t(b) * s.k * s.n);
      for (int32_t i = 0; i < s.m; ++i) {
        for (int32_t j = 0; j < s.n; ++j) {
          double sum = s.bias ? bias[j] : 0, size = 1;
          for (int32_t c = 0; c < s.k; ++c) {
            const double product = double{xb[s.adj_x ? c * s.m + i : i * s.k + c]} *
                                   wb[s.adj_y ? j * s.k + c : c * s.n + j];
            sum += product;
            size += std::abs(product);
          }
          sum = std::min<double>(high, std::max<double>(low, sum));
          ASSERT_NEAR(y[(size_t(b) * s.m + i) * s.n + j], sum, 1e-6 * size)
              << "isa " << isa << " " << b << " " << i << " " << j;
        }
      }
    }
  }
}

TEST(MatmulF32, EveryStorageOrder) {
  for (const bool adj_x : {false, true}) {
    for (const bool adj_y : {false, true}) {
      check({1, 1, 1, 1, 1, adj_x, adj_y, true}, -9, 9);
      check({2, 2, 5, 7, 3, adj_x, adj_y, false}, -9, 9);
      check({3, 1, 17, 40, 33, adj_x, adj_y, true}, -1, 2);
      check({1, 3, 9, 17, 70, adj_x, adj_y, true}, -1, 2);
    }
  }
}

TEST(MatmulF32, FewRows) {
  for (const int32_t m : {1, 2, 3, 4, 5, 7, 8, 9}) {
    for (const int32_t k : {3, 16, 37}) check({1, 1, m, k, 19, false, true, m % 2 == 0}, -2, 3);
  }
  check({1, 1, 2, 700, 3000, false, true, true}, -1e9f, 1e9f);
}

TEST(MatmulF32, RowsAndColumnsAreCut) {
  check({1, 1, 400, 200, 500, false, true, true}, -1e9f, 1e9f);
  check({1, 1, 3, 5000, 100, true, false, false}, -1e9f, 1e9f);
  check({70, 70, 4, 6, 9, false, false, true}, -1e9f, 1e9f);
}

TEST(MatmulF32, NothingToSumIsTheBias) {
  KernelCase test;
  const int vx = test.arena(Type::kF32, {3, 0}), vw = test.arena(Type::kF32, {0, 4});
  const int vb = test.arena(Type::kF32, {4}), vy = test.arena(Type::kF32, {3, 4});
  test.instruction("matmul_f32", {vx, vw, vb, vy, 0, 0, bits(0), bits(2)});
  ASSERT_TRUE(test.bind()) << test.error();
  test.set(vb, std::vector<float>{-1, 1, 2, 3});
  test.run();
  EXPECT_EQ(test.get<float>(vy), (std::vector<float>{0, 1, 2, 2, 0, 1, 2, 2, 0, 1, 2, 2}));
}

TEST(MatmulF32, MutantsAreRefusedOrHarmless) {
  KernelCase test;
  const int vx = test.arena(Type::kF32, {2, 1, 4, 6}), vw = test.arena(Type::kF32, {3, 6, 5});
  const int vb = test.arena(Type::kF32, {5}), vy = test.arena(Type::kF32, {2, 3, 4, 5});
  test.instruction("matmul_f32", {vx, vw, vb, vy, 0, 0, bits(-1), bits(1)});
  test.fuzz(3000, 100, 17);
}

}  // namespace
}  // namespace octet::test
