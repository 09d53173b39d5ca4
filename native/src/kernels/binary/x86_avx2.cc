// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <limits>
#include <type_traits>

#include "kernels/binary/binary.h"

namespace octet {
namespace {

#include "kernels/binary/loops.h"

}  // namespace

const BinaryIsa binary__avx2 = {Isa::kAvx2, vector_loop};

}  // namespace octet
