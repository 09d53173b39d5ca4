// SPDX-License-Identifier: Apache-2.0
#include <limits>

#include "kernels/cast/cast.h"

namespace octet {
namespace {

#include "kernels/cast/generic.h"

}  // namespace

const CastF32Isa cast_f32__avx512 = {Isa::kAvx512,      truncate<int8_t>,   saturate<uint8_t>,
                                     saturate<int16_t>, truncate<uint16_t>, saturate_i32};

}  // namespace octet
