// SPDX-License-Identifier: Apache-2.0
#include "kernels/dwconv_i8/dwconv_i8.h"

namespace octet {

DwconvI8Taps select_dwconv_i8_taps(Isa isa, const DwconvI8Weights& weights) {
  if (weights.vector_exact == 0) return dwconv_i8__scalar;
#define OCTET_KERNEL(need, reads_words, function) \
  if (isa_covers(isa, need) && weights.words == reads_words) return function;
#define OCTET_KERNEL_ROWS(need, function)
#include "kernels/dwconv_i8/kernels.inc"
#undef OCTET_KERNEL
#undef OCTET_KERNEL_ROWS
  return dwconv_i8__scalar;
}

DwconvI8Rows select_dwconv_i8_rows(Isa isa, const DwconvI8Weights& weights, int32_t stride_w,
                                   int32_t dilation_w) {
  const int64_t reach = 3 * int64_t{stride_w} + (weights.shape.kw - 1) * int64_t{dilation_w} + 1;
  if (weights.vector_exact == 0 || weights.quads == 0 || reach * weights.quads > kDwconvI8Quads) {
    return nullptr;
  }
  static_cast<void>(isa);  // a machine without a kernel for rows
#define OCTET_KERNEL(need, words, function)
#define OCTET_KERNEL_ROWS(need, function) \
  if (isa_covers(isa, need)) return function;
#include "kernels/dwconv_i8/kernels.inc"
#undef OCTET_KERNEL
#undef OCTET_KERNEL_ROWS
  return nullptr;
}

}  // namespace octet
