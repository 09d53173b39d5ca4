// SPDX-License-Identifier: Apache-2.0
#ifndef OCTET_KERNELS_COPY_STRIDED_ROWS_H_
#define OCTET_KERNELS_COPY_STRIDED_ROWS_H_

#include <cstdint>

namespace octet {

// Units of bytes that lie together, moved as rows x n: unit (r, c) goes from x + r * x_row + c *
// x_step to y + r * y_row + c * y_step. All in bytes.
struct Block {
  int64_t unit;
  int64_t n, x_step, y_step;
  int64_t rows, x_row, y_row;
  uint8_t mask;          // xored into every byte
  const uint8_t* table;  // NULL, or what becomes of every byte xor x_flip; y_flip is xored into it
  uint8_t x_flip, y_flip;
};

// Rows that a transposition does at a time.
constexpr int64_t kTile = 32;

void run_block(const Block& block, const uint8_t* x, uint8_t* y);

}  // namespace octet

#endif  // OCTET_KERNELS_COPY_STRIDED_ROWS_H_
