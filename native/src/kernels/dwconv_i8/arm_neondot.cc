// SPDX-License-Identifier: Apache-2.0
#if defined(__GNUC__) && !defined(__clang__)
// Scheduling before registers are allocated leaves copies and spills in the loops (gcc 12).
#pragma GCC optimize("no-schedule-insns")
#endif

#include "kernels/dwconv_i8/dot.h"

namespace octet {

void dwconv_i8__neondot(const DwconvI8TapsCall& call) { run_dot_taps<Transposed>(call); }

void dwconv_i8_rows__neondot(const DwconvI8RowsCall& call) { with_finish(call, AllStrips{call}); }

}  // namespace octet
