// SPDX-License-Identifier: Apache-2.0
//
// The loops over a vector type V of kLanes floats with broadcast(float), multiply_add(a, b, c) =
// a * b + c, clamp(v, low, high), sum(v) and greatest(v) of its lanes, magnitude(v), store_first(v,
// n, p), which stores n < kLanes lanes, and even_of(const uint32_t*) and odd_of of narrow weights,
// which are what kHalves says. With kByLane vectors of x are multiplied lane by lane:
// multiply_add_lane<lane>(a, b, c) = a[lane] * b + c. Tiles are up to kAloneBlocks blocks of 16
// columns for a single row, for more rows kRowsOf[blocks
// - 1] by up to kBlocks; by rows up to kDotRows. Included by one file for each instruction set,
// inside an unnamed namespace.

inline V load(const float* p) {
  V v;
  __builtin_memcpy(&v, p, sizeof(v));
  return v;
}

constexpr int kParts = kGemmF32Lanes / kLanes;  // vectors of a block
// A product starts each cycle, or two of half the length, and takes 4.
constexpr int kSums = 8;
constexpr int kMostFarVectors = kLanes == 16 ? 4 : 2;

struct Tile {
  const float* x;
  int64_t x_stride;
  int64_t k;
  const void* w;
  int64_t w_step;  // lanes from one line of a unit to the next
  const float* bias;
  float* y;
  int64_t y_stride;
  int32_t columns;
  float low, high;
  bool far;        // weights do not fit the L2 cache
  float scale[2];  // of narrow weights, or of the sums where x is scaled for them
};

// What the weights are: float32; narrow, to be scaled; narrow, with x scaled in their place.
enum Weights { kFloats, kNarrow, kNarrowAlone };

// A vector of step s of a unit, counted from an even one at w.
template <Weights kWeights>
inline V weights(const uint32_t* w, int s, int64_t step, V scale) {
  if constexpr (kWeights == kFloats) {
    return load(reinterpret_cast<const float*>(w) + s * step);
  } else {
    const V v = s % 2 == 0 ? even_of(w + s / 2 * step) : odd_of(w + s / 2 * step);
    return kWeights == kNarrow && !kHalves ? v * scale : v;
  }
}

// The end of a vector of sums.
template <Weights kWeights>
inline V finish(const Tile& t, V sums, V bias) {
  if constexpr (kWeights == kNarrowAlone)
    sums = sums * broadcast(t.scale[0]) * broadcast(t.scale[1]);
  return clamp(sums + bias, broadcast(t.low), broadcast(t.high));
}

// Step s from w and x on, into one set of sums.
template <int kRows, int kVectors, Weights kWeights>
inline void add_step(const float* x, int64_t x_stride, const uint32_t* w, int s, int64_t step,
                     V scale, V (&acc)[kRows][kVectors]) {
  V b[kVectors];
#pragma GCC unroll 8
  for (int v = 0; v < kVectors; ++v) b[v] = weights<kWeights>(w + v * kLanes, s, step, scale);
#pragma GCC unroll 8
  for (int r = 0; r < kRows; ++r) {
    const V a = broadcast(x[r * x_stride + s]);
#pragma GCC unroll 8
    for (int v = 0; v < kVectors; ++v) acc[r][v] = multiply_add(a, b[v], acc[r][v]);
  }
}

template <int kLane>
V multiply_add_lane(V a, V b, V c);

// Steps kLane .. kLanes - 1 from w on, whose numbers of row r are the lanes of a[r].
template <int kRows, int kVectors, int kSets, Weights kWeights, int kLane = 0>
inline void add_lanes(const V (&a)[kRows], const uint32_t*& w, int64_t step, V scale,
                      V (&acc)[kSets][kRows][kVectors]) {
  V b[kVectors];
#pragma GCC unroll 16
  for (int v = 0; v < kVectors; ++v) {
    b[v] = weights<kWeights>(w + v * kLanes, kWeights == kFloats ? 0 : kLane % 2, step, scale);
  }
#pragma GCC unroll 8
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 16
    for (int v = 0; v < kVectors; ++v) {
      V& to = acc[kLane % kSets][r][v];
      to = multiply_add_lane<kLane>(a[r], b[v], to);
    }
  }
  if constexpr (kWeights == kFloats || kLane % 2 == 1) w += step;
  if constexpr (kLane + 1 < kLanes) {
    add_lanes<kRows, kVectors, kSets, kWeights, kLane + 1>(a, w, step, scale, acc);
  }
}

// Joins the sets of sums and stores them.
template <int kRows, int kVectors, int kSets, Weights kWeights>
inline void store_tile(const Tile& t, V (&acc)[kSets][kRows][kVectors]) {
#pragma GCC unroll 8
  for (int r = 0; r < kRows; ++r) {
    float* y = t.y + r * t.y_stride;
#pragma GCC unroll 8
    for (int v = 0; v < kVectors; ++v) {
#pragma GCC unroll 8
      for (int s = 1; s < kSets; ++s) acc[0][r][v] += acc[s][r][v];
      const V sums = finish<kWeights>(t, acc[0][r][v], load(t.bias + v * kLanes));
      const int32_t n = t.columns - v * kLanes;
      if (n >= kLanes) {
        __builtin_memcpy(y + v * kLanes, &sums, sizeof(sums));
      } else if (n > 0) {
        store_first(sums, n, y + v * kLanes);
      }
    }
  }
}

template <int kRows, int kVectors, int kSets, Weights kWeights>
void columns_tile(const Tile& t) {
  constexpr int kSteps = kSets > 1 || kWeights == kFloats ? kSets : 2;
  V acc[kSets][kRows][kVectors];
#pragma GCC unroll 8
  for (int s = 0; s < kSets; ++s) {
#pragma GCC unroll 8
    for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 8
      for (int v = 0; v < kVectors; ++v) acc[s][r][v] = V{};
    }
  }
  const auto* w = static_cast<const uint32_t*>(t.w);
  const float* x = t.x;
  const int64_t x_stride = t.x_stride, step = t.w_step;
  const V scale = broadcast(t.scale[0]);
  int64_t left = t.k;
  if constexpr (kByLane && kSets <= kLanes) {
    for (; left >= kLanes; left -= kLanes) {
      V a[kRows];
#pragma GCC unroll 8
      for (int r = 0; r < kRows; ++r) a[r] = load(x + r * x_stride);
      add_lanes<kRows, kVectors, kSets, kWeights>(a, w, step, scale, acc);
      x += kLanes;
    }
  }
  for (; left >= kSteps; left -= kSteps) {
#pragma GCC unroll 8
    for (int s = 0; s < kSteps; ++s) {
      add_step<kRows, kVectors, kWeights>(x, x_stride, w, s, step, scale, acc[s % kSets]);
    }
    x += kSteps;
    w += (kWeights == kFloats ? kSteps : kSteps / 2) * step;
  }
  if constexpr (kSteps > 1) {
    for (; left > 0; left -= 2, x += 2) {
      add_step<kRows, kVectors, kWeights>(x, x_stride, w, 0, step, scale, acc[0]);
      if (left > 1) add_step<kRows, kVectors, kWeights>(x, x_stride, w, 1, step, scale, acc[0]);
      w += (kWeights == kFloats ? 2 : 1) * step;
    }
  }
  store_tile<kRows, kVectors, kSets, kWeights>(t, acc);
}

// A single row by weights that come from the L3 cache or memory, from four places at once: on Zen 4
// 77 GB/s of 12 MB, not 65.
template <int kVectors>
void columns_from_far(const Tile& t) {
  constexpr int kStreams = 4;
  V acc[kStreams][1][kVectors];
#pragma GCC unroll 8
  for (int s = 0; s < kStreams; ++s) {
#pragma GCC unroll 8
    for (int v = 0; v < kVectors; ++v) acc[s][0][v] = V{};
  }
  const auto* w = static_cast<const uint32_t*>(t.w);
  const float* x = t.x;
  const int64_t part = t.k / kStreams;
  for (int64_t i = 0; i < part; ++i) {
#pragma GCC unroll 8
    for (int s = 0; s < kStreams; ++s) {
      add_step<1, kVectors, kFloats>(x + s * part, 0, w + s * part * t.w_step, 0, t.w_step, V{},
                                     acc[s]);
    }
    ++x;
    w += t.w_step;
  }
  x += (kStreams - 1) * part;
  w += (kStreams - 1) * part * t.w_step;
  for (int64_t i = kStreams * part; i < t.k; ++i) {
    add_step<1, kVectors, kFloats>(x, 0, w, 0, t.w_step, V{}, acc[0]);
    ++x;
    w += t.w_step;
  }
  store_tile<1, kVectors, kStreams, kFloats>(t, acc);
}

// Sets of sums, so that one addition need not wait for another.
constexpr int sets_of(int sums) {
  return sums >= kSums ? 1 : sums >= kSums / 2 ? 2 : sums >= kSums / 4 ? 4 : 8;
}

template <int kBlocksOfTile, Weights kWeights, int kRows>
void columns_tile_of(const Tile& t, int32_t rows) {
  if (rows == kRows) {
    constexpr int kVectors = kBlocksOfTile * kParts;
    if constexpr (kRows == 1 && kWeights == kFloats && kVectors <= kMostFarVectors) {
      if (t.far) {
        columns_from_far<kVectors>(t);
        return;
      }
    }
    columns_tile<kRows, kVectors, sets_of(kRows * kVectors), kWeights>(t);
  } else if constexpr (kRows > 1) {
    columns_tile_of<kBlocksOfTile, kWeights, kRows - 1>(t, rows);
  }
}

template <Weights kWeights, int kBlocksOfTile>
void columns_tile_of_blocks(const Tile& t, int32_t rows, int32_t blocks) {
  if (blocks == kBlocksOfTile) {
    if constexpr (kBlocksOfTile > kBlocks || kWeights == kNarrowAlone) {
      columns_tile_of<kBlocksOfTile, kWeights, 1>(t, rows);
    } else {
      columns_tile_of<kBlocksOfTile, kWeights, kRowsOf[kBlocksOfTile - 1]>(t, rows);
    }
  } else if constexpr (kBlocksOfTile > 1) {
    columns_tile_of_blocks<kWeights, kBlocksOfTile - 1>(t, rows, blocks);
  }
}

// Step s, 16 c of x, from w and x on; its vectors go into one set of sums after the other.
template <int kRows, int kColumns, int kSets, Weights kWeights>
inline void dot_step(const float* x, int64_t x_stride, const uint32_t* w, int s, V scale,
                     V (&acc)[kSets][kRows][kColumns]) {
#pragma GCC unroll 8
  for (int u = 0; u < kParts; ++u) {
    V a[kRows];
#pragma GCC unroll 8
    for (int r = 0; r < kRows; ++r) {
      a[r] = load(x + r * x_stride + s * kGemmF32Lanes + u * kLanes);
    }
#pragma GCC unroll 8
    for (int c = 0; c < kColumns; ++c) {
      const V b =
          weights<kWeights>(w + c * kGemmF32Lanes + u * kLanes, s, kColumns * kGemmF32Lanes, scale);
#pragma GCC unroll 8
      for (int r = 0; r < kRows; ++r) {
        V& to = acc[(s * kParts + u) % kSets][r][c];
        to = multiply_add(a[r], b, to);
      }
    }
  }
}

template <int kRows, int kColumns, int kSets, Weights kWeights>
void rows_tile(const Tile& t) {
  constexpr int kWhole = kSets > kParts ? kSets / kParts : 1;
  constexpr int kSteps = kWhole > 1 || kWeights == kFloats ? kWhole : 2;
  constexpr int64_t kLine = kColumns * kGemmF32Lanes;
  V acc[kSets][kRows][kColumns];
#pragma GCC unroll 8
  for (int s = 0; s < kSets; ++s) {
#pragma GCC unroll 8
    for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 8
      for (int c = 0; c < kColumns; ++c) acc[s][r][c] = V{};
    }
  }
  const auto* w = static_cast<const uint32_t*>(t.w);
  const float* x = t.x;
  const int64_t x_stride = t.x_stride;
  const V scale = broadcast(t.scale[0]);
  int64_t left = t.k;
  for (; left >= kSteps * kGemmF32Lanes; left -= kSteps * kGemmF32Lanes) {
#pragma GCC unroll 8
    for (int s = 0; s < kSteps; ++s) {
      dot_step<kRows, kColumns, kSets, kWeights>(x, x_stride, w, s, scale, acc);
    }
    x += kSteps * kGemmF32Lanes;
    w += (kWeights == kFloats ? kSteps : kSteps / 2) * kLine;
  }
  for (int s = 0; left > 0; left -= kGemmF32Lanes, s = 1 - s) {
    float last[kRows][2 * kGemmF32Lanes] = {};
    const int64_t n = left < kGemmF32Lanes ? left : kGemmF32Lanes;
    for (int r = 0; r < kRows; ++r) {
      for (int64_t i = 0; i < n; ++i) last[r][s * kGemmF32Lanes + i] = x[r * x_stride + i];
    }
    x += kGemmF32Lanes;
    if (s == 0) {
      dot_step<kRows, kColumns, kSets, kWeights>(last[0], 2 * kGemmF32Lanes, w, 0, scale, acc);
    } else {
      dot_step<kRows, kColumns, kSets, kWeights>(last[0], 2 * kGemmF32Lanes, w, 1, scale, acc);
      w += (kWeights == kFloats ? 2 : 1) * kLine;
    }
  }
#pragma GCC unroll 8
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 8
    for (int c = 0; c < kColumns; ++c) {
#pragma GCC unroll 8
      for (int s = 1; s < kSets; ++s) acc[0][r][c] += acc[s][r][c];
      float v = sum(acc[0][r][c]);
      if constexpr (kWeights == kNarrowAlone) v = v * t.scale[0] * t.scale[1];
      v += t.bias[c];
      // operands in this order keep NaN
      v = v < t.low ? t.low : v > t.high ? t.high : v;
      t.y[r * t.y_stride + c] = v;
    }
  }
}

constexpr int kMostDotColumns = 6;

template <Weights kWeights, int kRows, int kColumns>
void rows_tile_of(const Tile& t) {
  if (t.columns == kColumns) {
    rows_tile<kRows, kColumns, sets_of(kRows * kColumns), kWeights>(t);
  } else if constexpr (kColumns > 1) {
    rows_tile_of<kWeights, kRows, kColumns - 1>(t);
  }
}

// 2^n; 0 below -126.
inline float power_of_two(int32_t n) {
  const uint32_t bits = n < -126 ? 0 : static_cast<uint32_t>(n + 127) << 23;
  float v;
  __builtin_memcpy(&v, &bits, sizeof(v));
  return v;
}

// Copies a row to `to`, scaled so that the greatest number has exponent kTop, whatever it was: with
// narrow weights as they are, about 2^-96, products neither overflow nor lose bits that the sum of
// the true ones would have. Sets the scale of the sums.
inline void scale_row(const float* x, int64_t k, int32_t top, float* to, float (&scale)[2]) {
  constexpr int32_t kTop = 60;
  V most = {};
  float last[kLanes] = {};
  const int64_t whole = k / kLanes * kLanes;
  for (int64_t i = whole; i < k; ++i) last[i - whole] = x[i];
  for (int64_t i = 0; i < whole; i += kLanes) most = greater(most, magnitude(load(x + i)));
  most = greater(most, magnitude(load(last)));
  const float most_of_all = greatest(most);
  uint32_t bits;
  __builtin_memcpy(&bits, &most_of_all, sizeof(bits));
  // zeros, infinity
  const bool odd = bits == 0 || bits >= 0x7f800000;
  const int32_t shift = odd ? 0 : kTop - static_cast<int32_t>(bits >> 23) + 127;
  // beyond 2^127 in two steps
  const V first = broadcast(power_of_two(shift / 2)),
          second = broadcast(power_of_two(shift - shift / 2));
  for (int64_t i = 0; i < whole; i += kLanes) {
    const V v = load(x + i) * first * second;
    __builtin_memcpy(to + i, &v, sizeof(v));
  }
  const V v = load(last) * first * second;
  __builtin_memcpy(to + whole, &v, sizeof(v));
  const int32_t back = 96 + top - shift;
  scale[0] = power_of_two(back / 2);
  scale[1] = power_of_two(back - back / 2);
}

// Weights of a megabyte stay in few L2 caches.
constexpr int64_t kBytesOfL2 = 1 << 20;
// Rows that share a pass over the weights of a group: as many as keep their x in the L2 cache.
constexpr int64_t kBytesOfX = 128 * 1024;
constexpr int64_t kMinRows = 24;

template <Weights kWeights>
void run_by_rows(const GemmF32Call& call, int32_t m0, int32_t m1, Tile& t, int32_t group) {
  const int32_t column = call.w->first_unit(group);
  t.w = call.w->weights(group);
  t.bias = call.w->bias() + column;
  t.columns = call.w->units_of(group);
  constexpr int kRows = kWeights == kNarrowAlone ? 1 : kDotRows;
  for (int32_t row = m0; row < m1;) {
    t.x = call.x + row * call.x_stride;
    t.y = call.y + row * call.y_stride + column;
    const int32_t rows = m1 - row >= kRows ? kRows : 1;
    if (rows == kRows) {
      rows_tile_of<kWeights, kRows, kMostDotColumns>(t);
    } else {
      rows_tile_of<kWeights, 1, kMostDotColumns>(t);
    }
    row += rows;
  }
}

template <Weights kWeights>
void run_by_columns(const GemmF32Call& call, int32_t m0, int32_t m1, Tile& t, int32_t group) {
  const GemmF32Packed& p = *call.w;
  const int32_t units = p.units_of(group);
  const int32_t most = m1 - m0 == 1 ? kAloneBlocks : kBlocks;
  t.w_step = int64_t{units} * kGemmF32Lanes;
  for (int32_t b = 0; b < units; b += most) {
    const int32_t blocks = units - b < most ? units - b : most;
    const int32_t column = (p.first_unit(group) + b) * kGemmF32Lanes;
    t.w = static_cast<const uint32_t*>(p.weights(group)) + b * kGemmF32Lanes;
    t.bias = p.bias() + column;
    t.columns = p.n - column;
    const int32_t tallest = most > kBlocks ? 1 : kRowsOf[blocks - 1];
    const int32_t tiles = (m1 - m0 + tallest - 1) / tallest;
    int32_t row = m0;
    for (int32_t i = 0; i < tiles; ++i) {
      const int32_t rows = (m1 - row + tiles - i - 1) / (tiles - i);
      t.x = call.x + row * call.x_stride;
      t.y = call.y + row * call.y_stride + column;
      columns_tile_of_blocks<kWeights, kAloneBlocks>(t, rows, blocks);
      row += rows;
    }
  }
}

template <Weights kWeights>
void run_rows(const GemmF32Call& call, int32_t m0, int32_t m1, const float (&scale)[2]) {
  Tile t;
  t.x_stride = call.x_stride;
  t.k = call.w->k;
  t.y_stride = call.y_stride;
  t.low = call.low;
  t.high = call.high;
  t.far = call.w->bytes > kBytesOfL2;
  t.scale[0] = scale[0];
  t.scale[1] = scale[1];
  for (int32_t g = call.first_group; g < call.first_group + call.groups; ++g) {
    (call.w->by_rows != 0 ? run_by_rows<kWeights> : run_by_columns<kWeights>)(call, m0, m1, t, g);
  }
}

template <Weights kWeights>
void run_wide(const GemmF32Call& call, const float (&scale)[2]) {
  int64_t target = kBytesOfX / (int64_t{4} * call.w->k);
  if (target < kMinRows) target = kMinRows;
  const int64_t parts = (call.m + target - 1) / target;
  for (int64_t p = 0; p < parts; ++p) {
    run_rows<kWeights>(call, static_cast<int32_t>(call.m * p / parts),
                       static_cast<int32_t>(call.m * (p + 1) / parts), scale);
  }
}

void run(const GemmF32Call& call) {
  float scale[2] = {power_of_two(96 + call.w->top), 1};
  if (call.w->narrow == 0) {
    run_wide<kFloats>(call, scale);
  } else if (kHalves || call.m > 1) {
    run_wide<kNarrow>(call, scale);
  } else {
    scale_row(call.x, call.w->k, call.w->top, call.scratch, scale);
    GemmF32Call scaled = call;
    scaled.x = call.scratch;
    run_rows<kNarrowAlone>(scaled, 0, 1, scale);
  }
}
