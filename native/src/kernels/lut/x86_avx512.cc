// SPDX-License-Identifier: Apache-2.0
#include <immintrin.h>

#include "kernels/lut/lut.h"

namespace octet {
namespace {

inline __mmask64 first_bytes(int64_t n) {
  return n >= 64 ? ~__mmask64{0} : (__mmask64{1} << n) - 1;
}

// A shuffle of 16 entries for each upper half of a byte, kept where that is the one.
void run_shuffles(const uint8_t* table, const uint8_t* x, uint8_t* y, int64_t n) {
  __m512i entries[16];
  for (int h = 0; h < 16; ++h) {
    entries[h] =
        _mm512_broadcast_i32x4(_mm_loadu_si128(reinterpret_cast<const __m128i*>(table + 16 * h)));
  }
  const __m512i low_bits = _mm512_set1_epi8(15);
  for (int64_t i = 0; i < n; i += 64) {
    const __mmask64 mask = first_bytes(n - i);
    const __m512i v = _mm512_maskz_loadu_epi8(mask, x + i);
    const __m512i low = _mm512_and_si512(v, low_bits), high = _mm512_andnot_si512(low_bits, v);
    __m512i result = _mm512_shuffle_epi8(entries[0], low);
#pragma GCC unroll 16
    for (int h = 1; h < 16; ++h) {
      const auto number = static_cast<char>(16 * h);
      const __mmask64 ours = _mm512_cmpeq_epi8_mask(high, _mm512_set1_epi8(number));
      result = _mm512_mask_shuffle_epi8(result, ours, entries[h], low);
    }
    _mm512_mask_storeu_epi8(y + i, mask, result);
  }
}

__attribute__((target("avx512vbmi"))) void run_permutations(const uint8_t* table, const uint8_t* x,
                                                            uint8_t* y, int64_t n) {
  const __m512i t0 = _mm512_loadu_si512(table), t1 = _mm512_loadu_si512(table + 64);
  const __m512i t2 = _mm512_loadu_si512(table + 128), t3 = _mm512_loadu_si512(table + 192);
  for (int64_t i = 0; i < n; i += 64) {
    const __mmask64 mask = first_bytes(n - i);
    const __m512i v = _mm512_maskz_loadu_epi8(mask, x + i);
    const __m512i low = _mm512_permutex2var_epi8(t0, v, t1);
    const __m512i high = _mm512_permutex2var_epi8(t2, v, t3);
    _mm512_mask_storeu_epi8(y + i, mask, _mm512_mask_mov_epi8(low, _mm512_movepi8_mask(v), high));
  }
}

}  // namespace

const LutIsa lut__avx512vbmi = {Isa::kAvx512, true, run_permutations};
const LutIsa lut__avx512 = {Isa::kAvx512, false, run_shuffles};

}  // namespace octet
