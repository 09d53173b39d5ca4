// SPDX-License-Identifier: Apache-2.0
//
// The tiles over a vector type V of kLanes floats and H of half as many, tagged Full and Half: each
// has load(p, tag), broadcast(float, tag), multiply_add(a, b, c) = a * b + c, at_least(v, low),
// clamp(v, low, high), store(v, p) and store_first(v, n, p), which stores n lanes. Included by one
// file for each instruction set, inside an unnamed namespace that fixes kUnit, the columns of a
// unit, kVectors, the most vectors of a tile, and rows_of(units), its most rows, which must not
// fall with fewer units. With kByLane a vector of each row is loaded for kLanes steps of k and
// multiplied by its lanes: multiply_add_lane<lane>(a, b, c) = a[lane] * b + c.

// Row r of a tile is at p[r / 3] + r % 3 * step: a pointer each would not fit in registers.
constexpr int kPointers = 3;

template <int kRows>
inline float element(const char* const (&p)[(kRows + kPointers - 1) / kPointers], int64_t step,
                     int r) {
  float value;
  __builtin_memcpy(&value, p[r / kPointers] + r % kPointers * step, sizeof(value));
  return value;
}

template <int kLane>
V multiply_add_lane(V a, V b, V c);

// Steps kLane .. kLanes - 1 of k, whose numbers of row r are the lanes of a[r].
template <int kRows, int kFull, int kLane>
inline void add_lanes(const V (&a)[kRows], const float*& w, int64_t nr, const float*& ahead,
                      V (&sum)[kRows][kFull]) {
  V b[kFull];
#pragma GCC unroll 16
  for (int v = 0; v < kFull; ++v) b[v] = load(w + v * kLanes, Full());
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 16
    for (int v = 0; v < kFull; ++v) sum[r][v] = multiply_add_lane<kLane>(a[r], b[v], sum[r][v]);
  }
  if constexpr (kFull > 1) {
    __builtin_prefetch(ahead);
    ahead += kConvF32Ahead;
  }
  w += nr;
  if constexpr (kLane + 1 < kLanes) {
    add_lanes<kRows, kFull, kLane + 1>(a, w, nr, ahead, sum);
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
  const float* ahead = t.ahead;
  for (int32_t tap = 0; tap < t.taps; ++tap) {
    const char* p[kGroups];
#pragma GCC unroll 16
    for (int g = 0; g < kGroups; ++g) {
      p[g] = reinterpret_cast<const char*>(t.x + t.x_at[tap]) + g * kPointers * step;
    }
    const float* w = t.w + t.w_at[tap];
    int32_t c = t.k;
    if constexpr (kByLane) {
      for (; c >= kLanes; c -= kLanes) {
        V a[kRows];
#pragma GCC unroll 16
        for (int r = 0; r < kRows; ++r) {
          __builtin_memcpy(&a[r], p[r / kPointers] + r % kPointers * step, sizeof(V));
        }
        add_lanes<kRows, kFull, 0>(a, w, nr, ahead, sum);
#pragma GCC unroll 16
        for (int g = 0; g < kGroups; ++g) p[g] += sizeof(V);
      }
    }
#pragma GCC unroll 1
    for (; c > 0; --c) {
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
      if constexpr (kUnits > 1) {
        __builtin_prefetch(ahead);
        ahead += kConvF32Ahead;
      }
      w += nr;
#pragma GCC unroll 16
      for (int g = 0; g < kGroups; ++g) p[g] += sizeof(float);
    }
  }
  // Copies, or they would be loaded again after every store.
  const V low = broadcast(t.low, Full()), high = broadcast(t.high, Full());
  const H half_low = broadcast(t.low, Half()), half_high = broadcast(t.high, Half());
  const int64_t y_step = t.y_step;
  const int32_t n = t.n - (kRest ? kFull : kFull - 1) * kLanes;  // lanes of the last vector
  float* y = t.y;
  const bool whole = n == (kRest ? kUnit : kLanes);
  if (whole && t.high == __builtin_inff()) {
    // most layers; clamping at both ends takes 53 cycles of a tile of 12x32, this 25
#pragma GCC unroll 16
    for (int r = 0; r < kRows; ++r, y += y_step) {
#pragma GCC unroll 16
      for (int v = 0; v < kFull; ++v) store(at_least(sum[r][v], low), y + v * kLanes);
      if constexpr (kRest) store(at_least(rest[r], half_low), y + kFull * kLanes);
    }
    return;
  }
  if (whole) {
#pragma GCC unroll 16
    for (int r = 0; r < kRows; ++r, y += y_step) {
#pragma GCC unroll 16
      for (int v = 0; v < kFull; ++v) store(clamp(sum[r][v], low, high), y + v * kLanes);
      if constexpr (kRest) store(clamp(rest[r], half_low, half_high), y + kFull * kLanes);
    }
    return;
  }
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r, y += y_step) {
#pragma GCC unroll 16
    for (int v = 0; v < kFull - !kRest; ++v) store(clamp(sum[r][v], low, high), y + v * kLanes);
    if constexpr (kRest) {
      store_first(clamp(rest[r], half_low, half_high), n, y + kFull * kLanes);
    } else {
      store_first(clamp(sum[r][kFull - 1], low, high), n, y + (kFull - 1) * kLanes);
    }
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
  const V low = broadcast(t.low, Full()), high = broadcast(t.high, Full());
  const int32_t n = t.n - first * kLanes;
  float* y = t.y + first * kLanes;
#pragma GCC unroll 16
  for (int v = 0; v < kCount; ++v) {
    const V result = clamp(sum[v], low, high);
    if (v < kCount - 1 || n >= kCount * kLanes) {
      store(result, y + v * kLanes);
    } else {
      store_first(result, n - v * kLanes, y + v * kLanes);
    }
  }
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
