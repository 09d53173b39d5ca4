// SPDX-License-Identifier: Apache-2.0
#include "base/float_math.h"
#include "kernels/unary/unary.h"

namespace octet {
namespace {

#include "kernels/unary/generic.h"

}  // namespace

const UnaryIsa unary__avx2 = {Isa::kAvx2, OCTET_UNARY_FUNCTIONS};

}  // namespace octet
