// SPDX-License-Identifier: Apache-2.0
#include "kernels/recurrent/arm.h"

namespace octet {

const RecurrentIsa recurrent__neon = {Isa::kNeon, kLanes, OCTET_RECURRENT_FUNCTIONS};

}  // namespace octet
