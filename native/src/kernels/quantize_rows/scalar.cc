// SPDX-License-Identifier: Apache-2.0
#include "kernels/quantize_rows/quantize_rows.h"

namespace octet {
namespace {

// 16 bytes are in the baseline of every family that Octet is built for.
constexpr int64_t kLanes = 4;
#include "kernels/quantize_rows/generic.h"

}  // namespace

const QuantizeRowsIsa quantize_rows__scalar = {Isa::kScalar, range, convert};

}  // namespace octet
