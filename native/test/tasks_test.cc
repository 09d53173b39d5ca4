// SPDX-License-Identifier: Apache-2.0
#include "base/tasks.h"

#include <gtest/gtest.h>

namespace octet {
namespace {

TEST(Tasks, SmallWorkStaysWhole) {
  for (const int32_t threads : {1, 2, 8}) {
    EXPECT_EQ(task_count(0, threads), 1);
    EXPECT_EQ(task_count(2 * kLeastTaskNanos - 1, threads), 1);
  }
  EXPECT_EQ(task_count(2 * kLeastTaskNanos, 2), 2);
}

TEST(Tasks, AreAMultipleOfTheThreadsWithSlack) {
  for (const int32_t threads : {2, 3, 8}) {
    for (int64_t nanos = kLeastTaskNanos * threads; nanos < 20 * kMostTaskNanos; nanos += 777) {
      const int64_t tasks = task_count(nanos, threads);
      EXPECT_GE(tasks, threads) << nanos;
      EXPECT_GE(nanos / tasks, kLeastTaskNanos) << nanos;
      EXPECT_LE(nanos / tasks, kMostTaskNanos) << nanos;
      if (tasks <= threads * kMostTasksPerThread) {
        EXPECT_EQ(tasks % threads, 0) << nanos;
      }
      if (tasks > threads * kTasksPerThread) {
        EXPECT_GE(nanos / tasks, kLongTaskNanos) << nanos;
      }
    }
    EXPECT_EQ(task_count(1000000, threads), threads * kMostTasksPerThread);
  }
}

TEST(Tasks, OneThreadCutsForCancelOnly) {
  EXPECT_EQ(task_count(kMostTaskNanos - 1, 1), 1);
  EXPECT_EQ(task_count(10 * kMostTaskNanos, 1), 11);
}

TEST(Tasks, UnitsCoverTheWork) {
  for (const int64_t units : {0, 1, 7, 112, 1000003}) {
    for (const int64_t nanos : {0, 5000, 100000, 50000000}) {
      for (const int32_t threads : {1, 2, 5}) {
        const int64_t each = units_per_task(units, nanos, threads);
        ASSERT_GE(each, 1);
        EXPECT_LE((units + each - 1) / each, task_count(nanos, threads));
      }
    }
  }
}

TEST(Tasks, NanosFallWithTheInstructionSet) {
  const int64_t macs = 1000000;
  EXPECT_LT(i8_nanos(Isa::kAvx512Vnni, macs), i8_nanos(Isa::kAvx2, macs));
  EXPECT_LT(i8_nanos(Isa::kAvx2, macs), i8_nanos(Isa::kScalar, macs));
  EXPECT_LT(f32_nanos(Isa::kAvx2, macs), f32_nanos(Isa::kScalar, macs));
  EXPECT_LT(i16_nanos(Isa::kNeonDot, macs), i16_nanos(Isa::kScalar, macs));
}

}  // namespace
}  // namespace octet
