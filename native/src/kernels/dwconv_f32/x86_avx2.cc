// SPDX-License-Identifier: Apache-2.0
#include <immintrin.h>

#include "kernels/dwconv_f32/dwconv_f32.h"

namespace octet {
namespace {

using V = __m256;
constexpr int kLanes = 8;
inline V broadcast(float a) { return _mm256_set1_ps(a); }
inline V multiply_add(V a, V b, V c) { return _mm256_fmadd_ps(a, b, c); }
// operands in this order keep NaN
inline V clamp(V v, V low, V high) { return _mm256_min_ps(high, _mm256_max_ps(low, v)); }
inline void store_first(V v, int n, float* p) {
  const __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  _mm256_maskstore_ps(p, _mm256_cmpgt_epi32(_mm256_set1_epi32(n), lane), v);
}

#include "kernels/dwconv_f32/generic.h"

}  // namespace

const DwconvF32Isa dwconv_f32__avx2 = {Isa::kAvx2, 0, run_pixels};

}  // namespace octet
