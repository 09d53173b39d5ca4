// SPDX-License-Identifier: Apache-2.0
//
// The folder to copy for a new kernel; replace all of it but the shape.
//
// y[i] = min(x[i] + addend, 255)    0 <= i < n
// x, y: u8, any alignment; y may be x, but must not overlap it otherwise. 0 <= addend <= 255.
// Nothing is read or written behind n elements.
#ifndef OCTET_KERNELS_TEMPLATE_TEMPLATE_H_
#define OCTET_KERNELS_TEMPLATE_TEMPLATE_H_

#include "base/isa.h"

namespace octet {

using AddScalar = void (*)(const uint8_t* x, int32_t addend, int64_t n, uint8_t* y);

#define OCTET_KERNEL(isa, function) \
  void function(const uint8_t* x, int32_t addend, int64_t n, uint8_t* y);
#include "kernels/_template/kernels.inc"
#undef OCTET_KERNEL

// The best kernel of a cluster.
AddScalar select_template(Isa isa);

}  // namespace octet

#endif  // OCTET_KERNELS_TEMPLATE_TEMPLATE_H_
