// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "base/ticks.h"
#include "kernels/peaks/peaks.h"

namespace octet {
namespace {

constexpr Arithmetic kAll[] = {Arithmetic::kF32, Arithmetic::kI16, Arithmetic::kI8};
constexpr Isa kIsas[] = {Isa::kScalar,     Isa::kAvx2, Isa::kAvx512,
                         Isa::kAvx512Vnni, Isa::kNeon, Isa::kNeonDot};

TEST(Peaks, EveryInstructionSetThatIsHereHasThem) {
  for (const Isa isa : kIsas) {
    for (const Arithmetic arithmetic : kAll) {
      const double rate = peak_macs(arithmetic, isa);
      EXPECT_EQ(rate > 0, isa_covers(active_isa(), isa)) << isa_name(isa);
      EXPECT_LT(rate, 5000) << "no core does that: the loop was optimized away";
    }
  }
}

// A clock of under 6 GHz, so that a vector instruction that the compiler dropped is noticed.
TEST(Peaks, AreThoseOfTheInstructionsMeant) {
  if (!isa_covers(active_isa(), Isa::kAvx512Vnni)) GTEST_SKIP() << "needs avx512vnni";
  const double dot = peak_macs(Arithmetic::kI8, Isa::kAvx512Vnni);
  EXPECT_GT(dot, 1.5 * peak_macs(Arithmetic::kI16, Isa::kAvx512Vnni));
  EXPECT_GT(dot, 3 * peak_macs(Arithmetic::kF32, Isa::kAvx512Vnni));
}

TEST(Peaks, SmallCachesAreFasterThanMemory) {
  for (const bool write : {false, true}) {
    const double small = peak_bandwidth(1 << 14, write);
    EXPECT_GT(small, peak_bandwidth(int64_t{1} << 26, write));
    EXPECT_LT(small, 5000);
  }
  EXPECT_GT(peak_bandwidth(1, false), 0);
}

TEST(Ticks, AreNanosecondsWithTheirFactor) {
  const double factor = tick_nanos();
  const int64_t nanos = steady_nanos();
  const int64_t first = ticks();
  while (steady_nanos() - nanos < 20000000) {
  }
  const double counted = static_cast<double>(ticks() - first) * factor;
  const auto passed = static_cast<double>(steady_nanos() - nanos);
  EXPECT_NEAR(counted, passed, 0.1 * passed);
  EXPECT_GT(tick_cost(), 0);
  EXPECT_LT(tick_cost() * factor, 1000);
}

}  // namespace
}  // namespace octet
