// SPDX-License-Identifier: Apache-2.0
#include "kernels/max_pool_2d/max_pool_2d.h"

namespace octet {
namespace {

constexpr int kMostBytes = 32;
#include "kernels/max_pool_2d/generic.h"

}  // namespace

const MaxPoolIsa max_pool_2d__avx2 = {Isa::kAvx2, run_row<float>, run_row<uint8_t>,
                                      run_row<int16_t>};

}  // namespace octet
