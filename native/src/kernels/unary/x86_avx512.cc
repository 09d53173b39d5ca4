// SPDX-License-Identifier: Apache-2.0
#include "base/float_math.h"
#include "kernels/unary/unary.h"

namespace octet {
namespace {

#include "kernels/unary/generic.h"

}  // namespace

const UnaryIsa unary__avx512 = {Isa::kAvx512, OCTET_UNARY_FUNCTIONS};

}  // namespace octet
