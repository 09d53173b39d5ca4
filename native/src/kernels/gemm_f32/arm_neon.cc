// SPDX-License-Identifier: Apache-2.0
#include <arm_neon.h>

#include "kernels/gemm_f32/gemm_f32.h"

namespace octet {
namespace {

#include "base/floats_neon.h"

constexpr bool kByLane = true, kHalves = true;
constexpr int kAloneBlocks = 4;
constexpr int kBlocks = 1;
constexpr int kRowsOf[kBlocks] = {4};
constexpr int kDotRows = 2;
inline float sum(V v) { return vaddvq_f32(v); }
inline V greater(V a, V b) { return vmaxq_f32(a, b); }
inline V magnitude(V v) { return vabsq_f32(v); }
inline float greatest(V v) { return vmaxvq_f32(v); }
inline V even_of(const uint32_t* p) {
  return vcvt_f32_f16(vld1_f16(reinterpret_cast<const float16_t*>(p)));
}
inline V odd_of(const uint32_t* p) {
  return vcvt_f32_f16(vld1_f16(reinterpret_cast<const float16_t*>(p) + 4));
}

#include "kernels/gemm_f32/generic.h"

}  // namespace

const GemmF32Isa gemm_f32__neon = {Isa::kNeon, kHalves, run};

}  // namespace octet
