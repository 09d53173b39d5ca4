// SPDX-License-Identifier: Apache-2.0
//
// Inner loops of the binary kernel: y[i] = f(a[i * a_step], b[i * b_step]), 0 <= i < n. y may be a
// or b where that steps by 1 and has y's element size. A loop that an instruction set does not have
// is NULL; the scalar set has all.
#ifndef OCTET_KERNELS_BINARY_BINARY_H_
#define OCTET_KERNELS_BINARY_BINARY_H_

#include <cstdint>

#include "base/isa.h"
#include "program/kernel.h"

namespace octet {

enum class BinaryOperation : int32_t {
  kAdd = 0,
  kSub = 1,
  kMul = 2,
  kDiv = 3,  // integers: toward zero
  kSquaredDifference = 4,
  kMaximum = 5,
  kMinimum = 6,
  kPow = 7,  // int32: INT32_MIN where the power does not fit
  kFloorDiv = 8,
  kFloorMod = 9,
  kAtan2 = 10,
  kAnd = 11,
  kOr = 12,
  kXor = 13,
  kShiftRight = 14,  // by b clamped to 0 and the bits of the type less 1
  kShiftLeft = 15,   // b modulo 32, as x86 shifts an int
  kEqual = 16,       // this and the following: y is bool
  kNotEqual = 17,
  kLess = 18,
  kLessEqual = 19,
  kGreater = 20,
  kGreaterEqual = 21,
  kPowWrapping = 22,  // int32 modulo 2^32
};

// Range that sums, differences, products and quotients are clamped to; INT32_MIN and INT32_MAX
// stand for none.
struct BinaryLimits {
  float real_low, real_high;
  int32_t low, high;
};

using BinaryLoop = void (*)(const void* a, int64_t a_step, const void* b, int64_t b_step, void* y,
                            int64_t n, const BinaryLimits& limits);

struct BinaryIsa {
  Isa isa;
  BinaryLoop (*loop)(BinaryOperation operation, Type type);
};

#define OCTET_BINARY(name) extern const BinaryIsa name;
#include "kernels/binary/kernels.inc"
#undef OCTET_BINARY

}  // namespace octet

#endif  // OCTET_KERNELS_BINARY_BINARY_H_
