// SPDX-License-Identifier: Apache-2.0
#include "kernel_case.h"

namespace octet::test {
namespace {

std::vector<int32_t> fields(int y, int v, int64_t bits, const std::vector<int32_t>& low,
                            const std::vector<int32_t>& high) {
  std::vector<int32_t> result = {y, v, static_cast<int32_t>(bits),
                                 static_cast<int32_t>(bits >> 32)};
  for (size_t i = 0; i < 8; ++i) result.push_back(i < low.size() ? low[i] : 0);
  for (size_t i = 0; i < 8; ++i) result.push_back(i < high.size() ? high[i] : 0);
  return result;
}

template <typename T>
void check(Type type, const std::vector<int32_t>& dims, const std::vector<int32_t>& low,
           const std::vector<int32_t>& high, bool by_value, int32_t flip = 0) {
  const auto value = static_cast<T>(0x5152535455565758);
  KernelCase test;
  const int vy = test.arena(type, dims, {{0, 0, 0, 0}, flip, 0});
  const int vv = by_value ? test.arena(type, {}) : -1;
  test.instruction("fill", fields(vy, vv, by_value ? -1 : static_cast<int64_t>(value), low, high));
  ASSERT_TRUE(test.bind(2)) << test.error();
  size_t n = 1;
  for (const int32_t dim : dims) n *= dim;
  std::mt19937 random(141);
  auto expected = random_integers<T>(random, n, 0, 100);
  test.set(vy, expected);
  if (by_value) test.set(vv, std::vector<T>{value});
  test.run();
  for (size_t i = 0; i < n; ++i) {
    bool outside = dims.empty();
    size_t rest = i;
    for (size_t k = dims.size(); k-- > 0;) {
      const auto at = static_cast<int32_t>(rest % dims[k]);
      rest /= dims[k];
      outside |= at < low[k] || at >= dims[k] - high[k];
    }
    if (outside) expected[i] = value;
  }
  EXPECT_EQ(test.get<T>(vy), expected);
}

template <typename T>
void check_all(Type type) {
  for (const bool by_value : {false, true}) {
    check<T>(type, {}, {}, {}, by_value);
    check<T>(type, {7}, {0}, {7}, by_value);
    check<T>(type, {7}, {2}, {3}, by_value);
    check<T>(type, {7}, {0}, {0}, by_value);
    check<T>(type, {300, 1001}, {0, 0}, {300, 0}, by_value);
    check<T>(type, {3, 6, 7, 5}, {0, 1, 1, 0}, {0, 1, 1, 0}, by_value);
    check<T>(type, {3, 6, 7, 5}, {0, 1, 0, 0}, {0, 0, 2, 0}, by_value);
    check<T>(type, {3, 6, 7, 5}, {1, 0, 3, 2}, {1, 2, 1, 1}, by_value);
    check<T>(type, {3, 6, 7, 5}, {0, 0, 0, 5}, {0, 0, 0, 0}, by_value);
    check<T>(type, {2, 2, 2, 2, 2, 2, 2, 3}, {0, 1, 0, 0, 0, 1, 0, 1}, {0, 0, 1, 0, 0, 0, 0, 1},
             by_value);
    check<T>(type, {3, 0, 5}, {1, 0, 0}, {0, 0, 0}, by_value);
  }
}

TEST(Fill, EverythingOutsideTheBox) {
  check_all<int8_t>(Type::kU8);
  check_all<int16_t>(Type::kI16);
  check_all<int32_t>(Type::kI32);
  check_all<int64_t>(Type::kI64);
}

TEST(Fill, FlippedBytesKeepTheirMeaning) {
  for (const bool by_value : {false, true}) {
    check<int8_t>(Type::kI8, {5, 6}, {1, 1}, {1, 2}, by_value, 0x80);
    check<int8_t>(Type::kI8, {5, 6}, {5, 0}, {0, 0}, by_value, 0x80);
  }
}

TEST(Fill, WrongEdgesAreRefused) {
  const auto binds = [](const std::vector<int32_t>& low, const std::vector<int32_t>& high) {
    KernelCase test;
    const int vy = test.arena(Type::kI32, {4, 5});
    test.instruction("fill", fields(vy, -1, 0, low, high));
    return test.bind();
  };
  EXPECT_TRUE(binds({1, 2}, {3, 3}));
  EXPECT_FALSE(binds({1, 2}, {4, 3}));
  EXPECT_FALSE(binds({-1, 2}, {3, 3}));
  EXPECT_FALSE(binds({1, 2, 1}, {3, 3, 0}));
  EXPECT_FALSE(binds({INT32_MAX, 0}, {INT32_MAX, 0}));
}

TEST(Fill, MutantsAreRefusedOrHarmless) {
  KernelCase test;
  const int vy = test.arena(Type::kI8, {3, 4, 5}, {{0, 0, 0, 0}, 0x80, 0});
  const int vv = test.arena(Type::kI8, {1});
  test.instruction("fill", fields(vy, vv, 0, {1, 0, 2}, {1, 2, 1}));
  test.fuzz(3000, 200, 142);
}

}  // namespace
}  // namespace octet::test
