// SPDX-License-Identifier: Apache-2.0
#include <immintrin.h>

#include "kernels/conv_f32/conv_f32.h"

namespace octet {
namespace {

using V = __m256;
constexpr int kLanes = 8;
constexpr int kPanel = 16;
constexpr int kRowsPerTile = 6;
inline V multiply_add(V a, V b, V c) { return _mm256_fmadd_ps(a, b, c); }
inline V broadcast(float a) { return _mm256_set1_ps(a); }

#include "kernels/conv_f32/generic.h"

}  // namespace

const ConvF32Isa conv_f32__avx2 = {Isa::kAvx2, kRowsPerTile, kPanel, run_tile};

}  // namespace octet
