// SPDX-License-Identifier: Apache-2.0
//
// Values whose elements are run-time indices or lengths: int16, int32 or int64.
#ifndef OCTET_PROGRAM_INDICES_H_
#define OCTET_PROGRAM_INDICES_H_

#include "program/kernel.h"

namespace octet {

inline bool is_index(const Value& value) {
  return value.dense &&
         (value.type == Type::kI16 || value.type == Type::kI32 || value.type == Type::kI64);
}

// Calls body(pointer to the first index) with a pointer of the value's own type.
template <typename Body>
void with_indices(const Value& value, Body body) {
  if (value.type == Type::kI64) {
    body(value.as<const int64_t>());
  } else if (value.type == Type::kI32) {
    body(value.as<const int32_t>());
  } else {
    body(value.as<const int16_t>());
  }
}

inline int64_t index_at(const Value& value, int64_t i) {
  if (value.type == Type::kI64) return value.as<const int64_t>()[i];
  if (value.type == Type::kI32) return value.as<const int32_t>()[i];
  return value.as<const int16_t>()[i];
}

// True when 0 <= index < size.
template <typename Index>
bool inside(Index index, int64_t size) {
  return static_cast<uint64_t>(int64_t{index}) < static_cast<uint64_t>(size);
}

}  // namespace octet

#endif  // OCTET_PROGRAM_INDICES_H_
