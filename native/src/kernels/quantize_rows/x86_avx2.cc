// SPDX-License-Identifier: Apache-2.0
#include <immintrin.h>

#include "kernels/quantize_rows/quantize_rows.h"

namespace octet {
namespace {

using V = __m256;
constexpr int kLanes = 8;
inline V broadcast(float a) { return _mm256_set1_ps(a); }
inline V lesser(V a, V b) { return _mm256_min_ps(a, b); }
inline V greater(V a, V b) { return _mm256_max_ps(a, b); }
inline V away(V v) {
  const V sign = _mm256_and_ps(v, _mm256_set1_ps(-0.0f));
  return v + _mm256_or_ps(sign, _mm256_set1_ps(kLessThanHalf));
}
inline void store_bytes(const V (&v)[4], uint8_t flip, uint8_t* y) {
  const __m256i low = _mm256_packs_epi32(_mm256_cvttps_epi32(v[0]), _mm256_cvttps_epi32(v[1]));
  const __m256i high = _mm256_packs_epi32(_mm256_cvttps_epi32(v[2]), _mm256_cvttps_epi32(v[3]));
  const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
  __m256i bytes = _mm256_permutevar8x32_epi32(_mm256_packs_epi16(low, high), order);
  bytes = _mm256_xor_si256(bytes, _mm256_set1_epi8(static_cast<char>(flip)));
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(y), bytes);
}

#include "kernels/quantize_rows/generic.h"

}  // namespace

const QuantizeRowsIsa quantize_rows__avx2 = {Isa::kAvx2, range, convert};

}  // namespace octet
