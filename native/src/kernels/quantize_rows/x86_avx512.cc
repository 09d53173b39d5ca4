// SPDX-License-Identifier: Apache-2.0
#include <immintrin.h>

#include "kernels/quantize_rows/quantize_rows.h"

namespace octet {
namespace {

using V = __m512;
constexpr int kLanes = 16;
inline V broadcast(float a) { return _mm512_set1_ps(a); }
inline V lesser(V a, V b) { return _mm512_min_ps(a, b); }
inline V greater(V a, V b) { return _mm512_max_ps(a, b); }
inline V away(V v) {
  constexpr int kFirstAndSecondOrThird = 0xea;
  const __m512i half = _mm512_castps_si512(_mm512_set1_ps(kLessThanHalf));
  return v +
         _mm512_castsi512_ps(_mm512_ternarylogic_epi32(
             _mm512_castps_si512(v), _mm512_set1_epi32(INT32_MIN), half, kFirstAndSecondOrThird));
}
inline void store_bytes(const V (&v)[4], uint8_t flip, uint8_t* y) {
  const __m512i low = _mm512_packs_epi32(_mm512_cvttps_epi32(v[0]), _mm512_cvttps_epi32(v[1]));
  const __m512i high = _mm512_packs_epi32(_mm512_cvttps_epi32(v[2]), _mm512_cvttps_epi32(v[3]));
  const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
  const __m512i bytes = _mm512_permutexvar_epi32(order, _mm512_packs_epi16(low, high));
  _mm512_storeu_si512(y, _mm512_xor_si512(bytes, _mm512_set1_epi8(static_cast<char>(flip))));
}

#include "kernels/quantize_rows/generic.h"

}  // namespace

const QuantizeRowsIsa quantize_rows__avx512 = {Isa::kAvx512, range, convert};

}  // namespace octet
