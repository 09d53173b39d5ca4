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

template <typename Unit>
void rows_of(const Block& b, const uint8_t* x, uint8_t* y) {
  for (int64_t r = 0; r < b.rows; ++r) {
    const uint8_t* from = x + r * b.x_row;
    uint8_t* to = y + r * b.y_row;
    for (int64_t c = 0; c < b.n; ++c) {
      Unit::move(from, to, b.unit);
      from += b.x_step;
      to += b.y_step;
    }
  }
}

// One unit again and again, to places that lie together: doubles what is there.
void splat(const Block& b, const uint8_t* x, uint8_t* y) {
  for (int64_t r = 0; r < b.rows; ++r) {
    const uint8_t* from = x + r * b.x_row;
    uint8_t* to = y + r * b.y_row;
    if (b.unit == 1) {
      std::memset(to, *from, b.n);
      continue;
    }
    const int64_t bytes = b.n * b.unit;
    std::memcpy(to, from, b.unit);
    for (int64_t done = b.unit; done < bytes;) {
      // 4 KiB stay in the nearest cache
      int64_t more = done < 4096   ? done
                     : done < 8192 ? done / 2 / b.unit * b.unit
                                   : 4096 / b.unit * b.unit;
      if (more == 0) more = b.unit;
      more = more < bytes - done ? more : bytes - done;
      std::memcpy(to + done, to, more);
      done += more;
    }
  }
}

void translated(const Block& b, const uint8_t* x, uint8_t* y) {
  const uint8_t* __restrict__ table = b.table;
  const uint8_t mask = b.mask;
  for (int64_t r = 0; r < b.rows; ++r) {
    const uint8_t* from = x + r * b.x_row;
    uint8_t* to = y + r * b.y_row;
    if (table != nullptr) {
      for (int64_t c = 0; c < b.n; ++c) to[c * b.y_step] = table[from[c * b.x_step]];
    } else if (b.x_step == 1 && b.y_step == 1) {
      for (int64_t c = 0; c < b.n; ++c) to[c] = from[c] ^ mask;
    } else {
      for (int64_t c = 0; c < b.n; ++c) to[c * b.y_step] = from[c * b.x_step] ^ mask;
    }
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
  if (b.table != nullptr || b.mask != 0) {
    translated(b, x, y);
  } else if (b.x_step == b.unit && b.y_step == b.unit) {
    const int64_t row = b.n * b.unit;
    for (int64_t r = 0; r < b.rows; ++r) std::memcpy(y + r * b.y_row, x + r * b.x_row, row);
  } else if (b.x_step == 0 && b.y_step == b.unit) {
    splat(b, x, y);
  } else if (b.x_row == b.unit && b.y_step == b.unit && b.rows > 1) {
    if (!transpose(b, x, y)) units(b, x, y);
  } else {
    units(b, x, y);
  }
}

}  // namespace octet
