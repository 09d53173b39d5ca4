// SPDX-License-Identifier: Apache-2.0
#include "kernels/copy_strided/transpose.h"

#include <cstring>
#include <utility>

namespace octet {
namespace {

template <typename T>
T load(const uint8_t* p) {
  T value;
  std::memcpy(&value, p, sizeof(T));
  return value;
}

// kSide x kSide elements in registers: columns of x are loaded, and each round pairs element i of
// vector k with that of vector k + kSide / 2, which after log2(kSide) rounds is the transposition.
template <typename T, int kSide>
struct Square {
  typedef T V __attribute__((vector_size(kSide * sizeof(T))));
  using Sequence = std::make_integer_sequence<int, kSide>;

  // Elements of a and b in turns, from element kFrom on.
  template <int kFrom, int... kAt>
  static inline V turns(V a, V b, std::integer_sequence<int, kAt...>) {
    return __builtin_shufflevector(a, b, (kFrom + kAt / 2 + kAt % 2 * kSide)...);
  }

  static inline __attribute__((always_inline)) void move(const uint8_t* x, int64_t x_step,
                                                         uint8_t* y, int64_t y_row) {
    V v[kSide], w[kSide];
    for (int i = 0; i < kSide; ++i) std::memcpy(&v[i], x + i * x_step, sizeof(V));
    for (int round = kSide; round > 1; round /= 2) {
      for (int i = 0; i < kSide / 2; ++i) {
        w[2 * i] = turns<0>(v[i], v[i + kSide / 2], Sequence());
        w[2 * i + 1] = turns<kSide / 2>(v[i], v[i + kSide / 2], Sequence());
      }
      for (int i = 0; i < kSide; ++i) v[i] = w[i];
    }
    for (int i = 0; i < kSide; ++i) std::memcpy(y + i * y_row, &v[i], sizeof(V));
  }
};

template <typename T>
inline void edge(const Block& b, const uint8_t* x, uint8_t* y, int64_t rows, int64_t n) {
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t c = 0; c < n; ++c) {
      const T value = load<T>(x + c * b.x_step + r * sizeof(T));
      std::memcpy(y + r * b.y_row + c * sizeof(T), &value, sizeof(T));
    }
  }
}

// Tiles of kTile rows, so that a line of x is used up while it is near.
template <typename T, int kSide>
void tiles(const Block& b, const uint8_t* x, uint8_t* y) {
  constexpr int64_t kBytes = sizeof(T);
  for (int64_t r0 = 0; r0 < b.rows; r0 += kTile) {
    const int64_t r1 = r0 + kTile < b.rows ? r0 + kTile : b.rows;
    int64_t c = 0;
    for (; c + kSide <= b.n; c += kSide) {
      const uint8_t* from = x + c * b.x_step;
      uint8_t* to = y + c * kBytes;
      int64_t r = r0;
      for (; r + kSide <= r1; r += kSide) {
        Square<T, kSide>::move(from + r * kBytes, b.x_step, to + r * b.y_row, b.y_row);
      }
      edge<T>(b, from + r * kBytes, to + r * b.y_row, r1 - r, kSide);
    }
    edge<T>(b, x + c * b.x_step + r0 * kBytes, y + r0 * b.y_row + c * kBytes, r1 - r0, b.n - c);
  }
}

}  // namespace

bool transpose(const Block& b, const uint8_t* x, uint8_t* y) {
  const int64_t side = b.unit > 8 ? 0 : 16 / b.unit;
  if (b.rows < side || b.n < side) return false;
  switch (b.unit) {
    case 1:
      tiles<uint8_t, 16>(b, x, y);
      return true;
    case 2:
      tiles<uint16_t, 8>(b, x, y);
      return true;
    case 4:
      tiles<uint32_t, 4>(b, x, y);
      return true;
    case 8:
      tiles<uint64_t, 2>(b, x, y);
      return true;
    default:
      return false;
  }
}

}  // namespace octet
