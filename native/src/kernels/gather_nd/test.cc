// SPDX-License-Identifier: Apache-2.0
#include "kernel_case.h"

namespace octet::test {
namespace {

struct Shapes {
  std::vector<int32_t> x, indices, y;
};

const std::vector<Shapes> kShapes = {
    {{7}, {5, 1}, {5}},          {{3, 4, 5}, {2, 3, 2}, {2, 3, 5}}, {{3, 4, 5}, {6, 3}, {6}},
    {{3, 4, 5}, {1}, {4, 5}},    {{3, 4}, {2, 0}, {2, 3, 4}},       {{3, 0}, {0, 1}, {0, 0}},
    {{3, 4, 5}, {0, 2}, {0, 5}}, {{2, 2, 2, 2, 2}, {9, 4}, {9, 2}},
};

template <typename T, typename Index>
void check(Type type, Type index_type) {
  std::mt19937 random(311);
  for (const Shapes& shapes : kShapes) {
    size_t n = 1, slices = 1, slice = 1;
    const auto nd = static_cast<size_t>(shapes.indices.back());
    for (const int32_t dim : shapes.x) n *= dim;
    for (size_t i = 0; i + 1 < shapes.indices.size(); ++i) slices *= shapes.indices[i];
    for (size_t i = nd; i < shapes.x.size(); ++i) slice *= shapes.x[i];
    const auto x = random_integers<T>(random, n, 0, 1000000);
    std::vector<Index> indices(slices * nd);
    for (size_t i = 0; i < indices.size(); ++i) {
      indices[i] = static_cast<Index>(random() % shapes.x[i % nd]);
    }
    KernelCase test;
    const int vx = test.arena(type, shapes.x), vi = test.arena(index_type, shapes.indices);
    const int vy = test.arena(type, shapes.y);
    test.instruction("gather_nd", {vx, vi, vy});
    ASSERT_TRUE(test.bind()) << test.error();
    test.set(vx, x);
    test.set(vi, indices);
    test.run();
    const auto y = test.get<T>(vy);
    ASSERT_EQ(y.size(), slices * slice);
    for (size_t i = 0; i < slices; ++i) {
      size_t from = 0;
      for (size_t axis = 0; axis < nd; ++axis) {
        from = from * shapes.x[axis] + indices[i * nd + axis];
      }
      for (size_t j = 0; j < slice; ++j) ASSERT_EQ(y[i * slice + j], x[from * slice + j]);
    }
  }
}

TEST(GatherNd, PicksSlices) {
  check<uint8_t, int32_t>(Type::kBool, Type::kI32);
  check<int16_t, int64_t>(Type::kBf16, Type::kI64);
  check<int64_t, int16_t>(Type::kI64, Type::kI16);
}

TEST(GatherNd, EveryIndexIsTestedAgainstItsAxis) {
  for (const std::vector<int32_t>& bad : std::vector<std::vector<int32_t>>{
           {0, 4}, {1, -1}, {3, 0}, {-1, 3}, {INT32_MIN, INT32_MAX}}) {
    KernelCase test;
    const int vx = test.arena(Type::kF32, {3, 4}), vi = test.arena(Type::kI32, {2});
    const int vy = test.arena(Type::kF32, {});
    test.instruction("gather_nd", {vx, vi, vy});
    ASSERT_TRUE(test.bind()) << test.error();
    test.set(vi, bad);
    EXPECT_EQ(test.status(), OCTET_INDEX_OUT_OF_RANGE) << bad[0] << " " << bad[1];
  }
}

TEST(GatherNd, MutantsAreRefusedOrHarmless) {
  KernelCase test;
  const int vx = test.arena(Type::kI8, {3, 7, 4});
  const int vi = test.constant<int32_t>(Type::kI32, {3, 2}, {1, 2, 0, 6, 2, 3});
  const int vy = test.arena(Type::kI8, {3, 4});
  test.instruction("gather_nd", {vx, vi, vy});
  test.fuzz(4000, 20, 312);
}

}  // namespace
}  // namespace octet::test
