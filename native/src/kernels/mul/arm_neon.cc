// SPDX-License-Identifier: Apache-2.0
#include <arm_neon.h>

#include "kernels/mul/mul.h"

namespace octet {
namespace {

#include "base/lanes_neon.h"
#include "kernels/mul/generic.h"

}  // namespace

const MulIsa mul__neon = {Isa::kNeon, row<uint8_t>, row<int16_t>, row16_8};

}  // namespace octet
