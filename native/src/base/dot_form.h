// SPDX-License-Identifier: Apache-2.0
#ifndef OCTET_BASE_DOT_FORM_H_
#define OCTET_BASE_DOT_FORM_H_

#include <cstdint>

#include "base/isa.h"

namespace octet {

// The dot form of an activation byte, what kernels of packed int8 weights multiply: the byte as
// uint8 (int8 has 128 added) xor kDotForm. Dot instructions of x86 take unsigned by signed bytes,
// those of Arm signed ones. Java flips values (Value::flip) so that they lie in memory like this.
#if OCTET_ARM64
constexpr uint8_t kDotForm = 0x80;
#else
constexpr uint8_t kDotForm = 0;
#endif

}  // namespace octet

#endif  // OCTET_BASE_DOT_FORM_H_
