// SPDX-License-Identifier: Apache-2.0
#include "kernels/dwconv_i8/dot.h"

namespace octet {

void dwconv_i8__avx512vnni(const DwconvI8TapsCall& call) { run_dot_taps<Zmm>(call); }

void dwconv_i8_rows__avx512vnni(const DwconvI8RowsCall& call) {
  with_finish(call, AllStrips{call});
}

}  // namespace octet
