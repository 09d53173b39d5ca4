// SPDX-License-Identifier: Apache-2.0
#include <immintrin.h>

#include "kernels/conv_f32/conv_f32.h"

namespace octet {
namespace {

using V = __m512;
constexpr int kLanes = 16;
inline V broadcast(float a) { return _mm512_set1_ps(a); }
inline V multiply_add(V a, V b, V c) { return _mm512_fmadd_ps(a, b, c); }
// operands in this order keep NaN
inline V clamp(V v, V low, V high) { return _mm512_min_ps(high, _mm512_max_ps(low, v)); }
inline void store_first(V v, int n, float* p) {
  _mm512_mask_storeu_ps(p, static_cast<__mmask16>((1 << n) - 1), v);
}

namespace n32 {
constexpr int kPanel = 32;
constexpr int kRowsPerTile = 8;
#include "kernels/conv_f32/generic.h"
}  // namespace n32

namespace n16 {
constexpr int kPanel = 16;
constexpr int kRowsPerTile = 16;
#include "kernels/conv_f32/generic.h"
}  // namespace n16

}  // namespace

const ConvF32Isa conv_f32_n32__avx512 = {Isa::kAvx512, 8, 32, 17, n32::run_tile};
const ConvF32Isa conv_f32_n16__avx512 = {Isa::kAvx512, 16, 16, 9, n16::run_tile};

}  // namespace octet
