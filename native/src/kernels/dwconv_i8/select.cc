// SPDX-License-Identifier: Apache-2.0
#include "kernels/dwconv_i8/dwconv_i8.h"

namespace octet {

DwconvI8Taps select_dwconv_i8_taps(Isa isa, const DwconvI8Weights& weights) {
  if (weights.vector_exact == 0) return dwconv_i8__scalar;
#define OCTET_KERNEL(need, reads_words, function) \
  if (isa_covers(isa, need) && weights.words == reads_words) return function;
#define OCTET_KERNEL_ROWS(need, group, function)
#include "kernels/dwconv_i8/kernels.inc"
#undef OCTET_KERNEL
#undef OCTET_KERNEL_ROWS
  return dwconv_i8__scalar;
}

DwconvI8Rows select_dwconv_i8_rows(Isa isa, const DwconvI8Weights& weights, int32_t stride_w,
                                   int32_t dilation_w, int32_t left) {
  const int64_t reach = 3 * int64_t{stride_w} + (weights.shape.kw - 1) * int64_t{dilation_w} + 1;
  const bool columns = weights.quads != 0 && reach * weights.quads <= kDwconvI8Quads;
  const bool three = weights.shape.kh == 3 && weights.shape.kw == 3;
  const bool near = weights.group == 1 && three && stride_w <= 2 && dilation_w == 1 && left <= 1;
  if (weights.vector_exact == 0 || !(columns || near)) return nullptr;
  static_cast<void>(isa);  // a machine without a kernel for rows
#define OCTET_KERNEL(need, words, function)
#define OCTET_KERNEL_ROWS(need, of_group, function) \
  if (isa_covers(isa, need) && weights.group == of_group) return function;
#include "kernels/dwconv_i8/kernels.inc"
#undef OCTET_KERNEL
#undef OCTET_KERNEL_ROWS
  return nullptr;
}

}  // namespace octet
