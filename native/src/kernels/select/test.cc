// SPDX-License-Identifier: Apache-2.0
#include "broadcast_case.h"
#include "kernel_case.h"

namespace octet::test {
namespace {

struct Three {
  std::vector<int32_t> condition, a, b, y;
};

template <typename T>
void check(Type type, const Three& s) {
  std::mt19937 random(81);
  const auto c = random_integers<uint8_t>(random, product(s.condition), 0, 2);
  const auto a = random_integers<T>(random, product(s.a), -100, 100);
  const auto b = random_integers<T>(random, product(s.b), -100, 100);
  KernelCase test;
  const int vc = test.arena(Type::kBool, s.condition), va = test.arena(type, s.a);
  const int vb = test.arena(type, s.b), vy = test.arena(type, s.y);
  test.instruction("select", {vc, va, vb, vy, 0});
  ASSERT_TRUE(test.bind(2)) << test.error();
  test.set(vc, c);
  test.set(va, a);
  test.set(vb, b);
  test.run();
  const auto y = test.get<T>(vy);
  for (size_t i = 0; i < y.size(); ++i) {
    const bool first = c[source(s.y, s.condition, i)] != 0;
    ASSERT_EQ(y[i], first ? a[source(s.y, s.a, i)] : b[source(s.y, s.b, i)]) << i;
  }
}

TEST(Select, BroadcastsThree) {
  const std::vector<Three> cases = {
      {{3, 70}, {3, 70}, {3, 70}, {3, 70}},
      {{3, 70}, {}, {3, 70}, {3, 70}},
      {{3, 70}, {70}, {1}, {3, 70}},
      {{3, 1}, {1, 70}, {3, 70}, {3, 70}},
      {{2, 1, 4}, {3, 1}, {2, 1, 1}, {2, 3, 4}},
      {{}, {}, {}, {}},
      {{1}, {0, 4}, {4}, {0, 4}},
      {{300, 301}, {1, 301}, {300, 301}, {300, 301}},
  };
  for (const Three& s : cases) {
    check<uint8_t>(Type::kU8, s);
    check<int16_t>(Type::kI16, s);
    check<float>(Type::kF32, s);
    check<int64_t>(Type::kI64, s);
  }
}

TEST(Select, AlignsAtTheFirstDimension) {
  KernelCase test;
  const int vc = test.arena(Type::kBool, {2}), va = test.arena(Type::kI32, {2, 3});
  const int vb = test.arena(Type::kI32, {2, 3}), vy = test.arena(Type::kI32, {2, 3});
  test.instruction("select", {vc, va, vb, vy, 1});
  ASSERT_TRUE(test.bind()) << test.error();
  test.set(vc, std::vector<uint8_t>{0, 1});
  test.set(va, std::vector<int32_t>{1, 2, 3, 4, 5, 6});
  test.set(vb, std::vector<int32_t>{-1, -2, -3, -4, -5, -6});
  test.run();
  EXPECT_EQ(test.get<int32_t>(vy), (std::vector<int32_t>{-1, -2, -3, 4, 5, 6}));
}

TEST(Select, TakesSingleElementsOfAnyRank) {
  KernelCase test;
  const int vc = test.arena(Type::kBool, {1}), va = test.arena(Type::kI32, {1, 1, 1});
  const int vb = test.arena(Type::kI32, {}), vy = test.arena(Type::kI32, {1, 1});
  test.instruction("select", {vc, va, vb, vy, 2});
  ASSERT_TRUE(test.bind()) << test.error();
  test.set(vc, std::vector<uint8_t>{1});
  test.set(va, std::vector<int32_t>{7});
  test.set(vb, std::vector<int32_t>{8});
  test.run();
  EXPECT_EQ(test.get<int32_t>(vy), (std::vector<int32_t>{7}));
}

TEST(Select, MutantsAreRefusedOrHarmless) {
  for (const int32_t alignment : {0, 1, 2}) {
    const std::vector<int32_t> dims =
        alignment == 2 ? std::vector<int32_t>{1, 1, 1} : std::vector<int32_t>{3, 4, 5};
    KernelCase test;
    const int vc = test.arena(Type::kBool, {dims[0]}), vd = test.arena(Type::kBool, dims);
    const int va = test.arena(Type::kF32, dims), vb = test.arena(Type::kF32, dims);
    const int vy = test.arena(Type::kF32, dims);
    test.instruction("select", {alignment == 0 ? vd : vc, va, vb, vy, alignment});
    test.fuzz(2000, 100, 82);
  }
}

}  // namespace
}  // namespace octet::test
