// SPDX-License-Identifier: Apache-2.0
//
// The loops in vectors of up to kMostBytes. Included by one file for each instruction set, inside
// an unnamed namespace. A vector may reach behind its pixel: what it reads there is x's or slack,
// what it writes there the next pixel of the row overwrites.

constexpr float lowest_of(float) { return -__builtin_inff(); }
constexpr uint8_t lowest_of(uint8_t) { return 0; }
constexpr int16_t lowest_of(int16_t) { return INT16_MIN; }

template <typename T, int kBytes>
struct Lanes {
  typedef T Vector __attribute__((vector_size(kBytes)));
  static constexpr int32_t kCount = kBytes / static_cast<int>(sizeof(T));
};

// Columns first .. last - 1 of y. Windows of kRows by kTaps, all inside; 0: of as many as there
// are.
template <typename T, int kBytes, int kRows, int kTaps>
void run_columns(const MaxPoolRow<T>& r, int32_t first, int32_t last) {
  using Vector = typename Lanes<T, kBytes>::Vector;
  constexpr int32_t kCount = Lanes<T, kBytes>::kCount;
  const Vector low = Vector{} + r.low, high = Vector{} + r.high;
  const Vector lowest = Vector{} + lowest_of(T{});
  const int64_t c = r.c, row_elements = r.out * c;
  const int32_t rows = kRows > 0 ? kRows : r.rows;
  for (int32_t ow = first; ow < last; ++ow) {
    const int32_t origin = ow * r.stride - r.pad;
    const int32_t begin = kTaps > 0 || origin >= 0 ? 0 : -origin;
    const int32_t room = r.in - origin;
    const int32_t end = kTaps > 0 ? kTaps : room < r.taps ? room : r.taps;
    const T* pixel = r.x + (origin + begin) * c;
    for (int64_t i = 0; i < c; i += kCount) {
      Vector most = lowest;
#pragma GCC unroll 3
      for (int32_t kh = 0; kh < rows; ++kh) {
        const T* at = pixel + kh * r.row_stride + i;
#pragma GCC unroll 3
        for (int32_t kw = begin; kw < end; ++kw, at += c) {
          Vector v;
          __builtin_memcpy(&v, at, sizeof(v));
          if constexpr (sizeof(T) == 1) v ^= r.x_mask;
          most = v > most ? v : most;  // passes NaN over
        }
      }
      most = most < low ? low : most;
      most = most > high ? high : most;
      if constexpr (sizeof(T) == 1) most ^= r.y_mask;
      const int64_t from = ow * c + i, left = row_elements - from;
      if (left >= kCount) {
        __builtin_memcpy(r.y + from, &most, sizeof(most));
      } else {
        __builtin_memcpy(r.y + from, &most, left * sizeof(T));
      }
    }
  }
}

template <typename T, int kBytes>
void run_vectors(const MaxPoolRow<T>& r) {
  // columns whose windows lie inside
  int32_t first = (r.pad + r.stride - 1) / r.stride;
  if (first > r.out) first = r.out;
  const int32_t room = r.in + r.pad - r.taps;
  int32_t last = room < 0 ? 0 : room / r.stride + 1;
  if (last > r.out) last = r.out;
  if (last < first) last = first;
  run_columns<T, kBytes, 0, 0>(r, 0, first);
  if (r.rows == 2 && r.taps == 2) {
    run_columns<T, kBytes, 2, 2>(r, first, last);
  } else if (r.rows == 3 && r.taps == 3) {
    run_columns<T, kBytes, 3, 3>(r, first, last);
  } else {
    run_columns<T, kBytes, 0, 0>(r, first, last);
  }
  run_columns<T, kBytes, 0, 0>(r, last, r.out);
}

template <typename T>
void run_row(const MaxPoolRow<T>& r) {
  if (kMostBytes > 16 && r.c * static_cast<int64_t>(sizeof(T)) > 16) {
    run_vectors<T, kMostBytes>(r);
  } else {
    run_vectors<T, 16>(r);
  }
}
