// SPDX-License-Identifier: Apache-2.0
#include "kernel_case.h"

namespace octet::test {
namespace {

template <typename T>
void check(Type type, const std::vector<int32_t>& dims, int32_t sequence, int32_t batch,
           const std::vector<int32_t>& lengths) {
  size_t n = 1;
  for (const int32_t dim : dims) n *= dim;
  std::mt19937 random(151);
  const auto x = random_integers<T>(random, n, -100, 100);
  KernelCase test;
  const int vx = test.arena(type, dims), vl = test.arena(Type::kI64, {dims[batch]});
  const int vy = test.arena(type, dims);
  test.instruction("reverse_sequence", {vx, vl, vy, sequence, batch});
  ASSERT_TRUE(test.bind()) << test.error();
  test.set(vx, x);
  test.set(vl, std::vector<int64_t>(lengths.begin(), lengths.end()));
  test.run();
  const auto y = test.get<T>(vy);
  std::vector<size_t> strides(dims.size(), 1);
  for (size_t k = dims.size() - 1; k > 0; --k) strides[k - 1] = strides[k] * dims[k];
  for (size_t i = 0; i < n; ++i) {
    const auto s = static_cast<int32_t>(i / strides[sequence] % dims[sequence]);
    const int32_t length = lengths[i / strides[batch] % dims[batch]];
    const int32_t from = s < length ? length - 1 - s : s;
    ASSERT_EQ(y[i], x[i + (static_cast<int64_t>(from) - s) * strides[sequence]]) << i;
  }
}

TEST(ReverseSequence, EachOfTheBatchForItself) {
  check<int32_t>(Type::kI32, {4, 6, 3}, 1, 0, {6, 0, 1, 4});
  check<int32_t>(Type::kI32, {6, 4, 3}, 0, 1, {6, -3, 2, 5});
  check<uint8_t>(Type::kU8, {2, 3, 4, 5}, 3, 1, {5, 2, 3});
  check<int64_t>(Type::kI64, {5, 3, 4}, 0, 2, {5, 2, 3, 0});
}

TEST(ReverseSequence, TooGreatALengthFails) {
  KernelCase test;
  const int vx = test.arena(Type::kF32, {2, 3}), vl = test.arena(Type::kI32, {2});
  const int vy = test.arena(Type::kF32, {2, 3});
  test.instruction("reverse_sequence", {vx, vl, vy, 1, 0});
  ASSERT_TRUE(test.bind()) << test.error();
  test.set(vl, std::vector<int32_t>{3, 4});
  EXPECT_EQ(test.status(), OCTET_INDEX_OUT_OF_RANGE);
}

TEST(ReverseSequence, MutantsAreRefusedOrHarmless) {
  KernelCase test;
  const int vx = test.arena(Type::kI16, {2, 3, 4}), vl = test.arena(Type::kI32, {3});
  const int vy = test.arena(Type::kI16, {2, 3, 4});
  test.instruction("reverse_sequence", {vx, vl, vy, 2, 1});
  test.fuzz(3000, 60, 152);
}

}  // namespace
}  // namespace octet::test
