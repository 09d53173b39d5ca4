// SPDX-License-Identifier: Apache-2.0
#ifndef OCTET_BASE_INLINE_H_
#define OCTET_BASE_INLINE_H_

#include <cstdint>

#define OCTET_INLINE inline __attribute__((always_inline))
#define OCTET_INLINE_LAMBDA __attribute__((always_inline))

namespace octet {
namespace {

OCTET_INLINE int32_t load_i32(const void* from) {
  int32_t value;
  __builtin_memcpy(&value, from, sizeof(value));
  return value;
}

}  // namespace
}  // namespace octet

#endif  // OCTET_BASE_INLINE_H_
