// SPDX-License-Identifier: Apache-2.0
#ifndef OCTET_KERNELS_TEMPLATE_REFERENCE_H_
#define OCTET_KERNELS_TEMPLATE_REFERENCE_H_

#include <cstdint>

namespace octet {
namespace reference {

// What _template.h says, for one element. Shares no code with the kernels.
inline uint8_t add_scalar(uint8_t x, int32_t addend) {
  const double sum = static_cast<double>(x) + addend;
  return static_cast<uint8_t>(sum < 255.0 ? sum : 255.0);
}

}  // namespace reference
}  // namespace octet

#endif  // OCTET_KERNELS_TEMPLATE_REFERENCE_H_
