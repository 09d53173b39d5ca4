// SPDX-License-Identifier: Apache-2.0
//
// What one core can do at most, measured: loops of nothing but multiply-accumulate instructions, of
// loads, or of stores. This is no kernel of programs; the roofline of a profile stands on it.
#ifndef OCTET_KERNELS_PEAKS_PEAKS_H_
#define OCTET_KERNELS_PEAKS_PEAKS_H_

#include <cstddef>

#include "base/isa.h"

namespace octet {

// Of the factors; sums are int32 or f32. Without a dot instruction int8 is widened: on x86 its
// products cost what those of int16 do, on Arm two of them are summed in 16 bits first.
enum class Arithmetic : int32_t { kF32 = 0, kI16 = 1, kI8 = 2 };

// A cluster's loops. `multiply` makes `rounds` rounds and returns the multiply-accumulates of one;
// `read` and `write` pass once over `bytes` bytes, a multiple of 512, 64-byte aligned.
struct PeakLoops {
  int64_t (*multiply)(Arithmetic arithmetic, int64_t rounds);
  void (*read)(const std::byte* data, int64_t bytes);
  void (*write)(std::byte* data, int64_t bytes);
};

#define OCTET_KERNEL(isa, loops) extern const PeakLoops loops;
#include "kernels/peaks/kernels.inc"
#undef OCTET_KERNEL

// Multiply-accumulates in a nanosecond (GMAC/s) of one core, the best of 30 ms; 0 for an
// instruction set that this machine cannot run.
double peak_macs(Arithmetic arithmetic, Isa isa);
// Bytes in a nanosecond (GB/s) that one core reads or writes, passing again and again over `bytes`
// bytes (rounded up to 512), so that the smallest cache that holds them all gives them; the best of
// 30 ms or three passes. 0 when there is no memory for that.
double peak_bandwidth(int64_t bytes, bool write);

}  // namespace octet

#endif  // OCTET_KERNELS_PEAKS_PEAKS_H_
