// SPDX-License-Identifier: Apache-2.0
#include <immintrin.h>

#include "kernels/gemm_f32/gemm_f32.h"

namespace octet {
namespace {

using V = __m512;
constexpr int kLanes = 16;
constexpr bool kByLane = false, kHalves = false;
constexpr int kAloneBlocks = 4;
constexpr int kBlocks = 4;
constexpr int kRowsOf[kBlocks] = {8, 8, 8, 6};
constexpr int kDotRows = 4;
inline V broadcast(float a) { return _mm512_set1_ps(a); }
inline V multiply_add(V a, V b, V c) { return _mm512_fmadd_ps(a, b, c); }
// operands in this order keep NaN
inline V clamp(V v, V low, V high) { return _mm512_min_ps(high, _mm512_max_ps(low, v)); }
inline float sum(V v) {
  const __m256 eight = _mm256_add_ps(_mm512_castps512_ps256(v), _mm512_extractf32x8_ps(v, 1));
  const __m128 four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
  const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
}
inline void store_first(V v, int n, float* p) {
  _mm512_mask_storeu_ps(p, static_cast<__mmask16>((1 << n) - 1), v);
}
inline V greater(V a, V b) { return _mm512_max_ps(b, a); }
inline V magnitude(V v) { return _mm512_abs_ps(v); }
inline float greatest(V v) { return _mm512_reduce_max_ps(v); }
inline V narrow_bits(__m512i v) {
  const auto bits = static_cast<int32_t>(0x8fffe000);
  return _mm512_castsi512_ps(_mm512_and_si512(v, _mm512_set1_epi32(bits)));
}
// The low half shifted left by 13, with its sign.
inline V even_of(const uint32_t* p) {
  return narrow_bits(_mm512_madd_epi16(_mm512_loadu_si512(p), _mm512_set1_epi32(1 << 13)));
}
inline V odd_of(const uint32_t* p) {
  return narrow_bits(_mm512_srai_epi32(_mm512_loadu_si512(p), 3));
}

#include "kernels/gemm_f32/generic.h"

}  // namespace

const GemmF32Isa gemm_f32__avx512 = {Isa::kAvx512, kHalves, run};

}  // namespace octet
