// SPDX-License-Identifier: Apache-2.0
#include <immintrin.h>

#include "kernels/conv_f32/conv_f32.h"

namespace octet {
namespace {

using V = __m512;
constexpr int kLanes = 16;
constexpr int kPanel = 32;
constexpr int kRowsPerTile = 8;
inline V multiply_add(V a, V b, V c) { return _mm512_fmadd_ps(a, b, c); }
inline V broadcast(float a) { return _mm512_set1_ps(a); }

#include "kernels/conv_f32/generic.h"

}  // namespace

const ConvF32Isa conv_f32__avx512 = {Isa::kAvx512, kRowsPerTile, kPanel, run_tile};

}  // namespace octet
