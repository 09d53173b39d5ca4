// SPDX-License-Identifier: Apache-2.0
#include "kernels/gemm_i8/gemm_i8.h"

namespace octet {

GemmI8Function select_gemm_i8(Isa isa, const GemmI8Weights& weights) {
  if (weights.vector_exact == 0) return gemm_i8__scalar;
#define OCTET_KERNEL(need, function) \
  if (isa_covers(isa, need)) return function;
#include "kernels/gemm_i8/kernels.inc"
#undef OCTET_KERNEL
  return gemm_i8__scalar;
}

}  // namespace octet
