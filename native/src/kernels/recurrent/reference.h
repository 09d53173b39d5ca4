// SPDX-License-Identifier: Apache-2.0
#ifndef OCTET_KERNELS_RECURRENT_REFERENCE_H_
#define OCTET_KERNELS_RECURRENT_REFERENCE_H_

#include <cmath>
#include <cstdint>

namespace octet {
namespace reference {

// 16-bit fixed point one number at a time, as its definitions read: every step saturates and a
// product is rounded from double. Shares no code with the kernels.
inline int32_t saturate16(double v) {
  return static_cast<int32_t>(v < -32768 ? -32768 : v > 32767 ? 32767 : v);
}
inline int32_t product16(int32_t a, int32_t b) {
  return saturate16(std::floor(static_cast<double>(a) * b / 32768 + 0.5));
}
inline int32_t divide16(int32_t v, int32_t bits) {
  return static_cast<int32_t>(std::round(v / std::exp2(bits)));
}
inline int32_t constant16(double v) { return static_cast<int32_t>(std::round(v * 32768)); }

inline int32_t exp_negative16(int32_t a, int32_t bits) {
  if (a == 0) return 32767;
  const int32_t quarter = 1 << (13 - bits);
  const int32_t part = (a & (quarter - 1)) - quarter, rest = part - a;
  const int32_t x = part * (1 << bits) + 4096;
  const int32_t x2 = product16(x, x), x3 = product16(x2, x), x4 = product16(x2, x2);
  const int32_t series = x + divide16(product16(divide16(x4, 2) + x3, constant16(1.0 / 3)) + x2, 1);
  const int32_t eighth = constant16(std::exp(-0.125));
  int32_t y = saturate16(eighth + product16(eighth, series));
  for (int32_t e = -2; e < bits && e <= 4; ++e) {
    if ((rest >> (15 - bits + e) & 1) != 0) y = product16(y, constant16(std::exp(-std::exp2(e))));
  }
  return bits > 5 && a < -32 * (1 << (15 - bits)) ? 0 : y;
}

// 2 / (1 + x) with two bits before the point
inline int32_t reciprocal16(int32_t x) {
  const int32_t half = (x + 32768) / 2;
  int32_t y = constant16(48.0 / 17 / 4) + product16(half, constant16(-32.0 / 17 / 4));
  for (int i = 0; i < 3; ++i) {
    y += saturate16(4.0 * product16(y, 8192 - product16(half, y)));
  }
  return y;
}

inline int32_t logistic16(int32_t x) {
  if (x == 0) return 16384;
  const int32_t y = saturate16(2.0 * reciprocal16(exp_negative16(x > 0 ? -x : x, 3)));
  return x > 0 ? y : 32767 - y;
}

inline int32_t tanh16(int32_t x, int32_t bits) {
  if (x == 0) return 0;
  const int32_t e = exp_negative16(x > 0 ? -x : x, bits + 1);
  const int32_t y = saturate16(4.0 * (reciprocal16(e) - 8192));
  return x > 0 ? y : -y;
}

}  // namespace reference
}  // namespace octet

#endif  // OCTET_KERNELS_RECURRENT_REFERENCE_H_
