// SPDX-License-Identifier: Apache-2.0
#ifndef OCTET_PROGRAM_BROADCAST_H_
#define OCTET_PROGRAM_BROADCAST_H_

#include <initializer_list>

#include "program/kernel.h"

namespace octet {

// How up to three values are walked together under the broadcasting rule (dimensions aligned at the
// last; each 1 or that of y), with as few loops as the layouts allow. y is dense.
struct Broadcast {
  static constexpr int32_t kInputs = 3;

  int32_t inputs;
  int32_t rank;            // loops outside the innermost
  int32_t dims[kMaxRank];  // of those loops, outermost first
  int64_t strides[kInputs][kMaxRank];
  int64_t rows;           // product of dims
  int64_t row;            // length of the innermost loop
  int64_t step[kInputs];  // between the elements of a row: 0 where one is repeated, else mostly 1

  // Work cut for parallel_for: some rows each, or a part of one.
  int32_t tasks;  // 0 when y is empty
  int32_t parts;  // of a row
  int64_t row_part, rows_per_task;

  // False (with the error written) when shapes do not go together or y is not their shape.
  bool prepare(Prepare& prepare, std::initializer_list<const Value*> values, const Value& y);

  // Calls body(offsets, y, n) for each piece of a row in a task: the elements at which the inputs
  // and y start, and how many follow.
  template <typename Body>
  void run_task(int32_t task, const Body& body) const;

 private:
  void cut(int64_t elements);
  // Position of a row in the outer loops, and what it adds to the inputs' offsets.
  void seek(int64_t number, int32_t* at, int64_t* offsets) const;
};

template <typename Body>
void Broadcast::run_task(int32_t task, const Body& body) const {
  const int64_t part = task % parts * row_part;
  const int64_t n = row - part < row_part ? row - part : row_part;
  const int64_t first = task / parts * rows_per_task;
  const int64_t last = first + rows_per_task < rows ? first + rows_per_task : rows;
  int32_t at[kMaxRank];
  int64_t offsets[kInputs] = {};
  seek(first, at, offsets);
  for (int32_t k = 0; k < inputs; ++k) offsets[k] += part * step[k];
  for (int64_t number = first; number < last; ++number) {
    body(offsets, number * row + part, n);
    for (int32_t i = rank - 1; i >= 0; --i) {
      for (int32_t k = 0; k < inputs; ++k) offsets[k] += strides[k][i];
      if (++at[i] < dims[i]) break;
      for (int32_t k = 0; k < inputs; ++k) offsets[k] -= strides[k][i] * dims[i];
      at[i] = 0;
    }
  }
}

}  // namespace octet

#endif  // OCTET_PROGRAM_BROADCAST_H_
