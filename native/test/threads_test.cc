// SPDX-License-Identifier: Apache-2.0
#include "base/threads.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace octet {
namespace {

struct Counts {
  std::vector<std::atomic<int>> done;
  std::atomic<int> wrong_thread{0};
  int threads;
  explicit Counts(int tasks, int threads) : done(tasks), threads(threads) {}
};

void count(void* context, int32_t task, int32_t thread) {
  auto& counts = *static_cast<Counts*>(context);
  counts.done[task].fetch_add(1);
  if (thread < 0 || thread >= counts.threads) counts.wrong_thread.fetch_add(1);
}

bool never(void*) { return false; }

TEST(Threads, EveryTaskRunsOnce) {
  reserve_threads(4);
  for (int threads : {1, 2, 4}) {
    for (int tasks : {0, 1, 2, 3, 100}) {
      Counts counts(tasks, threads);
      run_job({tasks, threads, count, never, &counts});
      for (auto& done : counts.done) EXPECT_EQ(done.load(), 1);
      EXPECT_EQ(counts.wrong_thread.load(), 0);
    }
  }
}

TEST(Threads, CallersShareThePool) {
  reserve_threads(3);
  std::vector<std::thread> callers;
  std::atomic<int> wrong{0};
  for (int c = 0; c < 4; ++c) {
    callers.emplace_back([&] {
      for (int i = 0; i < 500; ++i) {
        Counts counts(17, 3);
        run_job({17, 3, count, never, &counts});
        for (auto& done : counts.done) wrong += done.load() != 1;
        wrong += counts.wrong_thread.load();
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(wrong.load(), 0);
}

TEST(Threads, StopEndsAJob) {
  reserve_threads(2);
  Counts counts(1000, 2);
  run_job({1000, 2, count, [](void* c) { return static_cast<Counts*>(c)->done[10].load() > 0; },
           &counts});
  EXPECT_EQ(counts.done[999].load(), 0);
}

}  // namespace
}  // namespace octet
