// SPDX-License-Identifier: Apache-2.0
//
// Beside batch_matmul, the plain kernel of the same fields.
#include <cmath>

#include "kernel_case.h"
#include "kernels/gemm_i8/gemm_i8.h"

namespace octet::test {
namespace {

const std::vector<int32_t>& isas() {
  static const std::vector<int32_t> kIsas = runnable({
#define OCTET_KERNEL(isa, function) isa,
#include "kernels/gemm_i8/kernels.inc"
#undef OCTET_KERNEL
  });
  return kIsas;
}

int32_t bits(float v) {
  int32_t result;
  std::memcpy(&result, &v, sizeof(result));
  return result;
}

enum Form { kFloat, kHalfUp, kHalfAway, kRaw = 4, kReal = 5 };

struct Product {
  Form form;
  Type type;  // of x and w
  int32_t x_batches, w_batches, m, k, n;
  bool adj_x, adj_y, columns, bias;  // columns: a scale for each
  int32_t flip, shift;
};

struct Ids {
  int x, w, y, x_scale, x_zeros;
};

Ids build(KernelCase* test, const Product& p, const std::string& kernel, bool adj) {
  std::mt19937 random(9);
  const Layout layout = {{0, 0, 0, 0}, p.type == Type::kI8 ? p.flip : 0, 0};
  const int32_t batches = std::max(p.x_batches, p.w_batches), parts = p.columns ? p.n : 1;
  Ids ids{};
  const auto dims = [](int32_t b, int32_t rows, int32_t columns, bool transposed) {
    return transposed ? std::vector<int32_t>{b, columns, rows}
                      : std::vector<int32_t>{b, rows, columns};
  };
  ids.x = test->arena(p.type, dims(p.x_batches, p.m, p.k, adj && p.adj_x), layout);
  ids.w = test->arena(p.type, dims(p.w_batches, p.k, p.n, p.adj_y), layout);
  const Type out = p.form == kRaw ? Type::kI32 : p.form == kReal ? Type::kF32 : p.type;
  ids.y = test->arena(out, {batches, p.m, p.n}, p.form >= kRaw ? Layout{} : layout);
  ids.x_scale = test->arena(Type::kF32, {p.x_batches * p.m});
  ids.x_zeros = test->arena(Type::kI32, {p.x_batches * p.m});
  int bias = -1;
  if (p.bias && p.form == kReal) {
    bias = test->constant(Type::kF32, {p.n}, random_floats(random, p.n));
  } else if (p.bias && p.form != kRaw) {
    bias = test->constant(Type::kI32, {p.n}, random_integers<int32_t>(random, p.n, -9999, 9999));
  }
  const int multiplier = test->constant(
      Type::kI32, {parts}, random_integers<int32_t>(random, parts, 1 << 30, INT32_MAX));
  const int shift = test->constant(Type::kI32, {parts},
                                   random_integers<int32_t>(random, parts, p.shift - 2, p.shift));
  std::vector<float> scales = random_floats(random, parts);
  for (float& scale : scales) scale = std::ldexp(1 + std::abs(scale), p.shift - 1);
  const int scale = test->constant(Type::kF32, {parts}, scales);
  const bool fixed = p.form == kHalfUp || p.form == kHalfAway;
  const bool real = p.form == kFloat || p.form == kReal;
  const bool quantized = p.form < kRaw, wide = p.type == Type::kU8;
  test->instruction(
      kernel, {ids.x, ids.w, bias, fixed ? multiplier : -1, fixed ? shift : -1, real ? scale : -1,
               p.form == kReal ? ids.x_scale : -1, p.form == kReal ? ids.x_zeros : -1, ids.y,
               adj && p.adj_x, p.adj_y, quantized ? 5 : 0, quantized ? 3 : 0, quantized ? 7 : 0,
               !quantized ? 0
               : wide     ? 2
                          : -120,
               quantized ? 119 : 0, p.form, bits(-1e9f), bits(1e9f)});
  return ids;
}

void check(const Product& p) {
  std::mt19937 random(21);
  const auto x = random_integers<int8_t>(random, size_t(p.x_batches) * p.m * p.k, -128, 127);
  const auto w = random_integers<int8_t>(random, size_t(p.w_batches) * p.k * p.n, -128, 127);
  const auto scales = random_floats(random, size_t(p.x_batches) * p.m);
  const auto zeros = random_integers<int32_t>(random, size_t(p.x_batches) * p.m, -128, 127);
  std::vector<uint8_t> expected;
  for (int32_t isa : isas()) {
    for (const char* kernel : {"batch_matmul", "matmul_i8"}) {
      if (kernel[0] == 'b' && !expected.empty()) continue;
      KernelCase test;
      const Ids ids = build(&test, p, kernel, true);
      ASSERT_TRUE(test.bind(2, isa)) << test.error();
      test.set(ids.x, x);
      test.set(ids.w, w);
      test.set(ids.x_scale, scales);
      test.set(ids.x_zeros, zeros);
      test.run();
      std::vector<uint8_t> y;
      if (p.form >= kRaw) {
        for (const int32_t v : test.get<int32_t>(ids.y)) {
          for (int i = 0; i < 4; ++i) y.push_back(static_cast<uint8_t>(v >> (8 * i)));
        }
      } else {
        y = test.get<uint8_t>(ids.y);
      }
      if (expected.empty()) expected = y;
      ASSERT_EQ(y, expected) << "isa " << isa << " form " << p.form;
    }
  }
}

TEST(MatmulI8, EqualsThePlainKernel) {
  for (const Form form : {kFloat, kHalfUp, kHalfAway, kRaw, kReal}) {
    for (const bool adj_x : {false, true}) {
      if (adj_x && form == kReal) continue;
      for (const bool adj_y : {false, true}) {
        for (const int32_t flip : {0, 0x80}) {
          check({form, Type::kI8, 1, 1, 1, 1, 1, adj_x, adj_y, false, true, flip, -7});
          check({form, Type::kI8, 2, 2, 5, 7, 3, adj_x, adj_y, true, false, flip, -7});
          check({form, Type::kI8, 3, 1, 17, 41, 33, adj_x, adj_y, false, true, flip, -9});
          check({form, Type::kI8, 1, 2, 4, 130, 200, adj_x, adj_y, true, true, flip, -10});
        }
        if (form < kRaw) {
          check({form, Type::kU8, 2, 1, 9, 35, 70, adj_x, adj_y, true, true, 0, -9});
        }
      }
    }
  }
}

TEST(MatmulI8, RowsAndColumnsAreCut) {
  check({kHalfUp, Type::kI8, 1, 1, 300, 700, 900, false, true, false, true, 0x80, -12});
  check({kRaw, Type::kI8, 90, 90, 3, 5, 9, true, false, false, false, 0, -5});
}

TEST(MatmulI8, FactorsOverOneAreExact) {
  for (const Form form : {kHalfUp, kHalfAway}) {
    check({form, Type::kI8, 1, 1, 3, 4, 5, false, false, true, false, 0, 3});
    check({form, Type::kI8, 1, 1, 3, 300, 20, false, true, false, true, 0, 12});
  }
}

TEST(MatmulI8, MutantsAreRefusedOrHarmless) {
  for (const Form form : {kHalfUp, kReal}) {
    KernelCase test;
    build(&test, {form, Type::kI8, 2, 1, 4, 6, 5, false, false, true, true, 0, -6}, "matmul_i8",
          true);
    test.fuzz(3000, 50, 23);
  }
}

}  // namespace
}  // namespace octet::test
