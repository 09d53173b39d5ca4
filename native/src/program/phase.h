// SPDX-License-Identifier: Apache-2.0
#ifndef OCTET_PROGRAM_PHASE_H_
#define OCTET_PROGRAM_PHASE_H_

#include "program/kernel.h"

namespace octet {

// Every step_h-th row and step_w-th column of a [n,h,w,c] value, from row first_h and column
// first_w on: what one of the step_h * step_w convolutions that make up a transposed one writes.
struct Phase {
  int32_t step_h, step_w, first_h, first_w;

  bool whole() const { return step_h == 1 && step_w == 1 && first_h == 0 && first_w == 0; }

  // Makes `value` that part of itself. Sizes, strides and data stay those of a tensor; it is dense
  // no more, and has no border.
  bool apply(Prepare& prepare, Value* value) const {
    if (whole()) return true;
    if (!prepare.check(step_h >= 1 && step_w >= 1 && first_h >= 0 && first_w >= 0,
                       "phase out of range") ||
        !prepare.check(value->rank == 4 && value->dense, "y with phases is not dense of rank 4")) {
      return false;
    }
    const int32_t first[2] = {first_h, first_w}, step[2] = {step_h, step_w};
    int64_t offset = 0;
    for (int32_t i = 0; i < 2; ++i) {
      int32_t& dim = value->dims[1 + i];
      if (first[i] < dim) offset += first[i] * value->strides[1 + i];
      dim = first[i] >= dim ? 0 : (dim - first[i] - 1) / step[i] + 1;
      value->strides[1 + i] *= step[i];
    }
    value->data += offset * type_bytes(value->type);
    value->elements = int64_t{value->dims[0]} * value->dims[1] * value->dims[2] * value->dims[3];
    value->dense = false;
    return true;
  }
};

}  // namespace octet

#endif  // OCTET_PROGRAM_PHASE_H_
