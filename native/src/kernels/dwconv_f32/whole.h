// SPDX-License-Identifier: Apache-2.0
//
// Blocks of generic.h for instruction sets with 32 vector registers and as many others: what blocks
// of a row share stays in them. Over float32x4_t with load, broadcast, multiply_add, clamp and
// store of generic.h. Included inside an unnamed namespace.

// A load for each sum: copies of one register would take turns with the products.
inline V first_of(const float* p) {
  V v;
  __asm__ volatile("ldr %q0, %1" : "=w"(v) : "m"(*reinterpret_cast<const V*>(p)));
  return v;
}
// Else gcc 12 has a pointer for each column of each row, more than there are registers.
template <typename T>
inline T* row_of(T* p) {
  __asm__("" : "+r"(p));
  return p;
}

// kRows x kColumns outputs of the whole vectors of channels from `first` on. Returns the channel
// behind them.
template <int kTaps, int kStride, int kRows, int kColumns>
[[gnu::always_inline]] inline int32_t whole_blocks(const DwconvF32Call& d, int32_t first,
                                                   int32_t last, const float* x, float* y) {
  // copies, or they would be loaded again after every store
  const int64_t tap_down = d.tap_down, tap_right = d.tap_right;
  const int64_t y_down = d.y_down, y_right = d.y_right, w_step = d.w_step;
  const V low = broadcast(d.low, Full()), high = broadcast(d.high, Full());
  const float* w = d.w + first / kLanes * w_step;
  constexpr int kHigh = (kRows - 1) * kStride + kTaps, kWide = (kColumns - 1) * kStride + kTaps;
  int32_t channel = first;
  for (; channel + kLanes <= last; channel += kLanes, w += w_step) {
    V sum[kRows][kColumns];
#pragma GCC unroll 4
    for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
      for (int c = 0; c < kColumns; ++c) sum[r][c] = first_of(w);
    }
    const float *from = x + channel, *taps = w + kLanes;
#pragma GCC unroll 16
    for (int h = 0; h < kHigh; ++h) {
      V in[kWide];
      const float* row = row_of(from);
#pragma GCC unroll 16
      for (int i = 0; i < kWide; ++i) in[i] = load(row + i * tap_right, Full());
      from += tap_down;
#pragma GCC unroll 4
      for (int r = 0; r < kRows; ++r) {
        const int kh = h - r * kStride;
        if (kh < 0 || kh >= kTaps) continue;
#pragma GCC unroll 5
        for (int kw = 0; kw < kTaps; ++kw) {
          const V weight = load(taps + (kh * kTaps + kw) * kLanes, Full());
#pragma GCC unroll 4
          for (int c = 0; c < kColumns; ++c) {
            sum[r][c] = multiply_add(in[c * kStride + kw], weight, sum[r][c]);
          }
        }
      }
    }
    float* to = y + channel;
#pragma GCC unroll 4
    for (int r = 0; r < kRows; ++r, to += y_down) {
      float* row = row_of(to);
#pragma GCC unroll 4
      for (int c = 0; c < kColumns; ++c) store(clamp(sum[r][c], low, high), row + c * y_right);
    }
  }
  return channel;
}
