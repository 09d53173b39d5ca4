// SPDX-License-Identifier: Apache-2.0
#include "base/ticks.h"

namespace octet {
namespace {

constexpr int64_t kCalibrationNanos = 10000000;

double measure_nanos() {
#if defined(__aarch64__)
  uint64_t frequency;  // of the counter, in Hz, as the firmware says; 0 where it does not
  __asm__("mrs %0, cntfrq_el0" : "=r"(frequency));
  if (frequency != 0) return 1e9 / static_cast<double>(frequency);
#endif
  const int64_t first_nanos = steady_nanos();
  const int64_t first = ticks();
  int64_t nanos = first_nanos, last = first;
  while (nanos - first_nanos < kCalibrationNanos) {
    nanos = steady_nanos();
    last = ticks();
  }
  return static_cast<double>(nanos - first_nanos) / static_cast<double>(last - first);
}

// Of many stretches the shortest: an interrupt lengthens some.
double measure_cost() {
  constexpr int kReadings = 100;
  int64_t best = INT64_MAX;
  for (int stretch = 0; stretch < 200; ++stretch) {
    const int64_t first = ticks();
    int64_t last = first;
    for (int i = 0; i < kReadings; ++i) last = ticks();
    best = last - first < best ? last - first : best;
  }
  return static_cast<double>(best) / kReadings;
}

}  // namespace

double tick_nanos() {
  static const double nanos = measure_nanos();
  return nanos;
}

double tick_cost() {
  static const double cost = measure_cost();
  return cost;
}

}  // namespace octet
