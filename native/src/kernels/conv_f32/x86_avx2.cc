// SPDX-License-Identifier: Apache-2.0
#include <immintrin.h>

#include "kernels/conv_f32/conv_f32.h"

namespace octet {
namespace {

using V = __m256;
using H = __m128;
constexpr int kLanes = 8;
constexpr int kUnit = 4;
constexpr int kVectors = 3;
constexpr bool kByLane = false;
constexpr int rows_of(int units) { return units > 4 ? 4 : units > 2 ? 6 : 12; }

struct Full {};
struct Half {};
inline V load(const float* p, Full) { return _mm256_loadu_ps(p); }
inline H load(const float* p, Half) { return _mm_loadu_ps(p); }
inline V broadcast(float a, Full) { return _mm256_set1_ps(a); }
inline H broadcast(float a, Half) { return _mm_set1_ps(a); }
inline V multiply_add(V a, V b, V c) { return _mm256_fmadd_ps(a, b, c); }
inline H multiply_add(H a, H b, H c) { return _mm_fmadd_ps(a, b, c); }
// operands in this order keep NaN
inline V at_least(V v, V low) { return _mm256_max_ps(low, v); }
inline H at_least(H v, H low) { return _mm_max_ps(low, v); }
inline V clamp(V v, V low, V high) { return _mm256_min_ps(high, at_least(v, low)); }
inline H clamp(H v, H low, H high) { return _mm_min_ps(high, at_least(v, low)); }
inline void store(V v, float* p) { _mm256_storeu_ps(p, v); }
inline void store(H v, float* p) { _mm_storeu_ps(p, v); }
inline void store_first(V v, int n, float* p) {
  const __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  _mm256_maskstore_ps(p, _mm256_cmpgt_epi32(_mm256_set1_epi32(n), lane), v);
}
inline void store_first(H v, int n, float* p) {
  const __m128i lane = _mm_setr_epi32(0, 1, 2, 3);
  _mm_maskstore_ps(p, _mm_cmpgt_epi32(_mm_set1_epi32(n), lane), v);
}

#include "kernels/conv_f32/generic.h"

}  // namespace

const ConvF32Isa conv_f32__avx2 = make(Isa::kAvx2);

}  // namespace octet
