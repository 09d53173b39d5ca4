// SPDX-License-Identifier: Apache-2.0
#if defined(__GNUC__) && !defined(__clang__)
// Scheduling before registers are allocated leaves copies and spills in the loops (gcc 12).
#pragma GCC optimize("no-schedule-insns")
#endif

#include "kernels/dwconv_i8/nine.h"

namespace octet {
namespace {

template <class Products>
struct Blocks {
  const DwconvI8RowsCall& call;
  template <template <class> class Finish>
  void run() const {
    const OutputVectors out(call.out);
    over_strips(call, [&](const DwconvI8RowsCall& call, int32_t first, int32_t begin, int32_t end) {
      if (call.stride_w == 1) {
        run_nine<Products, Finish<Natural>, 1>(call, out, first, begin, end);
      } else {
        run_nine<Products, Finish<Natural>, 2>(call, out, first, begin, end);
      }
    });
  }
};

}  // namespace

void dwconv_i8__neon(const DwconvI8TapsCall& call) { run_taps<BytePairs, Natural>(call); }
void dwconv_i8_words__neon(const DwconvI8TapsCall& call) { run_taps<SingleWords, Natural>(call); }

void dwconv_i8_rows__neon(const DwconvI8RowsCall& call) {
  if (call.w->words != 0) {
    with_finish(call, Blocks<NineWords>{call});
  } else {
    with_finish(call, Blocks<NineBytes>{call});
  }
}

}  // namespace octet
