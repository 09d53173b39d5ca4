// SPDX-License-Identifier: Apache-2.0
#ifndef OCTET_KERNELS_COPY_STRIDED_TRANSPOSE_H_
#define OCTET_KERNELS_COPY_STRIDED_TRANSPOSE_H_

#include "kernels/copy_strided/rows.h"

namespace octet {

// A block with x_row == y_step == unit: x's rows are y's columns. False (and nothing moved) where
// it would have no square of 16 bytes a side to turn: for other units than 1, 2, 4, 8, and for
// blocks that are narrower.
bool transpose(const Block& block, const uint8_t* x, uint8_t* y);

}  // namespace octet

#endif  // OCTET_KERNELS_COPY_STRIDED_TRANSPOSE_H_
