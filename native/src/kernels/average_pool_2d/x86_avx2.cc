// SPDX-License-Identifier: Apache-2.0
#include <cstring>

#include "kernels/average_pool_2d/average_pool_2d.h"

namespace octet {
namespace {

constexpr int kVectorBytes = 32;
#include "kernels/average_pool_2d/generic.h"

}  // namespace

const AveragePoolIsa average_pool_2d__avx2 = {Isa::kAvx2, row};

}  // namespace octet
