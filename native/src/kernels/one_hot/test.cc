// SPDX-License-Identifier: Apache-2.0
#include "kernel_case.h"

namespace octet::test {
namespace {

template <typename T, typename Index>
void check(Type type, Type index_type) {
  std::mt19937 random(351);
  for (const auto& dims : std::vector<std::vector<int32_t>>{{}, {5}, {3, 4}, {2, 0}, {2, 3, 4}}) {
    for (int32_t axis = 0; axis <= static_cast<int32_t>(dims.size()); ++axis) {
      for (const int32_t depth : {0, 1, 6}) {
        std::vector<int32_t> y_dims = dims;
        y_dims.insert(y_dims.begin() + axis, depth);
        size_t n = 1, inner = 1;
        for (const int32_t dim : dims) n *= dim;
        for (size_t i = axis; i < dims.size(); ++i) inner *= dims[i];
        const auto indices = random_integers<Index>(random, n, -1, depth);
        KernelCase test;
        const int vi = test.arena(index_type, dims), on = test.arena(type, {});
        const int off = test.constant<T>(type, {1}, {static_cast<T>(3)});
        const int vy = test.arena(type, y_dims);
        test.instruction("one_hot", {vi, on, off, vy, axis});
        ASSERT_TRUE(test.bind()) << test.error();
        test.set(vi, indices);
        test.set(on, std::vector<T>{static_cast<T>(7)});
        test.run();
        const auto y = test.get<T>(vy);
        for (size_t i = 0; i < y.size(); ++i) {
          const size_t index = i / (inner * depth) * inner + i % inner;
          const bool hot = indices[index] == static_cast<Index>(i / inner % depth);
          ASSERT_EQ(y[i], static_cast<T>(hot ? 7 : 3)) << i;
        }
      }
    }
  }
}

TEST(OneHot, OnWhereTheIndexSays) {
  check<uint8_t, int32_t>(Type::kBool, Type::kI32);
  check<float, int64_t>(Type::kF32, Type::kI64);
  check<int64_t, int32_t>(Type::kI64, Type::kI32);
}

TEST(OneHot, MutantsAreRefusedOrHarmless) {
  KernelCase test;
  const int vi = test.arena(Type::kI32, {3, 2}), on = test.arena(Type::kI32, {});
  const int off = test.arena(Type::kI32, {}), vy = test.arena(Type::kI32, {3, 5, 2});
  test.instruction("one_hot", {vi, on, off, vy, 1});
  test.fuzz(4000, 60, 352);
}

}  // namespace
}  // namespace octet::test
