// SPDX-License-Identifier: Apache-2.0
#include <immintrin.h>

#include "kernels/dwconv_f32/dwconv_f32.h"

namespace octet {
namespace {

using V = __m256;
constexpr int kLanes = 8;
inline V multiply_add(V a, V b, V c) { return _mm256_fmadd_ps(a, b, c); }
inline V broadcast(float a) { return _mm256_set1_ps(a); }

#include "kernels/dwconv_f32/generic.h"

}  // namespace

const DwconvF32Isa dwconv_f32__avx2 = {Isa::kAvx2, run_pixels};

}  // namespace octet
