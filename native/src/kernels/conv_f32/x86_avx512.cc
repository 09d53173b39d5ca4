// SPDX-License-Identifier: Apache-2.0
#include <immintrin.h>

#include "kernels/conv_f32/conv_f32.h"

namespace octet {
namespace {

using V = __m512;
using H = __m256;
constexpr int kLanes = 16;
constexpr int kUnit = 8;
constexpr int kVectors = 3;
constexpr bool kByLane = false;
constexpr int rows_of(int units) { return units > 4 ? 8 : 12; }

struct Full {};
struct Half {};
inline V load(const float* p, Full) { return _mm512_loadu_ps(p); }
inline H load(const float* p, Half) { return _mm256_loadu_ps(p); }
inline V broadcast(float a, Full) { return _mm512_set1_ps(a); }
inline H broadcast(float a, Half) { return _mm256_set1_ps(a); }
inline V multiply_add(V a, V b, V c) { return _mm512_fmadd_ps(a, b, c); }
inline H multiply_add(H a, H b, H c) { return _mm256_fmadd_ps(a, b, c); }
// operands in this order keep NaN
inline V at_least(V v, V low) { return _mm512_max_ps(low, v); }
inline H at_least(H v, H low) { return _mm256_max_ps(low, v); }
inline V clamp(V v, V low, V high) { return _mm512_min_ps(high, at_least(v, low)); }
inline H clamp(H v, H low, H high) { return _mm256_min_ps(high, at_least(v, low)); }
inline void store(V v, float* p) { _mm512_storeu_ps(p, v); }
inline void store(H v, float* p) { _mm256_storeu_ps(p, v); }
inline void store_first(V v, int n, float* p) {
  _mm512_mask_storeu_ps(p, static_cast<__mmask16>((1 << n) - 1), v);
}
inline void store_first(H v, int n, float* p) {
  _mm256_mask_storeu_ps(p, static_cast<__mmask8>((1 << n) - 1), v);
}

#include "kernels/conv_f32/generic.h"

}  // namespace

const ConvF32Isa conv_f32__avx512 = make(Isa::kAvx512);

}  // namespace octet
