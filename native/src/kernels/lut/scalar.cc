// SPDX-License-Identifier: Apache-2.0
#include <cstring>

#include "kernels/lut/lut.h"

namespace octet {
namespace {

void run(const uint8_t* table, const uint8_t* x, uint8_t* y, int64_t n) {
  int64_t i = 0;
  for (; i + 8 <= n; i += 8) {
    // one load and one store for eight look-ups
    uint64_t in, out = 0;
    std::memcpy(&in, x + i, sizeof(in));
    for (int32_t k = 0; k < 64; k += 8) out |= uint64_t{table[in >> k & 0xff]} << k;
    std::memcpy(y + i, &out, sizeof(out));
  }
  for (; i < n; ++i) y[i] = table[x[i]];
}

}  // namespace

const LutIsa lut__scalar = {Isa::kScalar, false, run};

}  // namespace octet
