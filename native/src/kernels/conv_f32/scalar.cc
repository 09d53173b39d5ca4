// SPDX-License-Identifier: Apache-2.0
#include "kernels/conv_f32/conv_f32.h"

namespace octet {
namespace {

// 16 bytes are in the baseline of every family that Octet is built for.
typedef float V __attribute__((vector_size(16)));
constexpr int kLanes = 4;
constexpr int kPanel = 8;
constexpr int kRowsPerTile = 6;
inline V multiply_add(V a, V b, V c) { return a * b + c; }
inline V broadcast(float a) { return V{a, a, a, a}; }

#include "kernels/conv_f32/generic.h"

}  // namespace

const ConvF32Isa conv_f32__scalar = {Isa::kScalar, kRowsPerTile, kPanel, run_tile};

}  // namespace octet
