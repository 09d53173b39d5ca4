// SPDX-License-Identifier: Apache-2.0
#include "kernels/dwconv_i16/generic.h"

namespace octet {

void dwconv_i16__avx2(const DwconvI16Call& call) { run<YmmWords>(call); }

}  // namespace octet
