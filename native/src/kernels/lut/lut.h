// SPDX-License-Identifier: Apache-2.0
//
// y[i] = table[x[i]] for n bytes at any alignment; table has 256; y is x or apart from it.
#ifndef OCTET_KERNELS_LUT_LUT_H_
#define OCTET_KERNELS_LUT_LUT_H_

#include <cstdint>

#include "base/isa.h"

namespace octet {

struct LutIsa {
  Isa isa;
  bool vbmi;  // needs this instruction set besides
  void (*run)(const uint8_t* table, const uint8_t* x, uint8_t* y, int64_t n);
};

// True where this machine has the instructions.
bool can_run(const LutIsa& lut, Isa have);

#define OCTET_LUT(name) extern const LutIsa name;
#include "kernels/lut/kernels.inc"
#undef OCTET_LUT

}  // namespace octet

#endif  // OCTET_KERNELS_LUT_LUT_H_
