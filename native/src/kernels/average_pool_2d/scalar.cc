// SPDX-License-Identifier: Apache-2.0
#include <cstring>

#include "kernels/average_pool_2d/average_pool_2d.h"

namespace octet {
namespace {

constexpr int kVectorBytes = 16;
#include "kernels/average_pool_2d/generic.h"

}  // namespace

const AveragePoolIsa average_pool_2d__scalar = {Isa::kScalar, row};

}  // namespace octet
