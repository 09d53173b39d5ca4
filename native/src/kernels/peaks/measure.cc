// SPDX-License-Identifier: Apache-2.0
#include "base/memory.h"
#include "base/ticks.h"
#include "kernels/peaks/peaks.h"

namespace octet {
namespace {

constexpr int64_t kBudgetNanos = 30000000;
// Of one try: long beside the clock, short beside the time slices of a busy machine.
constexpr int64_t kTryNanos = 100000;

const PeakLoops& loops_of(Isa isa) {
#define OCTET_KERNEL(need, loops) \
  if (isa_covers(isa, need)) return loops;
#include "kernels/peaks/kernels.inc"
#undef OCTET_KERNEL
  return peaks__scalar;
}

// The least time of `body(count)` divided by count, in nanoseconds.
template <typename Body>
double least_nanos(Body body) {
  const int64_t start = steady_nanos();
  int64_t count = 1;
  double best = 1e18;
  for (int tries = 0; tries < 3 || steady_nanos() - start < kBudgetNanos;) {
    const int64_t before = steady_nanos();
    body(count);
    const int64_t nanos = steady_nanos() - before;
    if (nanos < kTryNanos) {
      count *= 2;
      continue;
    }
    const double each = static_cast<double>(nanos) / static_cast<double>(count);
    best = each < best ? each : best;
    ++tries;
  }
  return best;
}

}  // namespace

double peak_macs(Arithmetic arithmetic, Isa isa) {
  if (!isa_covers(active_isa(), isa)) return 0;
  const PeakLoops& loops = loops_of(isa);
  const int64_t macs = loops.multiply(arithmetic, 1);
  const double nanos = least_nanos([&](int64_t rounds) { loops.multiply(arithmetic, rounds); });
  return static_cast<double>(macs) / nanos;
}

double peak_bandwidth(int64_t bytes, bool write) {
  constexpr int64_t kStep = 512, kMost = int64_t{1} << 30;
  bytes = bytes > kMost ? kMost : (bytes < kStep ? kStep : (bytes + kStep - 1) / kStep * kStep);
  auto* data = static_cast<std::byte*>(allocate(bytes));
  if (data == nullptr) return 0;
  const PeakLoops& loops = loops_of(active_isa());
  loops.write(data, bytes);  // pages that were never written may all be one
  const double nanos = least_nanos([&](int64_t passes) {
    for (int64_t i = 0; i < passes; ++i) {
      if (write) {
        loops.write(data, bytes);
      } else {
        loops.read(data, bytes);
      }
    }
  });
  release(data);
  return static_cast<double>(bytes) / nanos;
}

}  // namespace octet
