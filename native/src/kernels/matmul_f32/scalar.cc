// SPDX-License-Identifier: Apache-2.0
#include "kernels/matmul_f32/dot.h"

namespace octet {
namespace {

// 16 bytes are in the baseline of every family that Octet is built for.
typedef float V __attribute__((vector_size(16)));
constexpr int kLanes = 4;
inline V multiply_add(V a, V b, V c) { return a * b + c; }
inline float sum(V v) { return (v[0] + v[1]) + (v[2] + v[3]); }

#include "kernels/matmul_f32/generic.h"

}  // namespace

const MatmulDotIsa matmul_dot__scalar = {Isa::kScalar, run};

}  // namespace octet
