// SPDX-License-Identifier: Apache-2.0
#include "base/simd_x86.h"
#include "kernels/gemm_i4/gemm_i4.h"

namespace octet {
namespace {

using V = Ymm;
// 2 * 255 * 8 fits the int16 sums of vpmaddubsw.
OCTET_INLINE v8si dot(v8si sums, v8si x, __m256i w) {
  const __m256i pairs = _mm256_maddubs_epi16((__m256i)x, w);
  return sums + (v8si)_mm256_madd_epi16(pairs, _mm256_set1_epi16(1));
}

#include "kernels/gemm_i4/generic.h"

}  // namespace

const GemmI4Isa gemm_i4__avx2 = {Isa::kAvx2, run};

}  // namespace octet
