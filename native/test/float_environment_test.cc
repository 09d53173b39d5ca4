// SPDX-License-Identifier: Apache-2.0
#include "base/float_environment.h"

#include <gtest/gtest.h>

#include <cfenv>
#include <limits>

namespace octet {
namespace {

float denormal() {
  volatile float least = std::numeric_limits<float>::min();
  return least / 2;
}

// Above 1 when sums round up.
float slightly_more() {
  volatile float one = 1, little = 1e-9f;
  return one + little;
}

TEST(FloatEnvironment, FloatsFlushDenormals) {
  EXPECT_GT(denormal(), 0);
  {
    const FloatEnvironment environment;
    EXPECT_EQ(denormal(), 0);
  }
  EXPECT_GT(denormal(), 0);
}

TEST(FloatEnvironment, RoundsToNearestAndRestores) {
  for (const bool floats : {false, true}) {
    ASSERT_EQ(std::fesetround(FE_UPWARD), 0);
    {
      const FloatEnvironment environment(floats);
      EXPECT_EQ(slightly_more(), 1);
    }
    EXPECT_GT(slightly_more(), 1);
    std::fesetround(FE_TONEAREST);
  }
}

TEST(FloatEnvironment, IntegersLeaveTheSetting) {
  const FloatEnvironment environment(false);
  EXPECT_GT(denormal(), 0);
}

}  // namespace
}  // namespace octet
