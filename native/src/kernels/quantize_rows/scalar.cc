// SPDX-License-Identifier: Apache-2.0
#include "kernels/quantize_rows/quantize_rows.h"

namespace octet {
namespace {

#include "kernels/quantize_rows/generic.h"

}  // namespace

const QuantizeRowsIsa quantize_rows__scalar = {Isa::kScalar, range, convert};

}  // namespace octet
