// SPDX-License-Identifier: Apache-2.0
#ifndef OCTET_BASE_F16_H_
#define OCTET_BASE_F16_H_

#include <cstdint>
#include <cstring>

namespace octet {

// The number of IEEE half-precision bits. Exact for all of them, whatever the processor does with
// denormals: those of half precision are normal in float32.
static inline float f16_to_f32(uint16_t half) {
  const uint32_t sign = static_cast<uint32_t>(half & 0x8000) << 16;
  const uint32_t exponent = half >> 10 & 0x1f;
  uint32_t fraction = half & 0x3ff;
  uint32_t bits;
  if (exponent == 0x1f) {
    bits = 0x7f800000 | fraction << 13;
  } else if (exponent != 0) {
    bits = (exponent + 127 - 15) << 23 | fraction << 13;
  } else if (fraction == 0) {
    bits = 0;
  } else {
    uint32_t shifted = 127 - 15 + 1;
    for (; (fraction & 0x400) == 0; fraction <<= 1) --shifted;
    bits = shifted << 23 | (fraction & 0x3ff) << 13;
  }
  bits |= sign;
  float result;
  std::memcpy(&result, &bits, sizeof(result));
  return result;
}

}  // namespace octet

#endif  // OCTET_BASE_F16_H_
