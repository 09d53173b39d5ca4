// SPDX-License-Identifier: Apache-2.0
//
// A run of pixels over a vector type V of kLanes floats with broadcast(float), multiply_add(a, b,
// c) = a * b + c, clamp(v, low, high) and store_first(v, n, p), which stores n < kLanes lanes.
// Included inside an unnamed namespace by one file for each instruction set.

inline V load(const float* p) {
  V v;
  __builtin_memcpy(&v, p, sizeof(v));
  return v;
}

inline void store(const DwconvF32Run& r, V sum, int32_t channel, float* y) {
  sum = clamp(sum, broadcast(r.low), broadcast(r.high));
  const int32_t n = r.co - channel;
  if (n >= kLanes) {
    __builtin_memcpy(y + channel, &sum, sizeof(sum));
  } else if (n > 0) {
    store_first(sum, n, y + channel);
  }
}

// kPixels pixels of kVectors vectors of channels from `c` on.
template <int kPixels, int kVectors, bool kOneChannel>
inline void block(const DwconvF32Run& r, int32_t pixel, int32_t c) {
  V sum[kPixels][kVectors];
#pragma GCC unroll 8
  for (int p = 0; p < kPixels; ++p) {
#pragma GCC unroll 8
    for (int v = 0; v < kVectors; ++v) sum[p][v] = load(r.bias + c + v * kLanes);
  }
  const int64_t start = pixel * r.x_step + (kOneChannel ? 0 : c);
  for (int32_t t = 0; t < r.taps; ++t) {
    const float* x = r.x[t] + start;
    const float* w = r.w[t] + c;
    V weights[kVectors];
#pragma GCC unroll 8
    for (int v = 0; v < kVectors; ++v) weights[v] = load(w + v * kLanes);
#pragma GCC unroll 8
    for (int p = 0; p < kPixels; ++p) {
#pragma GCC unroll 8
      for (int v = 0; v < kVectors; ++v) {
        const float* at = x + p * r.x_step;
        const V a = kOneChannel ? broadcast(*at) : load(at + v * kLanes);
        sum[p][v] = multiply_add(a, weights[v], sum[p][v]);
      }
    }
  }
#pragma GCC unroll 8
  for (int p = 0; p < kPixels; ++p) {
#pragma GCC unroll 8
    for (int v = 0; v < kVectors; ++v) {
      store(r, sum[p][v], c + v * kLanes, r.y + (pixel + p) * int64_t{r.co});
    }
  }
}

template <int kVectors, bool kOneChannel>
inline void channels(const DwconvF32Run& r, int32_t c) {
  int32_t pixel = 0;
  for (; pixel + 4 <= r.pixels; pixel += 4) block<4, kVectors, kOneChannel>(r, pixel, c);
  for (; pixel < r.pixels; ++pixel) block<1, kVectors, kOneChannel>(r, pixel, c);
}

template <bool kOneChannel>
void run_channels(const DwconvF32Run& r) {
  int32_t c = 0;
  for (; c + kLanes < r.co; c += 2 * kLanes) channels<2, kOneChannel>(r, c);
  for (; c < r.co; c += kLanes) channels<1, kOneChannel>(r, c);
}

void run_pixels(const DwconvF32Run& r) {
  if (r.one_channel) {
    run_channels<true>(r);
  } else {
    run_channels<false>(r);
  }
}
