// SPDX-License-Identifier: Apache-2.0
#include <arm_neon.h>

#include <cstring>

#include "kernels/lut/lut.h"

namespace octet {
namespace {

struct Quarters {
  uint8x16x4_t table[4];
};

// A look-up of 64 entries gives 0 where there is none: of the four one is the entry.
inline uint8x16_t look_up(const Quarters& q, uint8x16_t v) {
  const uint8x16_t a = vqtbl4q_u8(q.table[0], v);
  const uint8x16_t b = vqtbl4q_u8(q.table[1], veorq_u8(v, vdupq_n_u8(64)));
  const uint8x16_t c = vqtbl4q_u8(q.table[2], veorq_u8(v, vdupq_n_u8(128)));
  const uint8x16_t d = vqtbl4q_u8(q.table[3], veorq_u8(v, vdupq_n_u8(192)));
  return vorrq_u8(vorrq_u8(a, b), vorrq_u8(c, d));
}

void run(const uint8_t* table, const uint8_t* x, uint8_t* y, int64_t n) {
  Quarters q;
  for (int i = 0; i < 4; ++i) {
    for (int k = 0; k < 4; ++k) q.table[i].val[k] = vld1q_u8(table + 64 * i + 16 * k);
  }
  int64_t i = 0;
  for (; i + 16 <= n; i += 16) vst1q_u8(y + i, look_up(q, vld1q_u8(x + i)));
  if (i < n) {
    uint8_t rest[16] = {};
    std::memcpy(rest, x + i, static_cast<size_t>(n - i));
    vst1q_u8(rest, look_up(q, vld1q_u8(rest)));
    std::memcpy(y + i, rest, static_cast<size_t>(n - i));
  }
}

}  // namespace

const LutIsa lut__neon = {Isa::kNeon, false, run};

}  // namespace octet
