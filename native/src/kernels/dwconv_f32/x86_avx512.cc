// SPDX-License-Identifier: Apache-2.0
#include <immintrin.h>

#include "kernels/dwconv_f32/dwconv_f32.h"

namespace octet {
namespace {

struct Full {
  using V = __m512;
  static constexpr int kCount = 16;
};
struct Half {
  using V = __m256;
  static constexpr int kCount = 8;
};
constexpr int kLanes = Full::kCount;
constexpr bool kWhole = false;
constexpr int kBlockRows = 2;
constexpr int columns_of(int, int) { return 4; }

inline __m512 load(const float* p, Full) { return _mm512_loadu_ps(p); }
inline __m256 load(const float* p, Half) { return _mm256_loadu_ps(p); }
inline __m512 broadcast(float a, Full) { return _mm512_set1_ps(a); }
inline __m256 broadcast(float a, Half) { return _mm256_set1_ps(a); }
inline __m512 multiply_add(__m512 a, __m512 b, __m512 c) { return _mm512_fmadd_ps(a, b, c); }
inline __m256 multiply_add(__m256 a, __m256 b, __m256 c) { return _mm256_fmadd_ps(a, b, c); }
// operands in this order keep NaN
inline __m512 clamp(__m512 v, __m512 low, __m512 high) {
  return _mm512_min_ps(high, _mm512_max_ps(low, v));
}
inline __m256 clamp(__m256 v, __m256 low, __m256 high) {
  return _mm256_min_ps(high, _mm256_max_ps(low, v));
}
inline void store(__m512 v, float* p) { _mm512_storeu_ps(p, v); }
inline void store(__m256 v, float* p) { _mm256_storeu_ps(p, v); }
inline void store_first(__m512 v, int n, float* p) {
  _mm512_mask_storeu_ps(p, static_cast<__mmask16>((1 << n) - 1), v);
}
inline void store_first(__m256 v, int n, float* p) {
  _mm256_mask_storeu_ps(p, static_cast<__mmask8>((1 << n) - 1), v);
}

#include "kernels/dwconv_f32/generic.h"

}  // namespace

const DwconvF32Isa dwconv_f32__avx512 = make(Isa::kAvx512);

}  // namespace octet
