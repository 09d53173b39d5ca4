// SPDX-License-Identifier: Apache-2.0
#include "kernels/conv_i16/generic.h"

namespace octet {
namespace {

struct Machine {
  using V = YmmWords;
  static constexpr int kRows[4] = {10, 5, 3, 2};
};

}  // namespace

void conv_i16__avx2(const ConvI16Call& call) { run<Machine>(call); }

}  // namespace octet
