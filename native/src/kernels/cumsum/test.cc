// SPDX-License-Identifier: Apache-2.0
#include "kernel_case.h"

namespace octet::test {
namespace {

template <typename T>
void check(Type type, bool in_place) {
  std::mt19937 random(381);
  for (const auto& dims : std::vector<std::vector<int32_t>>{
           {9}, {3, 70}, {70, 3}, {3, 5, 130}, {2, 0}, {2, 3, 4, 5}}) {
    const auto rank = static_cast<int32_t>(dims.size());
    for (int32_t axis = -rank; axis < rank; ++axis) {
      for (int32_t flags = 0; flags < 4; ++flags) {
        const bool exclusive = (flags & 1) != 0, reverse = (flags & 2) != 0;
        const int32_t along = axis < 0 ? axis + rank : axis;
        size_t n = 1, inner = 1;
        for (const int32_t dim : dims) n *= dim;
        for (int32_t i = along + 1; i < rank; ++i) inner *= dims[i];
        const size_t length = dims[along];
        const auto x = random_integers<T>(random, n, -1000, 1000);
        KernelCase test;
        const int vx = test.arena(type, dims), va = test.arena(Type::kI32, {});
        const int vy = in_place ? vx : test.arena(type, dims);
        test.instruction("cumsum", {vx, va, vy, exclusive, reverse});
        ASSERT_TRUE(test.bind()) << test.error();
        test.set(vx, x);
        test.set(va, std::vector<int32_t>{axis});
        test.run();
        const auto y = test.get<T>(vy);
        for (size_t i = 0; i < n; ++i) {
          const size_t place = i / inner % length, start = i - place * inner;
          T sum = 0;
          for (size_t j = 0; j < length; ++j) {
            const size_t at = reverse ? length - 1 - j : j;
            const bool before = reverse ? at > place : at < place;
            if (before || (!exclusive && at == place)) sum += x[start + at * inner];
          }
          ASSERT_EQ(y[i], sum) << i;
        }
      }
    }
  }
}

TEST(Cumsum, EveryAxisAndDirection) {
  check<float>(Type::kF32, false);
  check<float>(Type::kF32, true);
  check<int32_t>(Type::kI32, true);
  check<int64_t>(Type::kI64, false);
}

TEST(Cumsum, AnAxisThatIsNotThereEndsTheRun) {
  for (const int32_t axis : {2, -3, INT32_MIN, INT32_MAX}) {
    KernelCase test;
    const int vx = test.arena(Type::kF32, {2, 3}), va = test.arena(Type::kI32, {1});
    test.instruction("cumsum", {vx, va, vx, 0, 0});
    ASSERT_TRUE(test.bind()) << test.error();
    test.set(va, std::vector<int32_t>{axis});
    EXPECT_EQ(test.status(), OCTET_INDEX_OUT_OF_RANGE) << axis;
  }
}

TEST(Cumsum, MutantsAreRefusedOrHarmless) {
  KernelCase test;
  const int vx = test.arena(Type::kI32, {3, 7, 4});
  const int va = test.constant<int32_t>(Type::kI32, {}, {1});
  const int vy = test.arena(Type::kI32, {3, 7, 4});
  test.instruction("cumsum", {vx, va, vy, 1, 1});
  test.fuzz(4000, 60, 382);
}

}  // namespace
}  // namespace octet::test
