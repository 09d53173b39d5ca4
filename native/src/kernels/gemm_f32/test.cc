// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "base/f16.h"
#include "kernel_case.h"
#include "kernels/gemm_f32/gemm_f32.h"

namespace octet::test {
namespace {

int32_t bits(float v) {
  int32_t result;
  std::memcpy(&result, &v, sizeof(result));
  return result;
}

const std::vector<Isa> kIsas = {
#define OCTET_GEMM_F32(name) name.isa,
#include "kernels/gemm_f32/kernels.inc"
#undef OCTET_GEMM_F32
};

struct Shape {
  int32_t m, n, k;
};

std::vector<Shape> shapes() {
  std::vector<Shape> result = {
      {0, 5, 7}, {40, 70, 300}, {130, 65, 33}, {3, 1001, 64}, {50, 10, 700}};
  // every remainder of rows and columns of a tile, in both forms
  for (int32_t m = 1; m <= 9; ++m) {
    for (const int32_t n : {1, 7, 16, 17, 33, 48, 64, 65, 80}) result.push_back({m, n, 13});
    for (int32_t n = 1; n <= 13; ++n) result.push_back({m, n, 200 + m});
  }
  for (const int32_t k : {1, 2, 7, 8, 9, 64, 127, 128, 129}) {
    for (const int32_t n : {1, 2, 3, 10, 24, 64, 130}) result.push_back({1, n, k});
  }
  return result;
}

TEST(GemmF32, EveryIsaAgainstDouble) {
  std::mt19937 random(31);
  for (const int32_t isa : runnable(kIsas)) {
    for (const Shape& s : shapes()) {
      for (const bool half : {false, true}) {
        const auto x = random_floats(random, size_t{1} * s.m * s.k);
        auto w = random_floats(random, size_t{1} * s.n * s.k);
        if (half) {
          for (float& v : w) v = f16_to_f32(f32_to_f16(v));
        }
        const auto bias = random_floats(random, half ? s.n : 0);
        KernelCase test;
        const int vx = test.arena(Type::kF32, {s.m, s.k});
        const int weights =
            test.weights("gemm_f32", {s.n, s.k}, {test.bytes_of(w), test.bytes_of(bias)});
        const int vy = test.arena(Type::kF32, {s.m, s.n});
        test.instruction("gemm_f32", {vx, weights, vy, bits(-1.5f), bits(2.0f)});
        ASSERT_TRUE(test.bind(2, isa)) << test.error();
        test.set(vx, x);
        test.run();
        const auto y = test.get<float>(vy);
        for (int32_t i = 0; i < s.m; ++i) {
          for (int32_t j = 0; j < s.n; ++j) {
            double sum = bias.empty() ? 0 : bias[j], size = 1e-3 + std::abs(sum);
            for (int32_t c = 0; c < s.k; ++c) {
              const double product =
                  static_cast<double>(x[size_t{1} * i * s.k + c]) * w[size_t{1} * j * s.k + c];
              sum += product;
              size += std::abs(product);
            }
            ASSERT_NEAR(y[size_t{1} * i * s.n + j], std::min(2.0, std::max(-1.5, sum)), 1e-6 * size)
                << s.m << "x" << s.n << "x" << s.k << " half " << half << " isa " << isa;
          }
        }
      }
    }
  }
}

// Every float16 below 2^6 is kept narrow, those above it beside the least ones are not; both come
// back as they are, times x of any size, through each way of a single row and of several.
TEST(GemmF32, HalvesAreTheSameNumbers) {
  for (const int32_t end : {0x5400, 0x7c00}) {
    std::vector<float> w;
    for (int32_t h = 0; h < end; h += 31) {
      w.push_back(f16_to_f32(static_cast<uint16_t>(h)));
      w.push_back(f16_to_f32(static_cast<uint16_t>(h | 0x8000)));
    }
    for (const int32_t isa : runnable(kIsas)) {
      for (const float x : {1.0f, 0x1p-100f, 0x1p110f, -0x1p-60f}) {
        for (const int32_t m : {1, 3}) {
          KernelCase test;
          const auto n = static_cast<int32_t>(w.size());
          const int vx = test.arena(Type::kF32, {m, 1});
          const int weights = test.weights("gemm_f32", {n, 1}, {test.bytes_of(w), {}});
          const int vy = test.arena(Type::kF32, {m, n});
          test.instruction("gemm_f32", {vx, weights, vy, bits(-INFINITY), bits(INFINITY)});
          ASSERT_TRUE(test.bind(1, isa)) << test.error();
          test.set(vx, std::vector<float>(m, x));
          test.run();
          const auto y = test.get<float>(vy);
          for (size_t i = 0; i < y.size(); ++i) {
            const float product = x * w[i % n];
            if (std::fpclassify(product) == FP_SUBNORMAL) continue;
            ASSERT_EQ(y[i], product) << w[i % n] << " times " << x << " isa " << isa;
          }
        }
      }
    }
  }
}

TEST(GemmF32, InfinityAndNanPass) {
  for (const int32_t isa : runnable(kIsas)) {
    for (const bool half : {false, true}) {
      const int32_t k = 40;
      std::vector<float> w(k, half ? 0.5f : 0.3f);
      for (const float odd : {INFINITY, NAN}) {
        KernelCase test;
        const int vx = test.arena(Type::kF32, {1, k});
        const int weights = test.weights("gemm_f32", {1, k}, {test.bytes_of(w), {}});
        const int vy = test.arena(Type::kF32, {1, 1});
        test.instruction("gemm_f32", {vx, weights, vy, bits(-INFINITY), bits(INFINITY)});
        ASSERT_TRUE(test.bind(1, isa)) << test.error();
        std::vector<float> x(k, 1);
        x[17] = odd;
        test.set(vx, x);
        test.run();
        const float y = test.get<float>(vy)[0];
        ASSERT_TRUE(std::isnan(odd) ? std::isnan(y) : y == odd) << y << " isa " << isa;
      }
    }
  }
}

TEST(GemmF32, PackerRefusesSizesThatDoNotFit) {
  const std::vector<char> w(4 * 2 * 15), bias(8);
  const auto packed = [](std::vector<int32_t> fields, std::vector<std::vector<char>> parts) {
    KernelCase test;
    test.weights("gemm_f32", std::move(fields), std::move(parts));
    return test.bind();
  };
  EXPECT_TRUE(packed({2, 15}, {w, bias}));
  EXPECT_TRUE(packed({2, 15}, {w, {}}));
  EXPECT_FALSE(packed({2, 15}, {w, std::vector<char>(4)}));
  EXPECT_FALSE(packed({3, 15}, {w, {}}));
  EXPECT_FALSE(packed({-2, -15}, {w, {}}));
  EXPECT_FALSE(packed({0, 15}, {{}, {}}));
  EXPECT_FALSE(packed({INT32_MAX, INT32_MAX}, {w, {}}));
}

TEST(GemmF32, MutantsAreRefusedOrHarmless) {
  for (const int32_t n : {5, 40}) {
    KernelCase test;
    const int vx = test.arena(Type::kF32, {6, 100});
    const int weights =
        test.weights("gemm_f32", {n, 100},
                     {std::vector<char>(size_t{400} * n), std::vector<char>(size_t{4} * n)});
    const int vy = test.arena(Type::kF32, {6, n});
    test.instruction("gemm_f32", {vx, weights, vy, bits(0), bits(6)});
    test.fuzz(4000, 100, 32);
  }
}

}  // namespace
}  // namespace octet::test
