// SPDX-License-Identifier: Apache-2.0
#include <immintrin.h>

#include "kernels/peaks/generic.h"

namespace octet {
namespace {

int64_t multiply(Arithmetic arithmetic, int64_t rounds) {
  if (arithmetic == Arithmetic::kF32) {
    const __m512 x = _mm512_set1_ps(1);
    multiply_rounds<__m512>(rounds, [x](__m512& a, __m512& b) {
      __asm__ volatile("vfmadd231ps %1, %1, %0" : "+x"(a) : "x"(x));
      __asm__ volatile("vfmadd231ps %1, %1, %0" : "+x"(b) : "x"(x));
    });
    return int64_t{kChains} * 16;
  }
  const __m512i x = _mm512_set1_epi16(1);
  multiply_rounds<__m512i>(rounds, [x](__m512i& a, __m512i& b) {
    __m512i p, q;
    __asm__ volatile("vpmaddwd %1, %1, %0" : "=x"(p) : "x"(x));
    __asm__ volatile("vpmaddwd %1, %1, %0" : "=x"(q) : "x"(x));
    __asm__ volatile("vpaddd %1, %0, %0" : "+x"(a) : "x"(p));
    __asm__ volatile("vpaddd %1, %0, %0" : "+x"(b) : "x"(q));
  });
  return int64_t{kChains} * 32;
}

}  // namespace

const PeakLoops peaks__avx512 = {multiply, read_all<__m512i>, write_all<__m512i>};

}  // namespace octet
