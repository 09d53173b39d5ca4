// SPDX-License-Identifier: Apache-2.0
//
// Into how many tasks an instruction is cut: the one rule of all kernels. A kernel estimates what
// its work takes on one core, in nanoseconds, and gives parallel_for as many tasks as that is
// worth.
#ifndef OCTET_BASE_TASKS_H_
#define OCTET_BASE_TASKS_H_

#include <cstdint>

#include "base/isa.h"

namespace octet {

// Less than this is not worth a task of its own: handing one over and waiting for its end takes
// 0.8 us.
constexpr int64_t kLeastTaskNanos = 1000;
// Tasks of one thread where there is work for them: two, and slack for a thread that comes late
// where tasks stay long.
constexpr int64_t kTasksPerThread = 2, kMostTasksPerThread = 4;
constexpr int64_t kLongTaskNanos = 8000;
// A task ends before a cancelled run is noticed.
constexpr int64_t kMostTaskNanos = 500000;

// Nanoseconds of `macs` multiply-adds of 8-bit, 16-bit and float elements in a packed product.
int64_t i8_nanos(Isa isa, int64_t macs);
int64_t i16_nanos(Isa isa, int64_t macs);
int64_t f32_nanos(Isa isa, int64_t macs);
// 8-bit multiply-adds of a task that has no need to be longer: 100 us, but no more than 4 million,
// 20 us with VNNI.
int64_t i8_macs_per_task(Isa isa);
// Nanoseconds of a pass over memory that reads and writes so many bytes: 32 a nanosecond.
constexpr int64_t pass_nanos(int64_t bytes) { return bytes / 32; }

// Tasks for work of `nanos` on one core: 1 when it is too small to share, else near-equal ones, a
// multiple of `threads` where there is enough.
constexpr int64_t task_count(int64_t nanos, int32_t threads) {
  const int64_t least = nanos / kMostTaskNanos + 1;
  const int64_t worth = nanos / kLeastTaskNanos, lasting = nanos / kLongTaskNanos;
  const int64_t few = threads * kTasksPerThread, many = threads * kMostTasksPerThread;
  const int64_t tasks = worth < few ? worth : lasting < few ? few : lasting < many ? lasting : many;
  const int64_t even = tasks < threads ? tasks : tasks / threads * threads;
  return threads > 1 && even > least ? even : least;
}

// The same where the work is `units` alike: how many a task has. At least 1.
constexpr int64_t units_per_task(int64_t units, int64_t nanos, int32_t threads) {
  const int64_t tasks = task_count(nanos, threads);
  return units <= tasks ? 1 : (units - 1) / tasks + 1;
}

}  // namespace octet

#endif  // OCTET_BASE_TASKS_H_
