// SPDX-License-Identifier: Apache-2.0
//
// The loops of bilinear resizing, made into vectors by the compiler. Included inside an unnamed
// namespace by one file for each instruction set.

constexpr int32_t kChunk = 8;

// The weights of the two columns of a tap, in floats or steps.
inline void weights(const ResizeTap& tap, float* low, float* high) {
  *low = 1 - tap.fraction;
  *high = tap.fraction;
}
inline void weights(const ResizeTap& tap, int32_t* low, int32_t* high) {
  *low = kResizeOne - tap.steps;
  *high = tap.steps;
}

// The number of a stored element.
inline float number(const ResizeBilinear&, float x) { return x; }
inline int32_t number(const ResizeBilinear& r, uint8_t x) {
  return static_cast<uint8_t>(x ^ r.x_mask) - r.offset;
}
inline int64_t number(const ResizeBilinear&, int16_t x) { return x; }

template <typename W>
inline W halves_away(W v) {
  constexpr W kHalf = W{1} << (2 * kResizeBits - 1), kOne = W{1} << (2 * kResizeBits);
  return (v + (v > 0 ? kHalf : -kHalf)) / kOne;
}

inline void store(const ResizeBilinear&, const float* v, int64_t n, float* y) {
  std::memcpy(y, v, n * sizeof(float));
}
inline void store(const ResizeBilinear&, const float* __restrict v, int64_t n,
                  uint8_t* __restrict y) {
  for (int64_t i = 0; i < n; ++i) y[i] = static_cast<uint8_t>(static_cast<int32_t>(v[i] + 0.5f));
}
inline void store(const ResizeBilinear& r, const int32_t* __restrict v, int64_t n,
                  uint8_t* __restrict y) {
  const int32_t offset = r.offset;
  const uint8_t mask = r.y_mask;
  for (int64_t i = 0; i < n; ++i) {
    y[i] = static_cast<uint8_t>(halves_away(v[i]) + offset) ^ mask;
  }
}

// Calls each(low, high, low weight, high weight, element of y, elements) for pieces of a row: the
// columns' pixels in whole chunks as far as those stay in the row of y, then in single elements.
template <typename W, typename Each>
void over_columns(const ResizeBilinear& r, const ResizeTap* columns, const Each& each) {
  const int32_t c = r.c, whole = (c + kChunk - 1) / kChunk * kChunk;
  const int64_t row = r.row_out();
  for (int32_t ow = 0; ow < r.w.out; ++ow) {
    const ResizeTap& tap = columns[ow];
    W low, high;
    weights(tap, &low, &high);
    const int64_t to = int64_t{ow} * c;
    if (to + whole <= row) {
      for (int32_t i = 0; i < c; i += kChunk) {
        each.template some<kChunk>(tap.low + i, tap.high + i, low, high, to + i);
      }
    } else {
      for (int32_t i = 0; i < c; ++i)
        each.template some<1>(tap.low + i, tap.high + i, low, high, to + i);
    }
  }
}

template <int32_t kC, typename W, typename Each>
void over_small_columns(const ResizeBilinear& r, const ResizeTap* columns, const Each& each) {
  for (int32_t ow = 0; ow < r.w.out; ++ow) {
    W low, high;
    weights(columns[ow], &low, &high);
    each.template some<kC>(columns[ow].low, columns[ow].high, low, high, int64_t{ow} * kC);
  }
}

template <typename W, typename Each>
void over(const ResizeBilinear& r, const ResizeTap* columns, const Each& each) {
  switch (r.c) {
    case 1:
      return over_small_columns<1, W>(r, columns, each);
    case 2:
      return over_small_columns<2, W>(r, columns, each);
    case 3:
      return over_small_columns<3, W>(r, columns, each);
    case 4:
      return over_small_columns<4, W>(r, columns, each);
    default:
      return over_columns<W>(r, columns, each);
  }
}

// One row of x, already the blend of two.
template <typename W>
struct OneRow {
  const W* x;
  W* y;
  template <int32_t kN>
  inline void some(int64_t low, int64_t high, W low_weight, W high_weight, int64_t to) const {
    const W* __restrict a = x + low;
    const W* __restrict b = x + high;
    W* __restrict out = y + to;
    for (int32_t i = 0; i < kN; ++i) out[i] = a[i] * low_weight + b[i] * high_weight;
  }
};

// Two rows in the order in which TensorFlow Lite adds the corners, since their floats are rounded
// to integers.
struct TwoRows {
  const float *top, *bottom;
  float top_weight, bottom_weight;
  float* y;
  template <int32_t kN>
  inline void some(int64_t low, int64_t high, float low_weight, float high_weight,
                   int64_t to) const {
    const float* __restrict a = top + low;
    const float* __restrict b = top + high;
    const float* __restrict d = bottom + low;
    const float* __restrict e = bottom + high;
    float* __restrict out = y + to;
    const float s0 = top_weight * low_weight, s1 = top_weight * high_weight;
    const float s2 = bottom_weight * low_weight, s3 = bottom_weight * high_weight;
    for (int32_t i = 0; i < kN; ++i) out[i] = a[i] * s0 + b[i] * s1 + d[i] * s2 + e[i] * s3;
  }
};

template <typename W, typename T>
void blend(const ResizeBilinear& r, const T* __restrict top, const T* __restrict bottom, W wt, W wb,
           W* __restrict v) {
  const int64_t n = r.row_in();
  for (int64_t i = 0; i < n; ++i) v[i] = number(r, top[i]) * wt + number(r, bottom[i]) * wb;
}

// Rows of which whole rows of x are prepared first; W is float or int32.
template <typename W, typename T>
void blended_rows(const ResizeBilinear& r, const ResizeTap* columns, int32_t first, int32_t last,
                  std::byte* scratch) {
  W* v = reinterpret_cast<W*>(scratch);
  W* out = v + 2 * (r.row_in() + kResizeSlack);
  for (int32_t i = 0; i < kResizeSlack; ++i) v[r.row_in() + i] = 0;
  for (int32_t row = first; row < last; ++row) {
    const ResizeTap tap = r.h.tap(row % r.h.out);
    const T* image = reinterpret_cast<const T*>(r.x) + int64_t{row} / r.h.out * r.h.in * r.row_in();
    T* y = reinterpret_cast<T*>(r.y) + row * r.row_out();
    W top, bottom;
    weights(tap, &top, &bottom);
    blend<W>(r, image + tap.low * r.row_in(), image + tap.high * r.row_in(), top, bottom, v);
    if constexpr (sizeof(T) == sizeof(W)) {
      over<W>(r, columns, OneRow<W>{v, y});
    } else {
      over<W>(r, columns, OneRow<W>{v, out});
      store(r, out, r.row_out(), y);
    }
  }
}

void rows_u8(const ResizeBilinear& r, const ResizeTap* columns, int32_t first, int32_t last,
             std::byte* scratch) {
  const int64_t n = r.row_in();
  float* rows[2] = {reinterpret_cast<float*>(scratch), nullptr};
  rows[1] = rows[0] + n + kResizeSlack;
  float* out = rows[1] + n + kResizeSlack;
  for (int32_t i = 0; i < kResizeSlack; ++i) rows[0][n + i] = rows[1][n + i] = 0;
  int64_t held[2] = {-1, -1};  // which rows of x they are
  const auto* x = reinterpret_cast<const uint8_t*>(r.x);
  const uint8_t mask = r.x_mask;
  const auto hold = [&](int64_t row, int64_t keep) {
    for (int32_t i = 0; i < 2; ++i) {
      if (held[i] == row) return i;
    }
    const int32_t i = held[0] == keep ? 1 : 0;
    held[i] = row;
    const uint8_t* __restrict from = x + row * n;
    float* __restrict to = rows[i];
    for (int64_t j = 0; j < n; ++j) to[j] = static_cast<uint8_t>(from[j] ^ mask);
    return i;
  };
  for (int32_t row = first; row < last; ++row) {
    const ResizeTap tap = r.h.tap(row % r.h.out);
    const int64_t image = int64_t{row} / r.h.out * r.h.in;
    const int32_t top = hold(image + tap.low, image + tap.high);
    const int32_t bottom = hold(image + tap.high, image + tap.low);
    TwoRows each{rows[top], rows[bottom], 0, 0, out};
    weights(tap, &each.top_weight, &each.bottom_weight);
    over<float>(r, columns, each);
    store(r, out, r.row_out(), reinterpret_cast<uint8_t*>(r.y) + row * r.row_out());
  }
}

inline void store_one(const ResizeBilinear&, float v, float* y) { *y = v; }
inline void store_one(const ResizeBilinear& r, float v, uint8_t* y) { store(r, &v, 1, y); }
inline void store_one(const ResizeBilinear& r, int32_t v, uint8_t* y) { store(r, &v, 1, y); }
inline void store_one(const ResizeBilinear&, int64_t v, int16_t* y) {
  *y = static_cast<int16_t>(halves_away(v));
}

// Rows that look at no more of x than they need: much smaller ones, and int16.
template <typename W, typename T>
void corner_rows(const ResizeBilinear& r, const ResizeTap* columns, int32_t first, int32_t last) {
  using Weight = std::conditional_t<std::is_same_v<W, float>, float, int32_t>;
  const int32_t c = r.c;
  for (int32_t row = first; row < last; ++row) {
    const ResizeTap tap = r.h.tap(row % r.h.out);
    const T* image = reinterpret_cast<const T*>(r.x) + int64_t{row} / r.h.out * r.h.in * r.row_in();
    const T *top = image + tap.low * r.row_in(), *bottom = image + tap.high * r.row_in();
    T* y = reinterpret_cast<T*>(r.y) + row * r.row_out();
    Weight wt, wb;
    weights(tap, &wt, &wb);
    for (int32_t ow = 0; ow < r.w.out; ++ow, y += c) {
      Weight wl, wh;
      weights(columns[ow], &wl, &wh);
      const W s0 = W{wt} * wl, s1 = W{wt} * wh, s2 = W{wb} * wl, s3 = W{wb} * wh;
      const int32_t low = columns[ow].low, high = columns[ow].high;
      for (int32_t i = 0; i < c; ++i) {
        const auto a = static_cast<W>(number(r, top[low + i]));
        const auto b = static_cast<W>(number(r, top[high + i]));
        const auto d = static_cast<W>(number(r, bottom[low + i]));
        const auto e = static_cast<W>(number(r, bottom[high + i]));
        store_one(r, a * s0 + b * s1 + d * s2 + e * s3, y + i);
      }
    }
  }
}

void rows(const ResizeBilinear& r, const ResizeTap* columns, int32_t first, int32_t last,
          std::byte* scratch) {
  switch (r.type) {
    case Type::kF32:
      if (r.wide) return blended_rows<float, float>(r, columns, first, last, scratch);
      return corner_rows<float, float>(r, columns, first, last);
    case Type::kU8:
      if (r.wide) return rows_u8(r, columns, first, last, scratch);
      return corner_rows<float, uint8_t>(r, columns, first, last);
    case Type::kI8:
      if (r.wide) return blended_rows<int32_t, uint8_t>(r, columns, first, last, scratch);
      return corner_rows<int32_t, uint8_t>(r, columns, first, last);
    default:
      return corner_rows<int64_t, int16_t>(r, columns, first, last);
  }
}
