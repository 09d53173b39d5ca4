// SPDX-License-Identifier: Apache-2.0
#include "base/float_math.h"
#include "kernels/rescale_i16/rescale_i16.h"

namespace octet {
namespace {

#include "kernels/rescale_i16/generic.h"

}  // namespace

const RescaleI16Isa rescale_i16__scalar = {Isa::kScalar, run};

}  // namespace octet
