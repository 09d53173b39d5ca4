// SPDX-License-Identifier: Apache-2.0
#ifndef OCTET_PROGRAM_QUANT8_H_
#define OCTET_PROGRAM_QUANT8_H_

#include "program/kernel.h"

namespace octet {

// How the bytes of an int8 or uint8 value, flipped or not, stand for numbers:
// q = (byte xor mask) - offset. int8 is mask 0x80, offset 128; uint8 mask 0, offset 0; a flipped
// value has the other mask.
struct Quant8 {
  uint8_t mask;
  int32_t offset;

  int32_t decode(uint8_t byte) const { return static_cast<uint8_t>(byte ^ mask) - offset; }
  uint8_t encode(int32_t q) const { return static_cast<uint8_t>(q + offset) ^ mask; }
  int32_t min() const { return -offset; }
  int32_t max() const { return 255 - offset; }
  bool contains(int32_t q) const { return q >= min() && q <= max(); }
};

inline bool is_quant8(const Value& value) {
  return value.type == Type::kI8 || value.type == Type::kU8;
}

inline Quant8 quant8(const Value& value) {
  if (value.type == Type::kU8) return {value.flip, 0};
  return {static_cast<uint8_t>(0x80 ^ value.flip), 128};
}

}  // namespace octet

#endif  // OCTET_PROGRAM_QUANT8_H_
