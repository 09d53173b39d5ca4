// SPDX-License-Identifier: Apache-2.0
#include <immintrin.h>

#include "kernels/_template/_template.h"

namespace octet {

void template__avx2(const uint8_t* x, int32_t addend, int64_t n, uint8_t* y) {
  const __m256i add = _mm256_set1_epi8(static_cast<char>(addend));
  int64_t i = 0;
  for (; i + 32 <= n; i += 32) {
    const __m256i v = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(x + i));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(y + i), _mm256_adds_epu8(v, add));
  }
  template__scalar(x + i, addend, n - i, y + i);
}

}  // namespace octet
