// SPDX-License-Identifier: Apache-2.0
#include "kernels/conv_i16/generic.h"

namespace octet {
namespace {

struct Machine {
  using V = ZmmWords;
  static constexpr int kRows[4] = {16, 12, 8, 6};
};

}  // namespace

void conv_i16__avx512vnni(const ConvI16Call& call) { run<Machine>(call); }

}  // namespace octet
