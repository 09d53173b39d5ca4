// SPDX-License-Identifier: Apache-2.0
//
// The loops of cast.h, compiled once for each instruction set; the compiler makes vectors of them.
// Included inside an anonymous namespace of octet.

// Truncated to int32, -2^31 where it does not fit; the low bits of that.
template <typename To>
void truncate(const float* __restrict x, To* __restrict y, int64_t n) {
  for (int64_t i = 0; i < n; ++i) {
    float v = x[i] < 0x1p31f ? x[i] : -0x1p31f;
    v = v > -0x1p31f ? v : -0x1p31f;
    y[i] = static_cast<To>(static_cast<int32_t>(v));
  }
}

// Truncated, the nearer end where it does not fit, 0 for no number.
template <typename To>
void saturate(const float* __restrict x, To* __restrict y, int64_t n) {
  constexpr float kLow = std::numeric_limits<To>::min(), kHigh = std::numeric_limits<To>::max();
  for (int64_t i = 0; i < n; ++i) {
    float v = x[i] == x[i] ? x[i] : 0.0f;
    v = v > kLow ? v : kLow;
    v = v < kHigh ? v : kHigh;
    y[i] = static_cast<To>(static_cast<int32_t>(v));
  }
}

// Truncated, the nearer end where it does not fit, the greatest for no number.
void saturate_i32(const float* __restrict x, int32_t* __restrict y, int64_t n) {
  for (int64_t i = 0; i < n; ++i) {
    const bool fits = x[i] < 0x1p31f;
    float v = fits ? x[i] : 0.0f;
    v = v > -0x1p31f ? v : -0x1p31f;
    y[i] = fits ? static_cast<int32_t>(v) : INT32_MAX;
  }
}
