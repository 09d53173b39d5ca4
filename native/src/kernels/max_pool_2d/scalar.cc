// SPDX-License-Identifier: Apache-2.0
#include "kernels/max_pool_2d/max_pool_2d.h"

namespace octet {
namespace {

// 16 bytes are in the baseline of every family that Octet is built for.
constexpr int kMostBytes = 16;
#include "kernels/max_pool_2d/generic.h"

}  // namespace

const MaxPoolIsa max_pool_2d__scalar = {Isa::kScalar, run_row<float>, run_row<uint8_t>,
                                        run_row<int16_t>};

}  // namespace octet
