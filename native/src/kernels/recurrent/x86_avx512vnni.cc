// SPDX-License-Identifier: Apache-2.0
#include "kernels/recurrent/x86_avx512.h"

namespace octet {

const RecurrentIsa recurrent__avx512vnni = {Isa::kAvx512Vnni, kLanes, OCTET_RECURRENT_FUNCTIONS};

}  // namespace octet
