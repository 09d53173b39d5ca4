// SPDX-License-Identifier: Apache-2.0
//
// The tile over a vector type V of kLanes floats with broadcast(float), multiply_add(a, b, c) =
// a * b + c, clamp(v, low, high) and store_first(v, n, p), which stores n < kLanes lanes. Included
// by one file for each instruction set, inside an unnamed namespace that fixes kPanel and
// kRowsPerTile.

inline void store(const ConvF32Tile& t, V sum, int32_t column, float* y) {
  sum = clamp(sum, broadcast(t.low), broadcast(t.high));
  const int32_t n = t.n - column;
  if (n >= kLanes) {
    __builtin_memcpy(y + column, &sum, sizeof(sum));
  } else if (n > 0) {
    store_first(sum, n, y + column);
  }
}

template <int kRows, int kVectors>
struct Accumulators {
  V at[kRows][kVectors];
};

inline V load(const float* p) {
  V v;
  __builtin_memcpy(&v, p, sizeof(v));
  return v;
}

template <int kRows, int kVectors>
inline void multiply(const float* const* x, int32_t taps, int32_t k, int32_t x_step,
                     const float* const (&w)[kVectors], const float* bias,
                     Accumulators<kRows, kVectors>* acc) {
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 16
    for (int v = 0; v < kVectors; ++v) acc->at[r][v] = load(bias + v * kLanes);
  }
  Accumulators<kRows, kVectors> sum = *acc;
  int64_t at = 0;
  for (int32_t t = 0; t < taps; ++t) {
    const float* row[kRows];
#pragma GCC unroll 16
    for (int r = 0; r < kRows; ++r) row[r] = x[t * x_step + r];
    for (int32_t c = 0; c < k; ++c) {
      V b[kVectors];
#pragma GCC unroll 16
      for (int v = 0; v < kVectors; ++v) b[v] = load(w[v] + at);
#pragma GCC unroll 16
      for (int r = 0; r < kRows; ++r) {
        const V a = broadcast(row[r][c]);
#pragma GCC unroll 16
        for (int v = 0; v < kVectors; ++v) sum.at[r][v] = multiply_add(a, b[v], sum.at[r][v]);
      }
      at += kPanel;
    }
  }
  *acc = sum;
}

constexpr int kVectorsPerPanel = kPanel / kLanes;

// Rows first, first + 1, ... of the tile, one panel at a time.
template <int kRows>
void run_rows(const ConvF32Tile& t, int32_t first) {
  const float* w = t.w;
  for (int32_t j = 0; j < t.n; j += kPanel, w += t.panel_stride) {
    const float* columns[kVectorsPerPanel];
    for (int v = 0; v < kVectorsPerPanel; ++v) columns[v] = w + v * kLanes;
    Accumulators<kRows, kVectorsPerPanel> acc;
    multiply<kRows, kVectorsPerPanel>(t.x + first, t.taps, t.k, t.m, columns, t.bias + j, &acc);
#pragma GCC unroll 16
    for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 16
      for (int v = 0; v < kVectorsPerPanel; ++v) {
        store(t, acc.at[r][v], j + v * kLanes, t.y + (first + r) * t.y_stride);
      }
    }
  }
}

// A single row, four panels at a time: with one panel the additions would wait for each other.
void run_one_row(const ConvF32Tile& t) {
  constexpr int kVectors = 4 * kVectorsPerPanel;
  ConvF32Tile rest = t;
  int32_t j = 0;
  for (; j + 3 * kPanel < t.n; j += 4 * kPanel) {
    const float* columns[kVectors];
    for (int v = 0; v < kVectors; ++v) {
      columns[v] = rest.w + v / kVectorsPerPanel * t.panel_stride + v % kVectorsPerPanel * kLanes;
    }
    Accumulators<1, kVectors> acc;
    multiply<1, kVectors>(t.x, t.taps, t.k, t.m, columns, t.bias + j, &acc);
#pragma GCC unroll 16
    for (int v = 0; v < kVectors; ++v) {
      store(t, acc.at[0][v], j + v * kLanes, t.y);
    }
    rest.w += 4 * t.panel_stride;
  }
  rest.n = t.n - j;
  rest.bias = t.bias + j;
  rest.y = t.y + j;
  if (rest.n > 0) run_rows<1>(rest, 0);
}

void run_tile(const ConvF32Tile& t) {
  if (t.m == 1) {
    run_one_row(t);
    return;
  }
  int32_t first = 0;
  for (; first + kRowsPerTile <= t.m; first += kRowsPerTile) run_rows<kRowsPerTile>(t, first);
  if constexpr (kRowsPerTile > 8) {
    for (; first + 8 <= t.m; first += 8) run_rows<8>(t, first);
  }
  for (; first + 4 <= t.m; first += 4) run_rows<4>(t, first);
  for (; first + 2 <= t.m; first += 2) run_rows<2>(t, first);
  for (; first < t.m; ++first) run_rows<1>(t, first);
}
