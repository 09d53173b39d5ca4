// SPDX-License-Identifier: Apache-2.0
#ifndef OCTET_KERNELS_DWCONV_I8_THREE_ROWS_H_
#define OCTET_KERNELS_DWCONV_I8_THREE_ROWS_H_

#include "kernels/dwconv_i8/strip.h"

namespace octet {
namespace {

// So likely that what follows the other case, the end of a function too, is not laid out inside the
// loop.
OCTET_INLINE bool likely(bool condition) {
  return __builtin_expect_with_probability(condition, 1, 0.999);
}

// The compiler makes no copy of a loop for three pointers that it knows to be one.
template <class T>
OCTET_INLINE T* unknown(T* pointer) {
  asm volatile("" : "+r"(pointer));
  return pointer;
}

// The image rows of a row of 3x3 windows, taken column by column; those outside the image are of
// x_zero.
struct ThreeRows {
  const uint8_t* pad;
  const uint8_t* at[3];  // the column to take next
  int64_t step[3];
  int32_t inside;  // columns of the image left to take

  explicit OCTET_INLINE ThreeRows(const uint8_t* p) : pad(p) {}

  // From the first column of the image on, or from column -left where that is inside. The rows are
  // in the order begin, begin + 1, begin + 2 modulo 3.
  OCTET_INLINE void start(const DwconvI8RowsCall& call, int32_t oh, int32_t first, int32_t begin) {
    const int32_t skipped = call.left < 0 ? -call.left : 0;
#pragma GCC unroll 3
    for (int r = 0; r < 3; ++r) {
      const int32_t ih = call.top + oh * call.stride_h + (begin + r) % 3 * call.dilation_h;
      const bool there = ih >= 0 && ih < call.rows;
      at[r] = there ? call.x + ih * call.x_row + skipped * call.x_step + first : pad;
      step[r] = there ? call.x_step : 0;
    }
    inside = call.columns - skipped;
    if (inside <= 0) leave();
  }
  OCTET_INLINE void leave() {
#pragma GCC unroll 3
    for (int r = 0; r < 3; ++r) {
      at[r] = pad;
      step[r] = 0;
      if (kDwconvI8Arm) at[r] = unknown(at[r]);
    }
  }
  OCTET_INLINE void next() {
#pragma GCC unroll 3
    for (int r = 0; r < 3; ++r) at[r] += step[r];
    if (kDwconvI8Arm ? !likely(--inside != 0) : __builtin_expect(--inside == 0, 0)) leave();
  }
};

}  // namespace
}  // namespace octet

#endif  // OCTET_KERNELS_DWCONV_I8_THREE_ROWS_H_
