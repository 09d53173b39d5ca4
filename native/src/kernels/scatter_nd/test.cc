// SPDX-License-Identifier: Apache-2.0
#include "kernel_case.h"

namespace octet::test {
namespace {

struct Shapes {
  std::vector<int32_t> indices, updates, y;
};

const std::vector<Shapes> kShapes = {
    {{9, 1}, {9}, {4}},       {{3, 3, 2}, {3, 3, 5}, {2, 3, 5}}, {{6, 3}, {6}, {2, 2, 2}},
    {{1}, {4, 5}, {3, 4, 5}}, {{2, 0}, {2, 3, 4}, {3, 4}},       {{0, 1}, {0, 4}, {3, 4}},
    {{3, 1}, {3, 0}, {4, 0}},
};

template <typename T>
void check(Type type, bool logical) {
  std::mt19937 random(321);
  for (const Shapes& shapes : kShapes) {
    size_t slices = 1, slice = 1, n = 1;
    const auto nd = static_cast<size_t>(shapes.indices.back());
    for (size_t i = 0; i + 1 < shapes.indices.size(); ++i) slices *= shapes.indices[i];
    for (size_t i = nd; i < shapes.y.size(); ++i) slice *= shapes.y[i];
    for (const int32_t dim : shapes.y) n *= dim;
    const auto updates = random_integers<T>(random, slices * slice, 0, logical ? 1 : 100);
    std::vector<int32_t> indices(slices * nd);
    std::vector<T> expected(n);
    for (size_t i = 0; i < slices; ++i) {
      size_t to = 0;
      for (size_t axis = 0; axis < nd; ++axis) {
        const auto index = random() % shapes.y[axis];
        indices[i * nd + axis] = static_cast<int32_t>(index);
        to = to * shapes.y[axis] + index;
      }
      for (size_t j = 0; j < slice; ++j) {
        T& sum = expected[to * slice + j];
        const T u = updates[i * slice + j];
        sum = static_cast<T>(logical ? sum || u : sum + u);
      }
    }
    KernelCase test;
    const int vi = test.arena(Type::kI32, shapes.indices), vu = test.arena(type, shapes.updates);
    const int vy = test.arena(type, shapes.y);
    test.instruction("scatter_nd", {vi, vu, vy});
    ASSERT_TRUE(test.bind()) << test.error();
    test.set(vi, indices);
    test.set(vu, updates);
    test.run();
    EXPECT_EQ(test.get<T>(vy), expected);
  }
}

TEST(ScatterNd, AddsUpWhatFallsTogether) {
  check<float>(Type::kF32, false);
  check<int8_t>(Type::kI8, false);
  check<uint8_t>(Type::kU8, false);
  check<int32_t>(Type::kI32, false);
  check<int64_t>(Type::kI64, false);
  check<uint8_t>(Type::kBool, true);
}

TEST(ScatterNd, TrueStaysTrueHoweverOften) {
  KernelCase test;
  const int vi = test.arena(Type::kI32, {256, 1}), vu = test.arena(Type::kBool, {256});
  const int vy = test.arena(Type::kBool, {1});
  test.instruction("scatter_nd", {vi, vu, vy});
  ASSERT_TRUE(test.bind()) << test.error();
  test.set(vi, std::vector<int32_t>(256));
  test.set(vu, std::vector<uint8_t>(256, 1));
  test.run();
  EXPECT_EQ(test.get<uint8_t>(vy)[0], 1);
}

TEST(ScatterNd, EveryIndexIsTestedAgainstItsAxis) {
  for (const std::vector<int32_t>& bad :
       std::vector<std::vector<int32_t>>{{0, 4}, {1, -1}, {3, 0}, {-1, 3}}) {
    KernelCase test;
    const int vi = test.arena(Type::kI32, {2}), vu = test.arena(Type::kF32, {});
    const int vy = test.arena(Type::kF32, {3, 4});
    test.instruction("scatter_nd", {vi, vu, vy});
    ASSERT_TRUE(test.bind()) << test.error();
    test.set(vi, bad);
    EXPECT_EQ(test.status(), OCTET_INDEX_OUT_OF_RANGE) << bad[0] << " " << bad[1];
  }
}

TEST(ScatterNd, MutantsAreRefusedOrHarmless) {
  KernelCase test;
  const int vi = test.constant<int32_t>(Type::kI32, {3, 2}, {1, 2, 0, 6, 2, 3});
  const int vu = test.arena(Type::kI32, {3, 4}), vy = test.arena(Type::kI32, {3, 7, 4});
  test.instruction("scatter_nd", {vi, vu, vy});
  test.fuzz(4000, 20, 322);
}

}  // namespace
}  // namespace octet::test
