// SPDX-License-Identifier: Apache-2.0
//
// The tiles over a vector type V of kLanes floats and H of half as many, tagged Full and Half: each
// has load(p, tag), broadcast(float, tag), multiply_add(a, b, c) = a * b + c, clamp(v, low, high),
// store(v, p) and store_first(v, n, p), which stores n lanes. Included by one
// file for each instruction set, inside an unnamed namespace that fixes kUnit, the columns of a
// unit, kVectors, the most vectors of a tile, and rows_of(units), its most rows.

// Row r of a tile is at p[r / 3] + r % 3 * step: a pointer each would not fit in registers.
constexpr int kPointers = 3;

template <int kRows>
inline float element(const char* const (&p)[(kRows + kPointers - 1) / kPointers], int64_t step,
                     int r) {
  float value;
  __builtin_memcpy(&value, p[r / kPointers] + r % kPointers * step, sizeof(value));
  return value;
}

template <typename Size, typename T>
inline void store_row(const ConvF32Tile& t, T sum, int32_t column, int32_t lanes, float* y) {
  sum = clamp(sum, broadcast(t.low, Size()), broadcast(t.high, Size()));
  const int32_t n = t.n - column;
  if (n >= lanes) {
    store(sum, y + column);
  } else {
    store_first(sum, n, y + column);
  }
}

template <int kUnits, int kRows>
void run_tile(const ConvF32Tile& t) {
  constexpr int kFull = kUnits * kUnit / kLanes;
  constexpr bool kRest = kUnits * kUnit % kLanes != 0;
  constexpr int kGroups = (kRows + kPointers - 1) / kPointers;
  constexpr int kAtLeastOne = kFull == 0 ? 1 : kFull;
  V sum[kRows][kAtLeastOne];
  H rest[kRows];
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 16
    for (int v = 0; v < kFull; ++v) sum[r][v] = load(t.bias + v * kLanes, Full());
    if constexpr (kRest) rest[r] = load(t.bias + kFull * kLanes, Half());
  }
  const int64_t step = t.x_step * static_cast<int64_t>(sizeof(float));
  const int64_t nr = t.nr;
  for (int32_t tap = 0; tap < t.taps; ++tap) {
    const char* p[kGroups];
#pragma GCC unroll 16
    for (int g = 0; g < kGroups; ++g) {
      p[g] = reinterpret_cast<const char*>(t.x + t.x_at[tap]) + g * kPointers * step;
    }
    const float* w = t.w + t.w_at[tap];
    for (int32_t c = t.k; c > 0; --c) {
      V b[kAtLeastOne];
      H half;
#pragma GCC unroll 16
      for (int v = 0; v < kFull; ++v) b[v] = load(w + v * kLanes, Full());
      if constexpr (kRest) half = load(w + kFull * kLanes, Half());
#pragma GCC unroll 16
      for (int r = 0; r < kRows; ++r) {
        if constexpr (kFull > 0) {
          const V a = broadcast(element<kRows>(p, step, r), Full());
#pragma GCC unroll 16
          for (int v = 0; v < kFull; ++v) sum[r][v] = multiply_add(a, b[v], sum[r][v]);
          if constexpr (kRest) {
            rest[r] = multiply_add(broadcast(element<kRows>(p, step, r), Half()), half, rest[r]);
          }
        } else {
          rest[r] = multiply_add(broadcast(element<kRows>(p, step, r), Half()), half, rest[r]);
        }
      }
      w += nr;
#pragma GCC unroll 16
      for (int g = 0; g < kGroups; ++g) p[g] += sizeof(float);
    }
  }
  float* y = t.y;
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 16
    for (int v = 0; v < kFull; ++v) store_row<Full>(t, sum[r][v], v * kLanes, kLanes, y);
    if constexpr (kRest) store_row<Half>(t, rest[r], kFull * kLanes, kUnit, y);
    y += t.y_step;
  }
}

// Vectors first, first + 1, ... of a single row: with the vectors of one panel only, the additions
// would wait for each other.
template <int kCount>
inline void run_vectors(const ConvF32Panels& row, int32_t first) {
  const ConvF32Tile& t = row.tile;
  const int32_t per_panel = t.nr / kLanes;
  V sum[kCount];
  const float* columns[kCount];
#pragma GCC unroll 16
  for (int v = 0; v < kCount; ++v) {
    sum[v] = load(t.bias + (first + v) * kLanes, Full());
    columns[v] =
        t.w + (first + v) / per_panel * row.panel_stride + (first + v) % per_panel * kLanes;
  }
  for (int32_t tap = 0; tap < t.taps; ++tap) {
    const float* x = t.x + t.x_at[tap];
    int64_t at = t.w_at[tap];
    for (int32_t c = 0; c < t.k; ++c) {
      const V a = broadcast(x[c], Full());
#pragma GCC unroll 16
      for (int v = 0; v < kCount; ++v) {
        sum[v] = multiply_add(a, load(columns[v] + at, Full()), sum[v]);
      }
      at += t.nr;
    }
  }
#pragma GCC unroll 16
  for (int v = 0; v < kCount; ++v) store_row<Full>(t, sum[v], (first + v) * kLanes, kLanes, t.y);
}

void run_row(const ConvF32Panels& row) {
  const int32_t vectors = (row.tile.n + kLanes - 1) / kLanes;
  int32_t v = 0;
  for (; v + 8 <= vectors; v += 8) run_vectors<8>(row, v);
  for (; v + 4 <= vectors; v += 4) run_vectors<4>(row, v);
  for (; v < vectors; ++v) run_vectors<1>(row, v);
}

constexpr int kUnits = kVectors * kLanes / kUnit;

template <int kThese, int kRows>
constexpr void fill(ConvF32Isa* isa) {
  if constexpr (kRows > 0) {
    isa->run[kThese - 1][kRows - 1] = run_tile<kThese, kRows>;
    fill<kThese, kRows - 1>(isa);
  } else if constexpr (kThese > 1) {
    fill<kThese - 1, rows_of(kThese - 1)>(isa);
  }
}

constexpr ConvF32Isa make(Isa name) {
  ConvF32Isa isa{};
  isa.isa = name;
  isa.lanes = kLanes;
  isa.unit = kUnit;
  isa.vectors = kVectors;
  isa.run_row = run_row;
  fill<kUnits, rows_of(kUnits)>(&isa);
  return isa;
}
