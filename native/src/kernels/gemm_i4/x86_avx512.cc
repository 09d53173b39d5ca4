// SPDX-License-Identifier: Apache-2.0
#include "base/simd_x86.h"
#include "kernels/gemm_i4/gemm_i4.h"

namespace octet {
namespace {

using V = Zmm;
// 2 * 255 * 8 fits the int16 sums of vpmaddubsw.
OCTET_INLINE v16si dot(v16si sums, v16si x, __m512i w) {
  const __m512i pairs = _mm512_maddubs_epi16((__m512i)x, w);
  return sums + (v16si)_mm512_madd_epi16(pairs, _mm512_set1_epi16(1));
}

#include "kernels/gemm_i4/generic.h"

}  // namespace

const GemmI4Isa gemm_i4__avx512 = {Isa::kAvx512, run};

}  // namespace octet
