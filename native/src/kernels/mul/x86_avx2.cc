// SPDX-License-Identifier: Apache-2.0
#include <immintrin.h>

#include "kernels/mul/mul.h"

namespace octet {
namespace {

#include "base/lanes_avx2.h"
#include "kernels/mul/generic.h"

}  // namespace

const MulIsa mul__avx2 = {Isa::kAvx2, row<uint8_t>, row<int16_t>, row16_8};

}  // namespace octet
