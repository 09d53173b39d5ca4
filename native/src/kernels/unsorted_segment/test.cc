// SPDX-License-Identifier: Apache-2.0
#include <limits>

#include "kernel_case.h"

namespace octet::test {
namespace {

struct Shapes {
  std::vector<int32_t> x, ids, y;
};

const std::vector<Shapes> kShapes = {
    {{9}, {9}, {4}},       {{9, 5}, {9}, {4, 5}}, {{3, 4, 5}, {3, 4}, {6, 5}},
    {{3, 4}, {3, 4}, {2}}, {{0, 5}, {0}, {3, 5}}, {{3, 0}, {3}, {3, 0}},
};

template <typename T>
void check(Type type) {
  std::mt19937 random(391);
  for (const Shapes& shapes : kShapes) {
    for (int32_t reduction = 0; reduction < 4; ++reduction) {
      size_t n = 1, count = 1, row = 1;
      for (const int32_t dim : shapes.x) n *= dim;
      for (const int32_t dim : shapes.ids) count *= dim;
      for (size_t i = 1; i < shapes.y.size(); ++i) row *= shapes.y[i];
      const auto x = random_integers<T>(random, n, -9, 9);
      const auto ids = random_integers<int32_t>(random, count, -2, shapes.y[0] - 1);
      const T firsts[] = {0, 1, std::numeric_limits<T>::lowest(), std::numeric_limits<T>::max()};
      std::vector<T> expected(shapes.y[0] * row, firsts[reduction]);
      for (size_t i = 0; i < count; ++i) {
        for (size_t j = 0; ids[i] >= 0 && j < row; ++j) {
          T& y = expected[ids[i] * row + j];
          const T v = x[i * row + j];
          y = reduction == 0   ? y + v
              : reduction == 1 ? y * v
              : reduction == 2 ? std::max(y, v)
                               : std::min(y, v);
        }
      }
      KernelCase test;
      const int vx = test.arena(type, shapes.x), vi = test.arena(Type::kI32, shapes.ids);
      const int vy = test.arena(type, shapes.y);
      test.instruction("unsorted_segment", {vx, vi, vy, reduction});
      ASSERT_TRUE(test.bind()) << test.error();
      test.set(vx, x);
      test.set(vi, ids);
      test.run();
      EXPECT_EQ(test.get<T>(vy), expected);
    }
  }
}

TEST(UnsortedSegment, EveryReduction) {
  check<float>(Type::kF32);
  check<int32_t>(Type::kI32);
}

TEST(UnsortedSegment, ASegmentThatIsNotThereEndsTheRun) {
  for (const int32_t id : {4, INT32_MAX}) {
    KernelCase test;
    const int vx = test.arena(Type::kF32, {2, 3}), vi = test.arena(Type::kI32, {2});
    const int vy = test.arena(Type::kF32, {4, 3});
    test.instruction("unsorted_segment", {vx, vi, vy, 0});
    ASSERT_TRUE(test.bind()) << test.error();
    test.set(vi, std::vector<int32_t>{INT32_MIN, id});
    EXPECT_EQ(test.status(), OCTET_INDEX_OUT_OF_RANGE);
  }
}

TEST(UnsortedSegment, MutantsAreRefusedOrHarmless) {
  KernelCase test;
  const int vx = test.arena(Type::kI32, {3, 2, 4});
  const int vi = test.constant<int32_t>(Type::kI32, {3, 2}, {1, 2, 0, 4, 2, -3});
  const int vy = test.arena(Type::kI32, {5, 4});
  test.instruction("unsorted_segment", {vx, vi, vy, 2});
  test.fuzz(4000, 20, 392);
}

}  // namespace
}  // namespace octet::test
