// SPDX-License-Identifier: Apache-2.0
#include <immintrin.h>

#include "kernels/dwconv_f32/dwconv_f32.h"

namespace octet {
namespace {

using V = __m512;
constexpr int kLanes = 16;
inline V multiply_add(V a, V b, V c) { return _mm512_fmadd_ps(a, b, c); }
inline V broadcast(float a) { return _mm512_set1_ps(a); }

#include "kernels/dwconv_f32/generic.h"

}  // namespace

const DwconvF32Isa dwconv_f32__avx512 = {Isa::kAvx512, run_pixels};

}  // namespace octet
