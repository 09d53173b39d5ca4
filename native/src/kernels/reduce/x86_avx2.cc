// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>
#include <type_traits>

#include "kernels/reduce/reduce.h"

namespace octet {
namespace {

#include "kernels/reduce/generic.h"

}  // namespace

const ReduceIsa reduce__avx2 = {Isa::kAvx2, run};

}  // namespace octet
