// SPDX-License-Identifier: Apache-2.0
#ifndef OCTET_KERNELS_CONV_I16_TILE_H_
#define OCTET_KERNELS_CONV_I16_TILE_H_

#include "base/fixed_point.h"
#include "kernels/conv_i16/conv_i16.h"

namespace octet {
namespace {

// Rows of x against one block of channels; the names are those of I16Call and I16Weights.
struct Tile {
  const int16_t* x;
  int64_t x_stride;
  const int64_t* segment_offset;
  int32_t segments, pairs;
  const int16_t* w;
};

// The sums of every row and channel, without bias: sums is [kRows][kI16Lanes].
template <int kRows>
void tile(const Tile& t, int32_t* sums);

}  // namespace
}  // namespace octet

#endif  // OCTET_KERNELS_CONV_I16_TILE_H_
