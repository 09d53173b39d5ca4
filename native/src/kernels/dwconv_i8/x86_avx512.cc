// SPDX-License-Identifier: Apache-2.0
#include "kernels/dwconv_i8/words.h"

namespace octet {

void dwconv_i8__avx512(const DwconvI8TapsCall& call) { run_taps<Words, Zmm>(call); }

}  // namespace octet
