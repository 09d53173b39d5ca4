// SPDX-License-Identifier: Apache-2.0
#include "broadcast_case.h"
#include "kernel_case.h"

namespace octet::test {
namespace {

std::vector<uint8_t> table_of() {
  std::vector<uint8_t> table(65536);
  for (int i = 0; i < 65536; ++i) table[i] = static_cast<uint8_t>(i * 31 + (i >> 8) * 7);
  return table;
}

TEST(PairTable, LooksUpPairs) {
  std::mt19937 random(91);
  const auto table = table_of();
  for (const Shapes& s : kShapes) {
    const auto a = random_integers<uint8_t>(random, product(s.a), 0, 255);
    const auto b = random_integers<uint8_t>(random, product(s.b), 0, 255);
    KernelCase test;
    const int va = test.arena(Type::kI8, s.a), vb = test.arena(Type::kI8, s.b);
    const int vy = test.arena(Type::kBool, s.y);
    const int vt = test.constant(Type::kU8, {65536}, table);
    test.instruction("pair_table", {va, vb, vt, vy, -1});
    ASSERT_TRUE(test.bind(2)) << test.error();
    test.set(va, a);
    test.set(vb, b);
    test.run();
    const auto y = test.get<uint8_t>(vy);
    for (size_t i = 0; i < y.size(); ++i) {
      ASSERT_EQ(y[i], table[256 * a[source(s.y, s.a, i)] + b[source(s.y, s.b, i)]]) << i;
    }
  }
}

TEST(PairTable, AForbiddenByteEndsTheRun) {
  KernelCase test;
  const int va = test.arena(Type::kI8, {3}), vb = test.arena(Type::kI8, {3});
  const int vy = test.arena(Type::kI8, {3});
  const int vt = test.constant(Type::kU8, {65536}, table_of());
  test.instruction("pair_table", {va, vb, vt, vy, 0xfe});
  ASSERT_TRUE(test.bind()) << test.error();
  test.set(va, std::vector<int8_t>{-2, 1, 2});
  test.set(vb, std::vector<int8_t>{0, 1, 2});
  EXPECT_EQ(test.status(), OCTET_OK);
  test.set(vb, std::vector<int8_t>{0, -2, 2});
  EXPECT_EQ(test.status(), OCTET_INDEX_OUT_OF_RANGE);
}

TEST(PairTable, MutantsAreRefusedOrHarmless) {
  KernelCase test;
  const int va = test.arena(Type::kU8, {2, 3, 4, 5}, {{1, 0, 1, 0}, 0, 0});
  const int vb = test.arena(Type::kU8, {3, 1, 5}), vy = test.arena(Type::kU8, {2, 3, 4, 5});
  const int vt = test.constant(Type::kU8, {65536}, table_of());
  test.instruction("pair_table", {va, vb, vt, vy, -1});
  test.fuzz(1000, 100, 92);
}

}  // namespace
}  // namespace octet::test
