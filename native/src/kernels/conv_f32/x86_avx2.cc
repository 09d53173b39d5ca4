// SPDX-License-Identifier: Apache-2.0
#include <immintrin.h>

#include "kernels/conv_f32/conv_f32.h"

namespace octet {
namespace {

using V = __m256;
constexpr int kLanes = 8;
inline V broadcast(float a) { return _mm256_set1_ps(a); }
inline V multiply_add(V a, V b, V c) { return _mm256_fmadd_ps(a, b, c); }
// operands in this order keep NaN
inline V clamp(V v, V low, V high) { return _mm256_min_ps(high, _mm256_max_ps(low, v)); }
inline void store_first(V v, int n, float* p) {
  const __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  _mm256_maskstore_ps(p, _mm256_cmpgt_epi32(_mm256_set1_epi32(n), lane), v);
}

namespace n16 {
constexpr int kPanel = 16;
constexpr int kRowsPerTile = 6;
#include "kernels/conv_f32/generic.h"
}  // namespace n16

namespace n8 {
constexpr int kPanel = 8;
constexpr int kRowsPerTile = 12;
#include "kernels/conv_f32/generic.h"
}  // namespace n8

}  // namespace

const ConvF32Isa conv_f32_n16__avx2 = {Isa::kAvx2, 6, 16, 9, n16::run_tile};
const ConvF32Isa conv_f32_n8__avx2 = {Isa::kAvx2, 12, 8, 0, n8::run_tile};

}  // namespace octet
