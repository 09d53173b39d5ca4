// SPDX-License-Identifier: Apache-2.0
//
// The counter that profiles count in: the cheapest clock of the machine, of constant rate. On Arm a
// tick is tens of nanoseconds (54 MHz on a Raspberry Pi 4 and 5).
#ifndef OCTET_BASE_TICKS_H_
#define OCTET_BASE_TICKS_H_

#include <time.h>

#include <cstdint>

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

namespace octet {

inline int64_t steady_nanos() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * int64_t{1000000000} + now.tv_nsec;
}

inline int64_t ticks() {
#if defined(__x86_64__)
  return static_cast<int64_t>(__rdtsc());
#elif defined(__aarch64__)
  int64_t now;
  __asm__ volatile("mrs %0, cntvct_el0" : "=r"(now));
  return now;
#else
  return steady_nanos();
#endif
}

// Nanoseconds of one tick: on Arm what the counter says of itself, else measured over 10 ms at the
// first call.
double tick_nanos();
// Ticks between two readings with nothing between them; measured at the first call.
double tick_cost();

}  // namespace octet

#endif  // OCTET_BASE_TICKS_H_
