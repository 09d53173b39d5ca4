// SPDX-License-Identifier: Apache-2.0
#include "base/simd_x86.h"
#include "kernels/conv_i16/tile.h"

namespace octet {
namespace {

using V = Ymm;
constexpr int kMostRows = 4;
OCTET_INLINE v8si add(v8si sums, v8si x, v8si w) {
  return (v8si)_mm256_madd_epi16((__m256i)x, (__m256i)w) + sums;
}

#include "kernels/conv_i16/generic.h"
#include "kernels/conv_i16/x86_tile.h"

}  // namespace

const ConvI16Isa conv_i16__avx2 = {Isa::kAvx2, run};

}  // namespace octet
