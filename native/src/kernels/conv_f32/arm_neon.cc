// SPDX-License-Identifier: Apache-2.0
#include <arm_neon.h>

#include "kernels/conv_f32/conv_f32.h"

namespace octet {
namespace {

#include "base/floats_neon.h"

using H = V;
constexpr int kUnit = kLanes;
constexpr int kVectors = 3;
constexpr bool kByLane = true;
constexpr int rows_of(int units) { return units > 2 ? 6 : units > 1 ? 8 : 12; }

struct Full {};
using Half = Full;
inline V load(const float* p, Full) { return vld1q_f32(p); }
inline V broadcast(float a, Full) { return broadcast(a); }

#include "kernels/conv_f32/generic.h"

}  // namespace

const ConvF32Isa conv_f32__neon = make(Isa::kNeon);

}  // namespace octet
