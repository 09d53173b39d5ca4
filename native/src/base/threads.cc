// SPDX-License-Identifier: Apache-2.0
#include "base/threads.h"

#include <pthread.h>
#include <signal.h>

#include <atomic>
#include <new>

#include "base/float_environment.h"

namespace octet {
namespace {

constexpr int32_t kMaxWorkers = 255;

// How long a worker looks for the next job, and a caller for its helpers' end, before it sleeps:
// about 30 us on x86. Waking a thread takes as long, and the layers of a run follow one another
// closer.
constexpr int32_t kSpins = 1000;

inline void relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

struct Shared {
  const Job* job;
  std::atomic<int32_t> next{0};    // next task to take
  std::atomic<int32_t> active{0};  // workers inside; changed under the lock
  int32_t joined = 1;              // threads that took part, the caller included; under the lock
  Shared* following = nullptr;     // list of open jobs; under the lock
};

// Never destroyed: workers wait on it until the process ends.
struct Pool {
  pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  pthread_cond_t work = PTHREAD_COND_INITIALIZER;
  pthread_cond_t done = PTHREAD_COND_INITIALIZER;
  std::atomic<uint32_t> jobs{0};  // opened so far; changed under the lock
  Shared* open = nullptr;
  int32_t workers = 0;
  int32_t sleeping = 0;
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

// The first open job that has tasks left and room for one more thread.
Shared* joinable(Pool& p) {
  for (Shared* s = p.open; s != nullptr; s = s->following) {
    if (s->joined < s->job->threads && s->next.load(std::memory_order_relaxed) < s->job->tasks) {
      return s;
    }
  }
  return nullptr;
}

// Until a job is opened: a while awake, then asleep. Called and left under the lock.
void wait_for_work(Pool& p) {
  const uint32_t jobs = p.jobs.load(std::memory_order_relaxed);
  pthread_mutex_unlock(&p.lock);
  for (int32_t i = 0; i < kSpins && p.jobs.load(std::memory_order_relaxed) == jobs; ++i) relax();
  pthread_mutex_lock(&p.lock);
  if (p.jobs.load(std::memory_order_relaxed) != jobs) return;
  ++p.sleeping;
  pthread_cond_wait(&p.work, &p.lock);
  --p.sleeping;
}

void* work(void*) {
  Pool& p = pool();
  pthread_mutex_lock(&p.lock);
  for (;;) {
    Shared* shared = joinable(p);
    if (shared == nullptr) {
      wait_for_work(p);
      continue;
    }
    const int32_t thread = shared->joined++;
    shared->active.fetch_add(1, std::memory_order_relaxed);
    pthread_mutex_unlock(&p.lock);
    {
      FloatEnvironment environment;
      take_tasks(*shared, thread);
    }
    pthread_mutex_lock(&p.lock);
    // After the last worker's decrement the caller may return and take `shared` with it.
    if (shared->active.fetch_sub(1, std::memory_order_release) == 1) {
      pthread_cond_broadcast(&p.done);
    }
  }
  return nullptr;
}

}  // namespace

void reserve_threads(int32_t threads) {
  if (threads <= 1) return;
  Pool& p = pool();
  pthread_mutex_lock(&p.lock);
  while (p.workers < threads - 1 && p.workers < kMaxWorkers) {
    sigset_t all, before;  // a worker must never run the JVM's signal handlers for others
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_t worker;
    const int result = pthread_create(&worker, &attributes, work, nullptr);
    pthread_attr_destroy(&attributes);
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    if (result != 0) break;
    ++p.workers;
  }
  pthread_mutex_unlock(&p.lock);
}

void run_job(const Job& job) {
  Shared shared;
  shared.job = &job;
  if (job.threads <= 1 || job.tasks <= 1) {
    take_tasks(shared, 0);
    return;
  }
  Pool& p = pool();
  pthread_mutex_lock(&p.lock);
  shared.following = p.open;
  p.open = &shared;
  p.jobs.fetch_add(1, std::memory_order_relaxed);
  const int32_t wanted = (job.threads < job.tasks ? job.threads : job.tasks) - 1;
  for (int32_t i = 0; i < wanted && i < p.sleeping; ++i) pthread_cond_signal(&p.work);
  pthread_mutex_unlock(&p.lock);
  take_tasks(shared, 0);
  pthread_mutex_lock(&p.lock);
  for (Shared** link = &p.open; *link != nullptr; link = &(*link)->following) {
    if (*link == &shared) {
      *link = shared.following;
      break;
    }
  }
  pthread_mutex_unlock(&p.lock);
  for (int32_t i = 0; i < kSpins; ++i) {
    if (shared.active.load(std::memory_order_acquire) == 0) return;
    relax();
  }
  pthread_mutex_lock(&p.lock);
  while (shared.active.load(std::memory_order_acquire) > 0) pthread_cond_wait(&p.done, &p.lock);
  pthread_mutex_unlock(&p.lock);
}

}  // namespace octet
