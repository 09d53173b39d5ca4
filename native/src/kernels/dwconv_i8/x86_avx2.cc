// SPDX-License-Identifier: Apache-2.0
#include "kernels/dwconv_i8/words.h"

namespace octet {

void dwconv_i8__avx2(const DwconvI8TapsCall& call) { run_taps<Words, Ymm>(call); }

}  // namespace octet
