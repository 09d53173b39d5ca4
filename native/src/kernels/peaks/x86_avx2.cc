// SPDX-License-Identifier: Apache-2.0
#include <immintrin.h>

#include "kernels/peaks/generic.h"

namespace octet {
namespace {

int64_t multiply(Arithmetic arithmetic, int64_t rounds) {
  if (arithmetic == Arithmetic::kF32) {
    const __m256 x = _mm256_set1_ps(1);
    multiply_rounds<__m256>(rounds, [x](__m256& a, __m256& b) {
      __asm__ volatile("vfmadd231ps %1, %1, %0" : "+x"(a) : "x"(x));
      __asm__ volatile("vfmadd231ps %1, %1, %0" : "+x"(b) : "x"(x));
    });
    return int64_t{kChains} * 8;
  }
  const __m256i x = _mm256_set1_epi16(1);
  multiply_rounds<__m256i>(rounds, [x](__m256i& a, __m256i& b) {
    __m256i p, q;
    __asm__ volatile("vpmaddwd %1, %1, %0" : "=x"(p) : "x"(x));
    __asm__ volatile("vpmaddwd %1, %1, %0" : "=x"(q) : "x"(x));
    __asm__ volatile("vpaddd %1, %0, %0" : "+x"(a) : "x"(p));
    __asm__ volatile("vpaddd %1, %0, %0" : "+x"(b) : "x"(q));
  });
  return int64_t{kChains} * 16;
}

}  // namespace

const PeakLoops peaks__avx2 = {multiply, read_all<__m256i>, write_all<__m256i>};

}  // namespace octet
