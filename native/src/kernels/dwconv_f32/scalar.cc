// SPDX-License-Identifier: Apache-2.0
#include "kernels/dwconv_f32/dwconv_f32.h"

namespace octet {
namespace {

// 16 bytes are in the baseline of every family that Octet is built for.
typedef float V __attribute__((vector_size(16)));
constexpr int kLanes = 4;
inline V multiply_add(V a, V b, V c) { return a * b + c; }
inline V broadcast(float a) { return V{a, a, a, a}; }

#include "kernels/dwconv_f32/generic.h"

}  // namespace

const DwconvF32Isa dwconv_f32__scalar = {Isa::kScalar, run_pixels};

}  // namespace octet
