// SPDX-License-Identifier: Apache-2.0
#include <immintrin.h>

#include "kernels/dwconv_f32/dwconv_f32.h"

namespace octet {
namespace {

struct Full {
  using V = __m256;
  static constexpr int kCount = 8;
};
struct Half {
  using V = __m128;
  static constexpr int kCount = 4;
};
constexpr int kLanes = Full::kCount;
constexpr bool kWhole = false;
constexpr int kBlockRows = 2;
constexpr int columns_of(int, int) { return 2; }

inline __m256 load(const float* p, Full) { return _mm256_loadu_ps(p); }
inline __m128 load(const float* p, Half) { return _mm_loadu_ps(p); }
inline __m256 broadcast(float a, Full) { return _mm256_set1_ps(a); }
inline __m128 broadcast(float a, Half) { return _mm_set1_ps(a); }
inline __m256 multiply_add(__m256 a, __m256 b, __m256 c) { return _mm256_fmadd_ps(a, b, c); }
inline __m128 multiply_add(__m128 a, __m128 b, __m128 c) { return _mm_fmadd_ps(a, b, c); }
// operands in this order keep NaN
inline __m256 clamp(__m256 v, __m256 low, __m256 high) {
  return _mm256_min_ps(high, _mm256_max_ps(low, v));
}
inline __m128 clamp(__m128 v, __m128 low, __m128 high) {
  return _mm_min_ps(high, _mm_max_ps(low, v));
}
inline void store(__m256 v, float* p) { _mm256_storeu_ps(p, v); }
inline void store(__m128 v, float* p) { _mm_storeu_ps(p, v); }
inline void store_first(__m256 v, int n, float* p) {
  const __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  _mm256_maskstore_ps(p, _mm256_cmpgt_epi32(_mm256_set1_epi32(n), lane), v);
}
inline void store_first(__m128 v, int n, float* p) {
  const __m128i lane = _mm_setr_epi32(0, 1, 2, 3);
  _mm_maskstore_ps(p, _mm_cmpgt_epi32(_mm_set1_epi32(n), lane), v);
}

#include "kernels/dwconv_f32/generic.h"

}  // namespace

const DwconvF32Isa dwconv_f32__avx2 = make(Isa::kAvx2);

}  // namespace octet
