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

struct Shared {
  const Job* job;
  std::atomic<int32_t> next{0};  // next task to take
  int32_t joined = 1;            // threads that took part, the caller included; under the lock
  int32_t active = 0;            // workers inside; under the lock
  Shared* following = nullptr;   // list of open jobs; under the lock
};

// Never destroyed: workers wait on it until the process ends.
struct Pool {
  pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  pthread_cond_t work = PTHREAD_COND_INITIALIZER;
  pthread_cond_t done = PTHREAD_COND_INITIALIZER;
  Shared* open = nullptr;
  int32_t workers = 0;
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

void* work(void*) {
  Pool& p = pool();
  pthread_mutex_lock(&p.lock);
  for (;;) {
    Shared* shared = joinable(p);
    if (shared == nullptr) {
      pthread_cond_wait(&p.work, &p.lock);
      continue;
    }
    const int32_t thread = shared->joined++;
    ++shared->active;
    pthread_mutex_unlock(&p.lock);
    {
      FloatEnvironment environment;
      take_tasks(*shared, thread);
    }
    pthread_mutex_lock(&p.lock);
    if (--shared->active == 0) pthread_cond_broadcast(&p.done);
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
  const int32_t wanted = (job.threads < job.tasks ? job.threads : job.tasks) - 1;
  for (int32_t i = 0; i < wanted; ++i) pthread_cond_signal(&p.work);
  pthread_mutex_unlock(&p.lock);
  take_tasks(shared, 0);
  pthread_mutex_lock(&p.lock);
  for (Shared** link = &p.open; *link != nullptr; link = &(*link)->following) {
    if (*link == &shared) {
      *link = shared.following;
      break;
    }
  }
  while (shared.active > 0) pthread_cond_wait(&p.done, &p.lock);
  pthread_mutex_unlock(&p.lock);
}

}  // namespace octet
