// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "kernel_case.h"
#include "kernels/gemm_i4/gemm_i4.h"

namespace octet::test {
namespace {

const std::vector<int32_t>& isas() {
  static const std::vector<int32_t> kIsas = runnable({
#define OCTET_GEMM_I4(name) name.isa,
#include "kernels/gemm_i4/kernels.inc"
#undef OCTET_GEMM_I4
  });
  return kIsas;
}

int32_t bits(float v) {
  int32_t result;
  std::memcpy(&result, &v, sizeof(result));
  return result;
}

KernelCase build(int32_t m, int32_t n, int32_t k, const std::vector<int8_t>& w, int32_t size,
                 const std::vector<float>& scales, const std::vector<float>& bias) {
  KernelCase test;
  const int x = test.arena(Type::kI8, {m, k}, {{0, 0, 0, 0}, 0x80 ^ kDotForm, 0});
  const int x_scale = test.arena(Type::kF32, {m}), x_zeros = test.arena(Type::kI32, {m});
  const int y = test.arena(Type::kF32, {m, n});
  const int weights = test.weights(
      "gemm_i4", {n, k, size},
      {KernelCase::bytes_of(w), KernelCase::bytes_of(scales), KernelCase::bytes_of(bias)});
  test.instruction("gemm_i4", {x, x_scale, x_zeros, weights, y, bits(-100), bits(100)});
  return test;
}

void check(int32_t m, int32_t n, int32_t blocks, int32_t size, bool with_bias) {
  std::mt19937 random(3 + m + n);
  const int32_t k = blocks * size;
  const auto w = random_integers<int8_t>(random, size_t(n) * k, -8, 7);
  const auto x = random_integers<int8_t>(random, size_t(m) * k, -128, 127);
  const auto scales = random_floats(random, size_t(n) * blocks);
  const auto bias = with_bias ? random_floats(random, n) : std::vector<float>();
  auto x_scale = random_floats(random, m);
  for (float& scale : x_scale) scale *= 0.01f;
  const auto zeros = random_integers<int32_t>(random, m, -128, 127);
  for (const int32_t isa : isas()) {
    KernelCase test = build(m, n, k, w, size, scales, bias);
    ASSERT_TRUE(test.bind(2, isa)) << test.error();
    test.set(0, x);
    test.set(1, x_scale);
    test.set(2, zeros);
    test.run();
    const auto y = test.get<float>(3);
    for (int32_t i = 0; i < m; ++i) {
      for (int32_t j = 0; j < n; ++j) {
        double sum = 0, magnitude = 1;
        for (int32_t b = 0; b < blocks; ++b) {
          for (int32_t c = b * size; c < (b + 1) * size; ++c) {
            const double weight = double{scales[size_t(j) * blocks + b]} * w[size_t(j) * k + c];
            sum += weight * (x[size_t(i) * k + c] - zeros[i]);
            magnitude += std::abs(weight) * 256;
          }
        }
        sum = sum * x_scale[i] + (with_bias ? bias[j] : 0);
        sum = std::min(100.0, std::max(-100.0, sum));
        ASSERT_NEAR(y[i * n + j], sum, 3e-7 * magnitude * std::abs(x_scale[i]) + 1e-6)
            << "isa " << isa << " " << i << " " << j;
      }
    }
  }
}

TEST(GemmI4, EverySize) {
  for (const int32_t size : {1, 3, 8, 12, 32, 40}) {
    check(1, 1, 1, size, true);
    check(3, 17, 5, size, false);
    check(9, 70, 2, size, true);
  }
  check(1, 300, 40, 32, true);
  check(200, 64, 3, 64, true);
}

TEST(GemmI4, RefusesWhatIsNoInt4) {
  EXPECT_TRUE(build(1, 2, 4, std::vector<int8_t>(8, 7), 2, std::vector<float>(4), {}).bind());
  EXPECT_FALSE(build(1, 2, 4, std::vector<int8_t>(8, 8), 2, std::vector<float>(4), {}).bind());
  EXPECT_FALSE(build(1, 2, 4, std::vector<int8_t>(8, 7), 3, std::vector<float>(4), {}).bind());
  EXPECT_FALSE(build(1, 2, 4, std::vector<int8_t>(8, 7), 2, std::vector<float>(3), {}).bind());
  EXPECT_FALSE(build(1, 2, 4, std::vector<int8_t>(7, 7), 2, std::vector<float>(4), {}).bind());
}

TEST(GemmI4, MutantsAreRefusedOrHarmless) {
  build(3, 5, 16, std::vector<int8_t>(80, 3), 8, std::vector<float>(10, 0.5f),
        std::vector<float>(5, 1))
      .fuzz(2000, 40, 29);
}

}  // namespace
}  // namespace octet::test
