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
};
void run_job(const Job& job);

// Makes sure that the pool has threads - 1 workers, as far as the system gives them.
void reserve_threads(int32_t threads);

}  // namespace octet

#endif  // OCTET_BASE_THREADS_H_
