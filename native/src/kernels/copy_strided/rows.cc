// SPDX-License-Identifier: Apache-2.0
#include "kernels/copy_strided/rows.h"

#include <cstring>

#include "kernels/copy_strided/transpose.h"

namespace octet {
namespace {

// A unit of a size that is known: one or two moves.
template <int64_t kBytes>
struct Fixed {
  static inline void move(const uint8_t* x, uint8_t* y, int64_t) { std::memcpy(y, x, kBytes); }
};

// kBytes to 2 * kBytes: two moves that may overlap.
template <int64_t kBytes>
struct Twice {
  static inline void move(const uint8_t* x, uint8_t* y, int64_t unit) {
    uint8_t head[kBytes], tail[kBytes];
    std::memcpy(head, x, kBytes);
    std::memcpy(tail, x + unit - kBytes, kBytes);
    std::memcpy(y, head, kBytes);
    std::memcpy(y + unit - kBytes, tail, kBytes);
  }
};

// The longer side is walked inside, so far at a time that what it touches of x stays near.
constexpr int64_t kNear = 1 << 14;

int64_t near(int64_t step, int64_t least) {
  const int64_t bytes = step < 0 ? -step : step;
  const int64_t count = bytes == 0 ? kNear : kNear / bytes;
  return count < least ? least : count;
}

template <typename Unit>
inline void line(const uint8_t* x, int64_t x_step, uint8_t* y, int64_t y_step, int64_t n,
                 int64_t unit) {
  for (int64_t i = 0; i < n; ++i) {
    Unit::move(x, y, unit);
    x += x_step;
    y += y_step;
  }
}

// Rows of so few units that a loop over them would cost as much as they do.
template <typename Unit, int kColumns>
void narrow(const Block& b, const uint8_t* x, uint8_t* y) {
  for (int64_t r = 0; r < b.rows; ++r) {
    for (int c = 0; c < kColumns; ++c) Unit::move(x + c * b.x_step, y + c * b.y_step, b.unit);
    x += b.x_row;
    y += b.y_row;
  }
}

template <typename Unit>
void rows_of(const Block& b, const uint8_t* x, uint8_t* y) {
  // where x's columns lie apart, each is read along
  const bool close = b.x_step >= -64 && b.x_step <= 64;
  if (close && b.n == 2) return narrow<Unit, 2>(b, x, y);
  if (close && b.n == 3) return narrow<Unit, 3>(b, x, y);
  if (close && b.n == 4) return narrow<Unit, 4>(b, x, y);
  if (b.n < 16 && b.rows > b.n) {
    const int64_t tile = near(b.x_row, 64);
    for (int64_t r = 0; r < b.rows; r += tile) {
      const int64_t count = b.rows - r < tile ? b.rows - r : tile;
      for (int64_t c = 0; c < b.n; ++c) {
        line<Unit>(x + r * b.x_row + c * b.x_step, b.x_row, y + r * b.y_row + c * b.y_step, b.y_row,
                   count, b.unit);
      }
    }
    return;
  }
  const int64_t tile = b.rows < 16 ? near(b.x_step, 64) : b.n;
  for (int64_t c = 0; c < b.n; c += tile) {
    const int64_t count = b.n - c < tile ? b.n - c : tile;
    for (int64_t r = 0; r < b.rows; ++r) {
      line<Unit>(x + r * b.x_row + c * b.x_step, b.x_step, y + r * b.y_row + c * b.y_step, b.y_step,
                 count, b.unit);
    }
  }
}

template <typename T>
void repeat(const uint8_t* x, uint8_t* y, int64_t n) {
  T value;
  std::memcpy(&value, x, sizeof(T));
  for (int64_t i = 0; i < n; ++i) std::memcpy(y + i * sizeof(T), &value, sizeof(T));
}

// One unit again and again, to places that lie together.
void splat(const Block& b, const uint8_t* x, uint8_t* y) {
  for (int64_t r = 0; r < b.rows; ++r) {
    const uint8_t* from = x + r * b.x_row;
    uint8_t* to = y + r * b.y_row;
    switch (b.unit) {
      case 1:
        std::memset(to, *from, b.n);
        break;
      case 2:
        repeat<uint16_t>(from, to, b.n);
        break;
      case 4:
        repeat<uint32_t>(from, to, b.n);
        break;
      case 8:
        repeat<uint64_t>(from, to, b.n);
        break;
      default:
        std::memcpy(to, from, b.unit);
        // what is there, doubled, up to 4 KiB that stay in the nearest cache
        for (int64_t done = 1; done < b.n;) {
          const int64_t most = done * b.unit < 4096 ? done : 4096 / b.unit;
          const int64_t more = most < b.n - done ? most : b.n - done;
          std::memcpy(to + done * b.unit, to, more * b.unit);
          done += more;
        }
    }
  }
}

// What becomes of bytes that have been moved, while they are near.
void change(const Block& b, uint8_t* y, int64_t n) {
  if (b.table != nullptr) {
    for (int64_t i = 0; i < n; ++i) y[i] = b.table[y[i] ^ b.x_flip] ^ b.y_flip;
  } else {
    for (int64_t i = 0; i < n; ++i) y[i] ^= b.mask;
  }
}

void change(const Block& b, uint8_t* y) {
  for (int64_t r = 0; r < b.rows; ++r) {
    uint8_t* row = y + r * b.y_row;
    if (b.y_step == b.unit) {
      change(b, row, b.n * b.unit);
      continue;
    }
    for (int64_t c = 0; c < b.n; ++c) change(b, row + c * b.y_step, b.unit);
  }
}

void units(const Block& b, const uint8_t* x, uint8_t* y) {
  switch (b.unit) {
    case 1:
      return rows_of<Fixed<1>>(b, x, y);
    case 2:
      return rows_of<Fixed<2>>(b, x, y);
    case 4:
      return rows_of<Fixed<4>>(b, x, y);
    case 8:
      return rows_of<Fixed<8>>(b, x, y);
    case 16:
      return rows_of<Fixed<16>>(b, x, y);
    case 32:
      return rows_of<Fixed<32>>(b, x, y);
    case 64:
      return rows_of<Fixed<64>>(b, x, y);
    case 3:
      return rows_of<Twice<2>>(b, x, y);
    default:
      if (b.unit < 8) return rows_of<Twice<4>>(b, x, y);
      if (b.unit < 16) return rows_of<Twice<8>>(b, x, y);
      if (b.unit < 32) return rows_of<Twice<16>>(b, x, y);
      return rows_of<Twice<32>>(b, x, y);
  }
}

}  // namespace

void run_block(const Block& b, const uint8_t* x, uint8_t* y) {
  if (b.x_step == b.unit && b.y_step == b.unit) {
    const int64_t row = b.n * b.unit;
    for (int64_t r = 0; r < b.rows; ++r) std::memcpy(y + r * b.y_row, x + r * b.x_row, row);
  } else if (b.x_step == 0 && b.y_step == b.unit && b.n >= 8) {
    splat(b, x, y);
  } else if (!(b.x_row == b.unit && b.y_step == b.unit && transpose(b, x, y))) {
    units(b, x, y);
  }
  if (b.table != nullptr || b.mask != 0) change(b, y);
}

}  // namespace octet
