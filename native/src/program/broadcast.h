// SPDX-License-Identifier: Apache-2.0
#ifndef OCTET_PROGRAM_BROADCAST_H_
#define OCTET_PROGRAM_BROADCAST_H_

#include "program/kernel.h"

namespace octet {

// How two values are walked together under the broadcasting rule (dimensions aligned at the last;
// equal, or 1 in one of them), with as few loops as the layouts allow. y is dense.
struct Broadcast {
  int32_t rank;            // loops outside the innermost
  int32_t dims[kMaxRank];  // of those loops, outermost first
  int64_t a_strides[kMaxRank], b_strides[kMaxRank];
  int64_t rows;  // product of dims
  int64_t row;   // length of the innermost loop
  int64_t a_step, b_step;

  // False (with the error written) when shapes do not go together or y is not their shape.
  bool prepare(Prepare& prepare, const Value& a, const Value& b, const Value& y);
  // Element offsets of a row.
  void offsets(int64_t number, int64_t* a, int64_t* b) const;
};

}  // namespace octet

#endif  // OCTET_PROGRAM_BROADCAST_H_
