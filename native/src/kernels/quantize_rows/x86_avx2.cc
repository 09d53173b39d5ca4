// SPDX-License-Identifier: Apache-2.0
#include "kernels/quantize_rows/quantize_rows.h"

namespace octet {
namespace {

constexpr int64_t kLanes = 8;
#include "kernels/quantize_rows/generic.h"

}  // namespace

const QuantizeRowsIsa quantize_rows__avx2 = {Isa::kAvx2, range, convert};

}  // namespace octet
