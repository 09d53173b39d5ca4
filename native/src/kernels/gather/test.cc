// SPDX-License-Identifier: Apache-2.0
#include "kernel_case.h"

namespace octet::test {
namespace {

struct Shapes {
  std::vector<int32_t> x, indices, y;
  int32_t axis, batch;
};

const std::vector<Shapes> kShapes = {
    {{7}, {5}, {5}, 0, 0},
    {{7}, {}, {}, 0, 0},
    {{3, 7}, {2, 2}, {3, 2, 2}, 1, 0},
    {{3, 7, 2, 3}, {4}, {3, 4, 2, 3}, 1, 0},
    {{3, 4, 7, 1}, {3, 5}, {3, 4, 5, 1}, 2, 1},
    {{3, 4, 7}, {3, 4, 5, 2}, {3, 4, 5, 2}, 2, 2},
    {{2, 300, 130}, {2, 700}, {2, 700, 130}, 1, 1},
    {{3, 7, 0}, {4}, {3, 4, 0}, 1, 0},
    {{3, 7}, {0}, {3, 0}, 1, 0},
};

int64_t product(const std::vector<int32_t>& dims, size_t first, size_t last) {
  int64_t result = 1;
  for (size_t i = first; i < last; ++i) result *= dims[i];
  return result;
}

template <typename T, typename Index>
void check(Type type, Type index_type) {
  std::mt19937 random(301);
  for (const Shapes& shapes : kShapes) {
    const int32_t axis = shapes.axis, batch = shapes.batch, length = shapes.x[axis];
    const int64_t outer = product(shapes.x, batch, axis), batches = product(shapes.x, 0, batch);
    const int64_t inner = product(shapes.x, axis + 1, shapes.x.size());
    const int64_t picks = product(shapes.indices, batch, shapes.indices.size());
    const auto x = random_integers<T>(random, product(shapes.x, 0, shapes.x.size()), 0, 1000000);
    const auto indices = random_integers<Index>(random, batches * picks, 0, length - 1);
    KernelCase test;
    const int vx = test.arena(type, shapes.x), vi = test.arena(index_type, shapes.indices);
    const int vy = test.arena(type, shapes.y);
    test.instruction("gather", {vx, vi, vy, axis, batch});
    ASSERT_TRUE(test.bind(2)) << test.error();
    test.set(vx, x);
    test.set(vi, indices);
    test.run();
    const auto y = test.get<T>(vy);
    size_t at = 0;
    for (int64_t b = 0; b < batches; ++b) {
      for (int64_t o = 0; o < outer; ++o) {
        for (int64_t i = 0; i < picks; ++i) {
          for (int64_t r = 0; r < inner; ++r, ++at) {
            const int64_t row = (b * outer + o) * length + indices[b * picks + i];
            ASSERT_EQ(y[at], x[row * inner + r]) << at;
          }
        }
      }
    }
    EXPECT_EQ(at, y.size());
  }
}

TEST(Gather, PicksAlongAnAxis) {
  check<uint8_t, int32_t>(Type::kU8, Type::kI32);
  check<int16_t, int64_t>(Type::kI16, Type::kI64);
  check<int32_t, int16_t>(Type::kI32, Type::kI16);
  check<int64_t, int32_t>(Type::kI64, Type::kI32);
}

TEST(Gather, AnIndexOutsideEndsTheRun) {
  for (const int64_t index : {int64_t{-1}, int64_t{7}, int64_t{1} << 32, INT64_MIN}) {
    KernelCase test;
    const int vx = test.arena(Type::kF32, {7, 3}), vi = test.arena(Type::kI64, {2});
    const int vy = test.arena(Type::kF32, {2, 3});
    test.instruction("gather", {vx, vi, vy, 0, 0});
    ASSERT_TRUE(test.bind()) << test.error();
    test.set(vi, std::vector<int64_t>{6, index});
    EXPECT_EQ(test.status(), OCTET_INDEX_OUT_OF_RANGE) << index;
    test.set(vi, std::vector<int64_t>{6, 0});
    EXPECT_EQ(test.status(), OCTET_OK);
  }
}

TEST(Gather, MutantsAreRefusedOrHarmless) {
  KernelCase test;
  const int vx = test.arena(Type::kI8, {3, 7, 4});
  const int vi = test.constant<int32_t>(Type::kI32, {3, 2}, {1, 2, 0, 6, 5, 3});
  const int vy = test.arena(Type::kI8, {3, 2, 4});
  test.instruction("gather", {vx, vi, vy, 1, 1});
  test.fuzz(4000, 20, 302);
}

}  // namespace
}  // namespace octet::test
