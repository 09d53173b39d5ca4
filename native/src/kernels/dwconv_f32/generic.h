// SPDX-License-Identifier: Apache-2.0
//
// The loops over vectors Full of kLanes floats and, for the last channels, Half of half as many
// where there are such: load(p, size), broadcast(float, size), multiply_add(a, b, c) = a * b + c,
// clamp(v, low, high), store(v, p) and store_first(v, n, p), which stores n lanes. Included inside
// an unnamed namespace that fixes kBlockRows and columns_of(taps, stride), the outputs of a block,
// and kWhole, whether whole vectors take the blocks of whole.h, by one file for each instruction
// set.

// Vectors of channels that are done before the next columns, so that columns which two blocks share
// are still in the first-level cache: 24 columns of 512 bytes.
constexpr int32_t kGroup = 8;

template <typename Size>
inline void store_channels(typename Size::V v, int32_t n, float* y) {
  if (n >= Size::kCount) {
    store(v, y);
  } else {
    store_first(v, n, y);
  }
}

// kRows x kColumns outputs of one vector of channels, of which n are stored. Loads of x are shared.
template <typename Size, int kTaps, int kStride, int kRows, int kColumns>
inline void block(const DwconvF32Call& d, const float* x, const float* w, int32_t n, float* y) {
  using V = typename Size::V;
  constexpr int kHigh = (kRows - 1) * kStride + kTaps, kWide = (kColumns - 1) * kStride + kTaps;
  V sum[kRows][kColumns];
  const V bias = load(w, Size());
  w += kLanes;
#pragma GCC unroll 4
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
    for (int c = 0; c < kColumns; ++c) sum[r][c] = bias;
  }
#pragma GCC unroll 16
  for (int h = 0; h < kHigh; ++h) {
    V in[kWide];
#pragma GCC unroll 16
    for (int i = 0; i < kWide; ++i) in[i] = load(x + i * d.tap_right, Size());
    x += d.tap_down;
#pragma GCC unroll 4
    for (int r = 0; r < kRows; ++r) {
      const int kh = h - r * kStride;
      if (kh < 0 || kh >= kTaps) continue;
#pragma GCC unroll 5
      for (int kw = 0; kw < kTaps; ++kw) {
        const V weight = load(w + (kh * kTaps + kw) * kLanes, Size());
#pragma GCC unroll 4
        for (int c = 0; c < kColumns; ++c) {
          sum[r][c] = multiply_add(in[c * kStride + kw], weight, sum[r][c]);
        }
      }
    }
  }
  // Copies, or they would be loaded again after every store.
  const V low = broadcast(d.low, Size()), high = broadcast(d.high, Size());
  const int64_t y_right = d.y_right, y_down = d.y_down;
  if (n >= Size::kCount) {
#pragma GCC unroll 4
    for (int r = 0; r < kRows; ++r, y += y_down) {
#pragma GCC unroll 4
      for (int c = 0; c < kColumns; ++c) store(clamp(sum[r][c], low, high), y + c * y_right);
    }
    return;
  }
#pragma GCC unroll 4
  for (int r = 0; r < kRows; ++r, y += y_down) {
#pragma GCC unroll 4
    for (int c = 0; c < kColumns; ++c) store_first(clamp(sum[r][c], low, high), n, y + c * y_right);
  }
}

// Of whole.h.
template <int kTaps, int kStride, int kRows, int kColumns>
int32_t whole_blocks(const DwconvF32Call& d, int32_t first, int32_t last, const float* x, float* y);

// The channels [first, last) of a block, where last is co or a multiple of kLanes away.
template <int kTaps, int kStride, int kRows, int kColumns>
void run_block(const DwconvF32Call& d, int32_t first, int32_t last, const float* x, float* y) {
  if constexpr (kWhole) first = whole_blocks<kTaps, kStride, kRows, kColumns>(d, first, last, x, y);
  const float* w = d.w + first / kLanes * d.w_step;
  int32_t c = first;
  for (; c + Half::kCount < last; c += kLanes, w += d.w_step) {
    block<Full, kTaps, kStride, kRows, kColumns>(d, x + c, w, last - c, y + c);
  }
  if (c < last) block<Half, kTaps, kStride, kRows, kColumns>(d, x + c, w, last - c, y + c);
}

template <int kTaps, int kStride, int kRows>
void run_line(const DwconvF32Call& d, const float* x, float* y) {
  constexpr int kColumns = columns_of(kTaps, kStride);
  for (int32_t first = 0; first < d.co; first += kGroup * kLanes) {
    const int32_t last = d.co - first < kGroup * kLanes ? d.co : first + kGroup * kLanes;
    int32_t j = 0;
    for (; j + kColumns <= d.columns; j += kColumns) {
      run_block<kTaps, kStride, kRows, kColumns>(d, first, last, x + j * d.x_right,
                                                 y + j * d.y_right);
    }
    if constexpr (kColumns > 2) {
      for (; j + 2 <= d.columns; j += 2) {
        run_block<kTaps, kStride, kRows, 2>(d, first, last, x + j * d.x_right, y + j * d.y_right);
      }
    }
    for (; j < d.columns; ++j) {
      run_block<kTaps, kStride, kRows, 1>(d, first, last, x + j * d.x_right, y + j * d.y_right);
    }
  }
}

template <int kTaps, int kStride>
void run_window(const DwconvF32Call& d) {
  const float* x = d.x;
  float* y = d.y;
  int32_t i = 0;
  for (; i + kBlockRows <= d.rows; i += kBlockRows) {
    run_line<kTaps, kStride, kBlockRows>(d, x, y);
    x += kBlockRows * d.x_down;
    y += kBlockRows * d.y_down;
  }
  for (; i < d.rows; ++i) {
    run_line<kTaps, kStride, 1>(d, x, y);
    x += d.x_down;
    y += d.y_down;
  }
}

template <typename Size, int kPixels, int kVectors>
inline void pixels(const DwconvF32Call& d, const float* x, const float* w, int32_t n, float* y) {
  using V = typename Size::V;
  V sum[kPixels][kVectors];
#pragma GCC unroll 4
  for (int v = 0; v < kVectors; ++v) {
#pragma GCC unroll 4
    for (int p = 0; p < kPixels; ++p) sum[p][v] = load(w + v * d.w_step, Size());
  }
  for (int32_t t = 0; t < d.taps; ++t) {
    const float* in = x + d.x_at[t];
    const float* weights = w + d.w_at[t];
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) {
      const V weight = load(weights + v * d.w_step, Size());
#pragma GCC unroll 4
      for (int p = 0; p < kPixels; ++p) {
        sum[p][v] = multiply_add(load(in + p * d.x_right + v * kLanes, Size()), weight, sum[p][v]);
      }
    }
  }
  const V low = broadcast(d.low, Size()), high = broadcast(d.high, Size());
  const int64_t y_right = d.y_right;
#pragma GCC unroll 4
  for (int p = 0; p < kPixels; ++p) {
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) {
      store_channels<Size>(clamp(sum[p][v], low, high), n - v * kLanes,
                           y + p * y_right + v * kLanes);
    }
  }
}

template <int kPixels>
inline void run_pixels(const DwconvF32Call& d, const float* x, float* y) {
  const float* w = d.w;
  int32_t c = 0;
  for (; c + kLanes + Half::kCount < d.co; c += 2 * kLanes, w += 2 * d.w_step) {
    pixels<Full, kPixels, 2>(d, x + c, w, d.co - c, y + c);
  }
  for (; c + Half::kCount < d.co; c += kLanes, w += d.w_step) {
    pixels<Full, kPixels, 1>(d, x + c, w, d.co - c, y + c);
  }
  if (c < d.co) pixels<Half, kPixels, 1>(d, x + c, w, d.co - c, y + c);
}

void run_taps(const DwconvF32Call& d) {
  int32_t j = 0;
  for (; j + 4 <= d.columns; j += 4) run_pixels<4>(d, d.x + j * d.x_right, d.y + j * d.y_right);
  for (; j < d.columns; ++j) run_pixels<1>(d, d.x + j * d.x_right, d.y + j * d.y_right);
}

constexpr DwconvF32Isa make(Isa isa) {
  return {isa,
          kLanes,
          run_taps,
          {run_window<3, 1>, run_window<3, 2>},
          {run_window<5, 1>, run_window<5, 2>}};
}
