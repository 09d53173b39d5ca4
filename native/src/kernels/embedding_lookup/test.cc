// SPDX-License-Identifier: Apache-2.0
#include "kernel_case.h"

namespace octet::test {
namespace {

// bits, block, and one scale for all or one for each block
void check(int32_t bits, int32_t n, int32_t cols, int32_t block, bool one) {
  std::mt19937 random(361);
  const auto q =
      random_integers<int8_t>(random, n * cols, bits == 4 ? -8 : -128, bits == 4 ? 7 : 127);
  std::vector<uint8_t> bytes(q.begin(), q.end());
  if (bits == 4) {
    bytes.assign((q.size() + 1) / 2, 0);
    for (size_t i = 0; i < q.size(); ++i) {
      bytes[i / 2] |= static_cast<uint8_t>((q[i] & 15) << (i % 2 * 4));
    }
  }
  const auto scales = random_floats(random, one ? 1 : n * cols / block);
  const std::vector<int32_t> rows = {n - 1, 0, n / 2, 0};
  KernelCase test;
  const int vr = test.arena(Type::kI32, {4});
  const int vt = test.constant(Type::kU8, {static_cast<int32_t>(bytes.size())}, bytes);
  const int vs = test.constant(Type::kF32, {static_cast<int32_t>(scales.size())}, scales);
  const int vy = test.arena(Type::kF32, {4, cols});
  test.instruction("embedding_lookup", {vr, vt, vs, vy, bits, n, block});
  ASSERT_TRUE(test.bind()) << test.error();
  test.set(vr, rows);
  test.run();
  const auto y = test.get<float>(vy);
  for (int32_t i = 0; i < 4; ++i) {
    for (int32_t c = 0; c < cols; ++c) {
      const int32_t from = rows[i] * cols + c;
      const double scale = scales[one ? 0 : from / block];
      ASSERT_EQ(y[i * cols + c], static_cast<float>(scale * q[from])) << i << " " << c;
    }
  }
}

TEST(EmbeddingLookup, ScalesRows) {
  for (const int32_t bits : {4, 8}) {
    for (const bool one : {false, true}) {
      check(bits, 5, 17, 17, one);
      check(bits, 5, 64, 64, one);
      check(bits, 6, 64, 32, one);
    }
  }
}

TEST(EmbeddingLookup, ARowThatIsNotThereEndsTheRun) {
  for (const int32_t row : {-1, 5, INT32_MIN, INT32_MAX}) {
    KernelCase test;
    const int vr = test.arena(Type::kI32, {1}), vt = test.arena(Type::kI8, {5, 3});
    const int vs = test.arena(Type::kF32, {5}), vy = test.arena(Type::kF32, {1, 3});
    test.instruction("embedding_lookup", {vr, vt, vs, vy, 8, 5, 3});
    ASSERT_TRUE(test.bind()) << test.error();
    test.set(vr, std::vector<int32_t>{row});
    EXPECT_EQ(test.status(), OCTET_INDEX_OUT_OF_RANGE) << row;
  }
}

TEST(EmbeddingLookup, MutantsAreRefusedOrHarmless) {
  KernelCase test;
  const int vr = test.constant<int32_t>(Type::kI32, {2}, {3, 1});
  const int vt = test.arena(Type::kU8, {15}), vs = test.arena(Type::kF32, {10});
  const int vy = test.arena(Type::kF32, {2, 6});
  test.instruction("embedding_lookup", {vr, vt, vs, vy, 4, 5, 3});
  test.fuzz(4000, 20, 362);
}

}  // namespace
}  // namespace octet::test
