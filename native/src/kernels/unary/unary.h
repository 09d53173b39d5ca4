// SPDX-License-Identifier: Apache-2.0
//
// y[i] = f(x[i]) of float32, 0 <= i < n; y may be x, but must not overlap it otherwise. Functions
// and their error bounds are in base/float_math.h; those that round to integers, compare or change
// the sign are exact. a, b, c are the instruction's.
#ifndef OCTET_KERNELS_UNARY_UNARY_H_
#define OCTET_KERNELS_UNARY_UNARY_H_

#include <cstdint>

#include "base/isa.h"

namespace octet {

// In the order of Java's UnaryFunction.
enum class UnaryOp : int32_t {
  kAbs,
  kNeg,
  kSquare,
  kSqrt,
  kRsqrt,
  kExp,
  kLog,
  kSin,
  kCos,
  kTanh,
  kLogistic,
  kGelu,
  kGeluTanh,
  kElu,
  kHardSwish,
  kLeakyRelu,
  kClamp,
  kFloor,
  kCeil,
  kRound,
  kSign,
  kFakeQuant,
  kZero,
  kSwish,
  kLogicalNot,
};
constexpr int32_t kUnaryOps = 25;
constexpr int32_t kUnaryF32Ops = 24;  // those before kLogicalNot

struct UnaryParameters {
  float a, b, c;
};

using UnaryF32 = void (*)(const UnaryParameters& parameters, const float* x, float* y, int64_t n);

struct UnaryIsa {
  Isa isa;
  UnaryF32 functions[kUnaryF32Ops];
};

#define OCTET_UNARY(name) extern const UnaryIsa name;
#include "kernels/unary/kernels.inc"
#undef OCTET_UNARY

}  // namespace octet

#endif  // OCTET_KERNELS_UNARY_UNARY_H_
