// SPDX-License-Identifier: Apache-2.0
#ifndef OCTET_BASE_F16_H_
#define OCTET_BASE_F16_H_

#include <cstdint>
#include <cstring>

namespace octet {

// The number of IEEE half-precision bits. Exact for all of them, whatever the processor does with
// denormals: those of half precision are normal in float32, and Arm's conversions flush no halves.
static inline float f16_to_f32(uint16_t half) {
#if defined(__aarch64__)
  __fp16 number;
  std::memcpy(&number, &half, sizeof(number));
  return static_cast<float>(number);
#else
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
#endif
}

// The nearest half-precision number, ties to even; beyond its range infinity. Exact arithmetic on
// the bits, whatever the processor does with denormals; a float32 denormal gives zero of its sign.
static inline uint16_t f32_to_f16(float x) {
  uint32_t bits;
  std::memcpy(&bits, &x, sizeof(bits));
  const uint32_t sign = bits >> 16 & 0x8000;
#if defined(__aarch64__)
  const auto number = static_cast<__fp16>(x);
  uint16_t converted;
  std::memcpy(&converted, &number, sizeof(converted));
  return x == x ? converted : static_cast<uint16_t>(sign | 0x7e00);
#else
  const uint32_t magnitude = bits & 0x7fffffff;
  uint32_t half;
  if (magnitude >= 0x47800000) {  // 65536 and more, infinity, NaN
    half = magnitude > 0x7f800000 ? 0x7e00 : 0x7c00;
  } else if (magnitude >= 0x38800000) {  // 2^-14, the least normal number, and more
    half = (magnitude - 0x38000000 + 0xfff + (magnitude >> 13 & 1)) >> 13;
  } else if (magnitude >= 0x33000000) {  // 2^-25, half the least number, and more
    const uint32_t shift = 126 - (magnitude >> 23);
    const uint32_t fraction = (magnitude & 0x7fffff) | 0x800000;
    half = fraction >> shift;
    const uint32_t rest = fraction & ((1u << shift) - 1), middle = 1u << (shift - 1);
    half += rest > middle || (rest == middle && (half & 1) != 0) ? 1 : 0;
  } else {
    half = 0;
  }
  return static_cast<uint16_t>(sign | half);
#endif
}

// bfloat16 is the upper half of float32.
static inline float bf16_to_f32(uint16_t x) {
  const uint32_t bits = static_cast<uint32_t>(x) << 16;
  float result;
  std::memcpy(&result, &bits, sizeof(result));
  return result;
}

// The nearest bfloat16, ties to even.
static inline uint16_t f32_to_bf16(float x) {
  uint32_t bits;
  std::memcpy(&bits, &x, sizeof(bits));
  if ((bits & 0x7fffffff) > 0x7f800000) return 0x7fc0;
  return static_cast<uint16_t>((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

}  // namespace octet

#endif  // OCTET_BASE_F16_H_
