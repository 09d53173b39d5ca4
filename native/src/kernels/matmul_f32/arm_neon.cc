// SPDX-License-Identifier: Apache-2.0
#include <arm_neon.h>

#include "kernels/matmul_f32/dot.h"

namespace octet {
namespace {

#include "base/floats_neon.h"

inline float sum(V v) { return vaddvq_f32(v); }

#include "kernels/matmul_f32/generic.h"

}  // namespace

const MatmulDotIsa matmul_dot__neon = {Isa::kNeon, run};

}  // namespace octet
