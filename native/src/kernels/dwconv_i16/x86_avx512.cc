// SPDX-License-Identifier: Apache-2.0
#include "kernels/dwconv_i16/generic.h"

namespace octet {

void dwconv_i16__avx512(const DwconvI16Call& call) {
  (call.w->width == 32 ? run<ZmmWords> : run<YmmWords>)(call);
}

}  // namespace octet
