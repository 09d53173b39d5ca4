// SPDX-License-Identifier: Apache-2.0
#include "kernels/quantize_rows/quantize_rows.h"

namespace octet {
namespace {

constexpr int64_t kLanes = 16;
#include "kernels/quantize_rows/generic.h"

}  // namespace

const QuantizeRowsIsa quantize_rows__avx512 = {Isa::kAvx512, range, convert};

}  // namespace octet
