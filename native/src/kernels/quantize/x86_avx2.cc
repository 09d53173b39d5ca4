// SPDX-License-Identifier: Apache-2.0
#include "base/float_math.h"
#include "kernels/quantize/quantize.h"

namespace octet {
namespace {

#include "kernels/quantize/generic.h"

}  // namespace

const QuantizeIsa quantize__avx2 = {Isa::kAvx2, bytes, loop<float, uint8_t>, loop<double, int16_t>,
                                    loop<float, int16_t>};

}  // namespace octet
