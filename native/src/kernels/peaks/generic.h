// SPDX-License-Identifier: Apache-2.0
//
// The loops over vectors of V. Instructions are asm where a compiler could fold them into fewer;
// kChains independent sums hide a latency of up to 6 clocks of two instructions each.
#ifndef OCTET_KERNELS_PEAKS_GENERIC_H_
#define OCTET_KERNELS_PEAKS_GENERIC_H_

#include "kernels/peaks/peaks.h"

#if OCTET_X86
#define OCTET_VECTOR "x"
#else
#define OCTET_VECTOR "w"
#endif

namespace octet {
namespace {

constexpr int kChains = 12;

// step(a, b) adds lanes-many products to two sums.
template <typename V, typename Step>
void multiply_rounds(int64_t rounds, Step step) {
  V sums[kChains] = {};
  for (int64_t round = 0; round < rounds; ++round) {
#pragma GCC unroll 6
    for (int i = 0; i < kChains; i += 2) step(sums[i], sums[i + 1]);
  }
#pragma GCC unroll 12
  for (int i = 0; i < kChains; ++i) __asm__ volatile("" : : OCTET_VECTOR(sums[i]));
}

template <typename V>
void read_all(const std::byte* data, int64_t bytes) {
  constexpr int kUnrolled = 512 / sizeof(V) < 8 ? 512 / sizeof(V) : 8;
  const V* v = reinterpret_cast<const V*>(data);
  const V* end = reinterpret_cast<const V*>(data + bytes);
  for (; v < end; v += kUnrolled) {
#pragma GCC unroll 8
    for (int i = 0; i < kUnrolled; ++i) {
      V loaded = v[i];
      __asm__ volatile("" : : OCTET_VECTOR(loaded));
    }
  }
}

template <typename V>
void write_all(std::byte* data, int64_t bytes) {
  constexpr int kUnrolled = 512 / sizeof(V) < 8 ? 512 / sizeof(V) : 8;
  V* v = reinterpret_cast<V*>(data);
  V* end = reinterpret_cast<V*>(data + bytes);
  for (; v < end; v += kUnrolled) {
#pragma GCC unroll 8
    for (int i = 0; i < kUnrolled; ++i) v[i] = V{};
    __asm__ volatile("" : : : "memory");
  }
}

}  // namespace
}  // namespace octet

#endif  // OCTET_KERNELS_PEAKS_GENERIC_H_
