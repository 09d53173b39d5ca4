// SPDX-License-Identifier: Apache-2.0
//
// f32 to integers of at most 32 bits, y[i] from x[i], 0 <= i < n, by the rules of cast.cc; x and y
// are apart. Every instruction set gives the same integers.
#ifndef OCTET_KERNELS_CAST_CAST_H_
#define OCTET_KERNELS_CAST_CAST_H_

#include <cstdint>

#include "base/isa.h"

namespace octet {

struct CastF32Isa {
  Isa isa;
  void (*to_i8)(const float* x, int8_t* y, int64_t n);
  void (*to_u8)(const float* x, uint8_t* y, int64_t n);
  void (*to_i16)(const float* x, int16_t* y, int64_t n);
  void (*to_u16)(const float* x, uint16_t* y, int64_t n);
  void (*to_i32)(const float* x, int32_t* y, int64_t n);
};

#define OCTET_CAST_F32(name) extern const CastF32Isa name;
#include "kernels/cast/kernels.inc"
#undef OCTET_CAST_F32

}  // namespace octet

#endif  // OCTET_KERNELS_CAST_CAST_H_
