// SPDX-License-Identifier: Apache-2.0
#include "base/threads.h"

#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <initializer_list>
#include <new>

#include "base/float_environment.h"

namespace octet {
namespace {

constexpr int32_t kMaxWorkers = 255;

// How long a worker without a job, and a caller whose workers are not done, look again before they
// sleep: waking a thread takes as long. Inside a run the next layer that is worth sharing may be
// some way off.
constexpr int64_t kAwakeNanos = 50000;
constexpr int64_t kAwakeInRunNanos = 500000;

// Arm: `yield` does nothing on processors of one thread a core; an instruction barrier, tens of
// cycles, leaves the line that is looked at and the power to others.
inline void relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("isb");
#endif
}

int64_t nanos() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * int64_t{1000000000} + now.tv_nsec;
}

void sleep_while(std::atomic<uint32_t>* word, uint32_t value) {
  syscall(SYS_futex, reinterpret_cast<uint32_t*>(word), FUTEX_WAIT_PRIVATE, value, nullptr, nullptr,
          0);
}

void wake_one(std::atomic<uint32_t>* word) {
  syscall(SYS_futex, reinterpret_cast<uint32_t*>(word), FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
}

constexpr uint32_t kCallerSleeps = 1u << 31;

struct alignas(64) Shared {
  const Job* job;
  std::atomic<int32_t> next{0};     // task to take
  std::atomic<int32_t> threads{1};  // that took part, the caller included
  // Workers that are through with the job, and kCallerSleeps. A worker's last access.
  std::atomic<uint32_t> through{0};
};

// What a worker's slot holds: one of these, or the job that a caller offers it. Only the worker
// takes an offer (to kBusy); only the caller who made it withdraws it (to kAwake).
constexpr uintptr_t kAwake = 0, kAsleep = 1, kBusy = 2;

struct alignas(64) Worker {
  std::atomic<uintptr_t> slot{kBusy};
  std::atomic<uint32_t> wakes{0};
};

// Never destroyed: workers use it until the process ends.
struct Pool {
  alignas(64) std::atomic<int32_t> running{0};  // ParallelRuns
  alignas(64) std::atomic<int32_t> workers{0};
  std::atomic<int32_t> processors{1};
  pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;  // of the making of workers
  int64_t wanted = 0;
  Worker worker[kMaxWorkers];
};

Pool& pool() {
  alignas(Pool) static unsigned char storage[sizeof(Pool)];
  static Pool* const instance = new (storage) Pool();
  return *instance;
}

void take_tasks(Shared& shared, int32_t thread) {
  const Job& job = *shared.job;
  while (!job.stop(job.context)) {
    const int32_t task = shared.next.fetch_add(1, std::memory_order_relaxed);
    if (task >= job.tasks) return;
    job.body(job.context, task, thread);
  }
}

// Until the slot holds an offer: a while awake, then asleep.
void wait_for_offer(Pool& p, Worker& worker) {
  int64_t start = 0;
  for (uint32_t i = 1; worker.slot.load(std::memory_order_relaxed) == kAwake; ++i) {
    relax();
    if (i % 64 != 0) continue;
    const int64_t now = nanos();
    if (start == 0) start = now;
    const int32_t running = p.running.load(std::memory_order_relaxed);
    const bool useful = running > 0 && running < p.processors.load(std::memory_order_relaxed);
    if (now - start < (useful ? kAwakeInRunNanos : kAwakeNanos)) continue;
    const uint32_t wakes = worker.wakes.load(std::memory_order_relaxed);
    uintptr_t state = kAwake;
    if (!worker.slot.compare_exchange_strong(state, kAsleep)) return;
    while (worker.slot.load() == kAsleep) sleep_while(&worker.wakes, wakes);
    start = 0;
  }
}

void* work(void* opaque) {
  Pool& p = pool();
  auto& worker = *static_cast<Worker*>(opaque);
  for (;;) {
    worker.slot.store(kAwake, std::memory_order_release);
    uintptr_t offer;
    do {
      wait_for_offer(p, worker);
      offer = worker.slot.load(std::memory_order_relaxed);
    } while (offer == kAwake || !worker.slot.compare_exchange_strong(offer, kBusy));
    auto& shared = *reinterpret_cast<Shared*>(offer);
    {
      const FloatEnvironment environment(shared.job->floats);
      take_tasks(shared, shared.threads.fetch_add(1, std::memory_order_relaxed));
    }
    // After the last of these the caller may return and take `shared` with it; only its address is
    // used then.
    if (shared.through.fetch_add(1, std::memory_order_acq_rel) & kCallerSleeps) {
      wake_one(&shared.through);
    }
  }
  return nullptr;
}

bool offer(Worker& worker, uintptr_t state, Shared& shared) {
  if (worker.slot.load(std::memory_order_relaxed) != state ||
      !worker.slot.compare_exchange_strong(state, reinterpret_cast<uintptr_t>(&shared))) {
    return false;
  }
  if (state == kAsleep) {
    worker.wakes.fetch_add(1);
    wake_one(&worker.wakes);
  }
  return true;
}

void wait_until_through(Shared& shared, uint32_t workers) {
  int64_t start = 0;
  for (uint32_t i = 1; shared.through.load(std::memory_order_acquire) != workers; ++i) {
    relax();
    if (i % 64 != 0) continue;
    const int64_t now = nanos();
    if (start == 0) start = now;
    if (now - start < kAwakeNanos) continue;
    uint32_t through = shared.through.fetch_or(kCallerSleeps) | kCallerSleeps;
    while (through != (workers | kCallerSleeps)) {
      sleep_while(&shared.through, through);
      through = shared.through.load(std::memory_order_acquire);
    }
    return;
  }
}

bool start_worker(Worker* worker) {
  sigset_t all, before;  // a worker must never run the JVM's signal handlers for others
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_t thread;
  const int result = pthread_create(&thread, &attributes, work, worker);
  pthread_attr_destroy(&attributes);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (result != 0) return false;
  pthread_setname_np(thread, "octet");
  return true;
}

}  // namespace

void reserve_threads(int32_t threads, int32_t processors) {
  if (threads <= 1) return;
  Pool& p = pool();
  pthread_mutex_lock(&p.lock);
  p.wanted += threads - 1;
  if (processors > p.processors.load()) p.processors.store(processors);
  const int64_t most = processors - 1 < kMaxWorkers ? processors - 1 : kMaxWorkers;
  int32_t workers = p.workers.load();
  while (workers < p.wanted && workers < most && start_worker(&p.worker[workers])) {
    p.workers.store(++workers);
  }
  pthread_mutex_unlock(&p.lock);
}

void release_threads(int32_t threads) {
  if (threads <= 1) return;
  Pool& p = pool();
  pthread_mutex_lock(&p.lock);
  p.wanted -= threads - 1;
  pthread_mutex_unlock(&p.lock);
}

int32_t worker_count() { return pool().workers.load(); }

void ParallelRun::count(int32_t by) { pool().running.fetch_add(by, std::memory_order_relaxed); }

void run_job(const Job& job) {
  Shared shared;
  shared.job = &job;
  Pool& p = pool();
  int32_t helpers = (job.threads < job.tasks ? job.threads : job.tasks) - 1;
  const int32_t running = p.running.load(std::memory_order_relaxed);
  const int32_t room = p.processors.load(std::memory_order_relaxed) - (running < 1 ? 1 : running);
  if (helpers > room) helpers = room;
  if (helpers <= 0) {
    take_tasks(shared, 0);
    return;
  }
  Worker* offered[kMaxWorkers];
  int32_t offers = 0;
  const int32_t workers = p.workers.load(std::memory_order_acquire);
  for (const uintptr_t state : {kAwake, kAsleep}) {
    for (int32_t i = 0; i < workers && offers < helpers; ++i) {
      if (offer(p.worker[i], state, shared)) offered[offers++] = &p.worker[i];
    }
  }
  take_tasks(shared, 0);
  uint32_t joined = 0;
  for (int32_t i = 0; i < offers; ++i) {
    auto mine = reinterpret_cast<uintptr_t>(&shared);
    joined += !offered[i]->slot.compare_exchange_strong(mine, kAwake);
  }
  wait_until_through(shared, joined);
}

}  // namespace octet
