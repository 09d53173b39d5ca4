// SPDX-License-Identifier: Apache-2.0
#include <immintrin.h>

#include "kernels/matmul_f32/dot.h"

namespace octet {
namespace {

using V = __m512;
constexpr int kLanes = 16;
inline V multiply_add(V a, V b, V c) { return _mm512_fmadd_ps(a, b, c); }
inline float sum(V v) { return _mm512_reduce_add_ps(v); }

#include "kernels/matmul_f32/generic.h"

}  // namespace

const MatmulDotIsa matmul_dot__avx512 = {Isa::kAvx512, run};

}  // namespace octet
