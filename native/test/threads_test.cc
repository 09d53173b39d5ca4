// SPDX-License-Identifier: Apache-2.0
#include "base/threads.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <time.h>

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
  reserve_threads(4, 4);
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
  reserve_threads(3, 4);
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
  reserve_threads(2, 4);
  Counts counts(1000, 2);
  run_job({1000, 2, count, [](void* c) { return static_cast<Counts*>(c)->done[10].load() > 0; },
           &counts});
  EXPECT_EQ(counts.done[999].load(), 0);
}

TEST(Threads, WorkersAreBoundedByTheProcessors) {
  for (int i = 0; i < 20; ++i) reserve_threads(3, 4);
  EXPECT_LE(worker_count(), 3);
  for (int i = 0; i < 20; ++i) release_threads(3);
  const int before = worker_count();
  reserve_threads(200, 1);
  EXPECT_EQ(worker_count(), before);
  release_threads(200);
}

// Each thread of the job waits inside its task until all are there.
struct Meeting {
  int threads;
  sigset_t blockable{};
  std::atomic<int> arrived{0};
  std::atomic<int> open_signals{0};
};

void meet(void* context, int32_t, int32_t thread) {
  auto& meeting = *static_cast<Meeting*>(context);
  sigset_t blocked;
  pthread_sigmask(SIG_BLOCK, nullptr, &blocked);
  for (int signal = 1; thread > 0 && signal <= SIGRTMAX; ++signal) {
    if (sigismember(&meeting.blockable, signal) == 1 && sigismember(&blocked, signal) != 1) {
      meeting.open_signals.fetch_add(1);
    }
  }
  meeting.arrived.fetch_add(1);
  const time_t start = time(nullptr);
  while (meeting.arrived.load() < meeting.threads && time(nullptr) < start + 10) sched_yield();
}

TEST(Threads, WorkersBlockAllSignals) {
  reserve_threads(2, 4);
  Meeting meeting{2};
  // what is left of all signals: not SIGKILL, SIGSTOP, the C library's own and those of an emulator
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_sigmask(SIG_SETMASK, &before, &meeting.blockable);
  ASSERT_EQ(sigismember(&meeting.blockable, SIGTERM), 1);
  run_job({2, 2, meet, never, &meeting});
  EXPECT_EQ(meeting.arrived.load(), 2);
  EXPECT_EQ(meeting.open_signals.load(), 0);
}

TEST(Threads, SleepingWorkersAreWoken) {
  reserve_threads(3, 4);
  for (int i = 0; i < 20; ++i) {
    const timespec pause = {0, i % 2 == 0 ? 3000000 : 40000};  // longer than workers stay awake
    nanosleep(&pause, nullptr);
    Meeting meeting{3};
    run_job({3, 3, meet, never, &meeting});
    EXPECT_EQ(meeting.arrived.load(), 3);
  }
}

TEST(Threads, CallersOfAFullMachineAskForNoWorkers) {
  reserve_threads(4, 4);
  const ParallelRun a(true), b(true), c(true), d(true);
  struct Seen {
    std::atomic<int> helped{0};
  } seen;
  for (int i = 0; i < 100; ++i) {
    run_job({64, 4,
             [](void* context, int32_t, int32_t thread) {
               static_cast<Seen*>(context)->helped += thread != 0;
             },
             never, &seen});
  }
  EXPECT_EQ(seen.helped.load(), 0);
}

TEST(Threads, LateWorkersLeaveFinishedJobsAlone) {
  reserve_threads(4, 4);
  for (int i = 0; i < 20000; ++i) {  // jobs shorter than a worker takes to come
    Counts counts(2, 4);
    run_job({2, 4, count, never, &counts});
    ASSERT_EQ(counts.done[0].load() + counts.done[1].load(), 2);
  }
}

// Layers of plain memory: each task adds what its neighbours wrote in the job before. A processor
// that orders memory weakly, or a race detector, shows what a hand-over without order would lose.
struct Layers {
  static constexpr int kTasks = 16;
  int64_t numbers[2][kTasks];
  int layer;
};

void add_neighbours(void* context, int32_t task, int32_t) {
  auto& l = *static_cast<Layers*>(context);
  const int64_t* from = l.numbers[l.layer % 2];
  l.numbers[(l.layer + 1) % 2][task] = from[task] + from[(task + 1) % Layers::kTasks] + 1;
}

TEST(Threads, AJobSeesWhatTheJobBeforeWrote) {
  reserve_threads(4, 4);
  std::vector<std::thread> callers;
  std::atomic<int> wrong{0};
  for (int c = 0; c < 2; ++c) {
    callers.emplace_back([&] {
      for (int i = 0; i < 200; ++i) {
        Layers layers = {};
        int64_t expected = 0;
        for (layers.layer = 0; layers.layer < 40; ++layers.layer) {
          expected = 2 * expected + 1;
          run_job({Layers::kTasks, 3, add_neighbours, never, &layers});
        }
        for (const int64_t number : layers.numbers[0]) wrong += number != expected;
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(wrong.load(), 0);
}

}  // namespace
}  // namespace octet
