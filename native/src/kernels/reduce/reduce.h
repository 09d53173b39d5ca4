// SPDX-License-Identifier: Apache-2.0
#ifndef OCTET_KERNELS_REDUCE_REDUCE_H_
#define OCTET_KERNELS_REDUCE_REDUCE_H_

#include <cstddef>
#include <cstdint>

#include "base/fixed_point.h"
#include "program/kernel.h"

namespace octet {

enum class Reduction : int32_t { kSum, kMean, kProduct, kLargest, kSmallest, kAny, kAll };
enum class ReduceForm : int32_t { kPlain, kFixed, kFloat };

struct Reduce {
  const std::byte* x;
  std::byte* y;
  Type type;
  Reduction reduction;
  ReduceForm form;
  // x as groups of axes that are alternately reduced (y_stride 0) and kept; none has length 1
  int32_t rank;
  int32_t dims[kMaxRank];
  int64_t x_strides[kMaxRank], y_strides[kMaxRank];
  int32_t split;        // the first kept group, along which tasks divide the work, or -1
  int64_t y_per_split;  // elements of y for one index of it
  int64_t count;        // elements of x for one of y
  bool empty;           // x has no elements
  uint8_t x_mask;       // 8 bits: a byte xor this is the number plus x_offset
  uint8_t y_mask;
  int32_t x_offset, y_offset;
  int32_t multiplier, shift, offset, y_zero;
  float scale, bias;

  // Bytes of an intermediate value that y cannot hold, or 0.
  int32_t sum_bytes() const {
    const bool adds = reduction == Reduction::kSum || reduction == Reduction::kMean;
    if (form != ReduceForm::kPlain) return 4;
    return adds && type == Type::kI32 && reduction == Reduction::kMean ? 8 : 0;
  }
};

struct ReduceIsa {
  Isa isa;
  // Computes the elements of y for indices first .. last - 1 of the split group, all of y when
  // there is none; `sums` has sum_bytes() for each element of y.
  void (*run)(const Reduce& reduce, int32_t first, int32_t last, std::byte* sums);
};

#define OCTET_REDUCE(name) extern const ReduceIsa name;
#include "kernels/reduce/kernels.inc"
#undef OCTET_REDUCE

}  // namespace octet

#endif  // OCTET_KERNELS_REDUCE_REDUCE_H_
