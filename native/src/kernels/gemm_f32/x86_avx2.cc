// SPDX-License-Identifier: Apache-2.0
#include <immintrin.h>

#include "kernels/gemm_f32/gemm_f32.h"

namespace octet {
namespace {

using V = __m256;
constexpr int kLanes = 8;
constexpr bool kByLane = false, kHalves = false;
constexpr int kAloneBlocks = 4;
constexpr int kBlocks = 1;
constexpr int kRowsOf[kBlocks] = {6};
constexpr int kDotRows = 2;
inline V broadcast(float a) { return _mm256_set1_ps(a); }
inline V multiply_add(V a, V b, V c) { return _mm256_fmadd_ps(a, b, c); }
// operands in this order keep NaN
inline V clamp(V v, V low, V high) { return _mm256_min_ps(high, _mm256_max_ps(low, v)); }
inline float sum(V v) {
  const __m128 four = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
  const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
}
inline void store_first(V v, int n, float* p) {
  const __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  _mm256_maskstore_ps(p, _mm256_cmpgt_epi32(_mm256_set1_epi32(n), lane), v);
}
inline V greater(V a, V b) { return _mm256_max_ps(b, a); }
inline V magnitude(V v) { return _mm256_andnot_ps(_mm256_set1_ps(-0.0f), v); }
inline float greatest(V v) {
  const __m128 four = _mm_max_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
  const __m128 two = _mm_max_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_max_ss(two, _mm_movehdup_ps(two)));
}
inline V narrow_bits(__m256i v) {
  const auto bits = static_cast<int32_t>(0x8fffe000);
  return _mm256_castsi256_ps(_mm256_and_si256(v, _mm256_set1_epi32(bits)));
}
// The low half shifted left by 13, with its sign.
inline V even_of(const uint32_t* p) {
  const __m256i v = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
  return narrow_bits(_mm256_madd_epi16(v, _mm256_set1_epi32(1 << 13)));
}
inline V odd_of(const uint32_t* p) {
  const __m256i v = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
  return narrow_bits(_mm256_srai_epi32(v, 3));
}

#include "kernels/gemm_f32/generic.h"

}  // namespace

const GemmF32Isa gemm_f32__avx2 = {Isa::kAvx2, kHalves, run};

}  // namespace octet
