// SPDX-License-Identifier: Apache-2.0
//
// What the machine's every compiler target has: vectors of 16 bytes, products and sums apart.
#include "kernels/peaks/generic.h"

#if OCTET_X86
#include <emmintrin.h>
#endif

namespace octet {
namespace {

typedef float v4sf __attribute__((vector_size(16)));
typedef int32_t v4si __attribute__((vector_size(16)));

int64_t multiply(Arithmetic arithmetic, int64_t rounds) {
  if (arithmetic == Arithmetic::kF32) {
    v4sf x = {1, 1, 1, 1};
    multiply_rounds<v4sf>(rounds, [&](v4sf& a, v4sf& b) {
      __asm__ volatile("" : "+" OCTET_VECTOR(x));
      a += x * x;
      __asm__ volatile("" : "+" OCTET_VECTOR(x));
      b += x * x;
    });
    return int64_t{kChains} * 4;
  }
#if OCTET_X86
  __m128i x = _mm_set1_epi16(1);
  multiply_rounds<__m128i>(rounds, [&](__m128i& a, __m128i& b) {
    __asm__ volatile("" : "+x"(x));
    a = _mm_add_epi32(a, _mm_madd_epi16(x, x));
    __asm__ volatile("" : "+x"(x));
    b = _mm_add_epi32(b, _mm_madd_epi16(x, x));
  });
  return int64_t{kChains} * 8;
#else
  v4si x = {1, 1, 1, 1};
  multiply_rounds<v4si>(rounds, [&](v4si& a, v4si& b) {
    __asm__ volatile("" : "+" OCTET_VECTOR(x));
    a += x * x;
    __asm__ volatile("" : "+" OCTET_VECTOR(x));
    b += x * x;
  });
  return int64_t{kChains} * 4;
#endif
}

}  // namespace

const PeakLoops peaks__scalar = {multiply, read_all<v4si>, write_all<v4si>};

}  // namespace octet
