// SPDX-License-Identifier: Apache-2.0
#include <immintrin.h>

#include "kernels/matmul_f32/dot.h"

namespace octet {
namespace {

using V = __m256;
constexpr int kLanes = 8;
inline V multiply_add(V a, V b, V c) { return _mm256_fmadd_ps(a, b, c); }
inline float sum(V v) {
  __m128 half = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
  half = _mm_add_ps(half, _mm_movehl_ps(half, half));
  return _mm_cvtss_f32(_mm_add_ss(half, _mm_movehdup_ps(half)));
}

#include "kernels/matmul_f32/generic.h"

}  // namespace

const MatmulDotIsa matmul_dot__avx2 = {Isa::kAvx2, run};

}  // namespace octet
