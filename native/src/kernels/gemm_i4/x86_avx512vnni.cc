// SPDX-License-Identifier: Apache-2.0
#include "base/simd_x86.h"
#include "kernels/gemm_i4/gemm_i4.h"

namespace octet {
namespace {

using V = Zmm;
OCTET_INLINE v16si dot(v16si sums, v16si x, __m512i w) { return V::add_quads(sums, x, (v16si)w); }

#include "kernels/gemm_i4/generic.h"

}  // namespace

const GemmI4Isa gemm_i4__avx512vnni = {Isa::kAvx512Vnni, run};

}  // namespace octet
