// SPDX-License-Identifier: Apache-2.0
#include "kernel_case.h"

namespace octet::test {
namespace {

struct Shapes {
  std::vector<int32_t> x, update;
};

const std::vector<Shapes> kShapes = {
    {{7}, {3}},
    {{4, 5}, {2, 5}},
    {{4, 5}, {4, 2}},
    {{3, 4, 5}, {2, 3, 4}},
    {{4, 5}, {4, 5}},
    {{4, 5}, {0, 5}},
    {{3, 4, 5}, {1, 4, 5}},
    {{2, 3, 4, 5}, {1, 2, 4, 5}},
    {{}, {}},
    {{2, 0, 3}, {1, 0, 3}},
    {{2, 3, 2, 3}, {1, 1, 1, 1}},
};

template <typename T, typename Index>
void check(Type type, Type index_type, bool in_place) {
  std::mt19937 random(371);
  for (const Shapes& shapes : kShapes) {
    for (int round = 0; round < 8; ++round) {
      const size_t rank = shapes.x.size();
      size_t n = 1, m = 1;
      for (const int32_t dim : shapes.x) n *= dim;
      for (const int32_t dim : shapes.update) m *= dim;
      const auto x = random_integers<T>(random, n, 0, 100000);
      const auto update = random_integers<T>(random, m, 0, 100000);
      const auto starts = random_integers<Index>(random, rank, -2, 6);
      std::vector<T> expected = x;
      for (size_t i = 0; i < m; ++i) {
        size_t rest = i, to = 0, stride = 1;
        for (size_t axis = rank; axis-- > 0;) {
          const Index most = shapes.x[axis] - shapes.update[axis];
          const Index start = std::min<Index>(std::max<Index>(0, starts[axis]), most);
          to += (start + rest % shapes.update[axis]) * stride;
          rest /= shapes.update[axis];
          stride *= shapes.x[axis];
        }
        expected[to] = update[i];
      }
      KernelCase test;
      const int vx = test.arena(type, shapes.x), vu = test.arena(type, shapes.update);
      const int vs = test.arena(index_type, {static_cast<int32_t>(rank)});
      const int vy = in_place ? vx : test.arena(type, shapes.x);
      test.instruction("dynamic_update_slice", {vx, vu, vs, vy});
      ASSERT_TRUE(test.bind()) << test.error();
      test.set(vx, x);
      test.set(vu, update);
      test.set(vs, starts);
      test.run();
      ASSERT_EQ(test.get<T>(vy), expected);
    }
  }
}

TEST(DynamicUpdateSlice, TheBoxIsBroughtInside) {
  check<int8_t, int32_t>(Type::kI8, Type::kI32, false);
  check<int16_t, int64_t>(Type::kF16, Type::kI64, true);
  check<float, int32_t>(Type::kF32, Type::kI32, true);
  check<int64_t, int64_t>(Type::kI64, Type::kI64, false);
}

TEST(DynamicUpdateSlice, AnyStartIsHarmless) {
  KernelCase test;
  const int vx = test.arena(Type::kI8, {3, 4}), vu = test.arena(Type::kI8, {2, 2});
  const int vs = test.arena(Type::kI64, {2}), vy = test.arena(Type::kI8, {3, 4});
  test.instruction("dynamic_update_slice", {vx, vu, vs, vy});
  ASSERT_TRUE(test.bind()) << test.error();
  for (const int64_t a : {INT64_MIN, INT64_MAX, int64_t{1} << 32}) {
    test.set(vs, std::vector<int64_t>{a, ~a});
    EXPECT_EQ(test.status(), OCTET_OK);
  }
}

TEST(DynamicUpdateSlice, MutantsAreRefusedOrHarmless) {
  KernelCase test;
  const int vx = test.arena(Type::kI8, {3, 7, 4}), vu = test.arena(Type::kI8, {2, 5, 3});
  const int vs = test.arena(Type::kI32, {3}), vy = test.arena(Type::kI8, {3, 7, 4});
  test.instruction("dynamic_update_slice", {vx, vu, vs, vy});
  test.fuzz(4000, 60, 372);
}

}  // namespace
}  // namespace octet::test
