// SPDX-License-Identifier: Apache-2.0
#ifndef OCTET_BASE_THREADS_H_
#define OCTET_BASE_THREADS_H_

#include <cstdint>

namespace octet {

// Work shared between the caller and the process-wide pool. body(context, task, thread) runs for
// every 0 <= task < tasks, unless stop(context) says otherwise before a task. 0 <= thread <
// threads; the caller is thread 0. Returns when no thread touches the job any more. Any number of
// callers may have jobs at the same time; a job that finds no free worker is done by its caller
// alone.
struct Job {
  int32_t tasks;
  int32_t threads;
  void (*body)(void* context, int32_t task, int32_t thread);
  bool (*stop)(void* context);
  void* context;
  bool floats = true;  // workers set the float environment of a run; else they keep the usual one
};
void run_job(const Job& job);

// Says that a caller may use `threads` from now on, until release_threads: the pool has as many
// workers as all callers together could use, but no more than processors - 1, as far as the system
// gives them. Workers once made stay.
void reserve_threads(int32_t threads, int32_t processors);
void release_threads(int32_t threads);

// While one lives that `shares`, its caller is about to have jobs: workers without one stay awake
// for longer, and callers share the processors instead of each asking for all workers.
class ParallelRun {
 public:
  explicit ParallelRun(bool shares) : shares_(shares) {
    if (shares) count(1);
  }
  ~ParallelRun() {
    if (shares_) count(-1);
  }
  ParallelRun(const ParallelRun&) = delete;
  ParallelRun& operator=(const ParallelRun&) = delete;

 private:
  static void count(int32_t by);
  const bool shares_;
};

// Workers there are; for tests.
int32_t worker_count();

}  // namespace octet

#endif  // OCTET_BASE_THREADS_H_
