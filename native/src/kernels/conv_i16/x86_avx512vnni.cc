// SPDX-License-Identifier: Apache-2.0
#include "base/simd_x86.h"
#include "kernels/conv_i16/tile.h"

namespace octet {
namespace {

using V = Zmm;
constexpr int kMostRows = 8;
OCTET_INLINE v16si add(v16si sums, v16si x, v16si w) {
  return (v16si)_mm512_dpwssd_epi32((__m512i)sums, (__m512i)x, (__m512i)w);
}

#include "kernels/conv_i16/generic.h"
#include "kernels/conv_i16/x86_tile.h"

}  // namespace

const ConvI16Isa conv_i16__avx512vnni = {Isa::kAvx512Vnni, run};

}  // namespace octet
