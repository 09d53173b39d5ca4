// SPDX-License-Identifier: Apache-2.0
#include "kernel_case.h"

namespace octet::test {
namespace {

struct Loop {
  int32_t n, x, y;
};

std::vector<int32_t> fields(int x, int y, int table, int32_t x_offset, int32_t y_offset,
                            const std::vector<Loop>& loops) {
  std::vector<int32_t> result = {x, y, table, x_offset, y_offset};
  for (int i = 0; i < 30; ++i) {
    const size_t k = i % 10;
    const Loop loop = k < loops.size() ? loops[k] : Loop{1, 0, 0};
    result.push_back(i < 10 ? loop.n : i < 20 ? loop.x : loop.y);
  }
  return result;
}

// What the definition says, element by element.
template <typename T>
void naive(const std::vector<T>& x, std::vector<T>* y, const std::vector<Loop>& loops, int64_t at,
           int64_t to, size_t k = 0) {
  if (k == loops.size()) {
    (*y)[to] = x[at];
    return;
  }
  for (int32_t i = 0; i < loops[k].n; ++i) {
    naive(x, y, loops, at + int64_t{i} * loops[k].x, to + int64_t{i} * loops[k].y, k + 1);
  }
}

template <typename T>
void check(Type type, std::vector<Loop> loops, int32_t threads, int32_t x_flip = 0,
           int32_t y_flip = 0) {
  int64_t x_low = 0, x_high = 0, y_high = 0;
  for (const Loop& loop : loops) {
    (loop.x < 0 ? x_low : x_high) += int64_t{loop.n - 1} * loop.x;
    y_high += int64_t{loop.n - 1} * loop.y;
  }
  const auto x_offset = static_cast<int32_t>(3 - x_low);
  const int32_t y_offset = 5;
  const auto x_size = static_cast<int32_t>(x_offset + x_high + 1);
  const auto y_size = static_cast<int32_t>(y_offset + y_high + 1);
  std::mt19937 random(x_size + 7 * y_size);
  const auto x = random_integers<T>(random, x_size, -128, 127);
  const auto before = random_integers<T>(random, y_size, -128, 127);
  KernelCase test;
  const int vx = test.arena(type, {x_size}, {{0, 0, 0, 0}, x_flip, 0});
  const int vy = test.arena(type, {y_size}, {{0, 0, 0, 0}, y_flip, 0});
  test.instruction("copy_strided", fields(vx, vy, -1, x_offset, y_offset, loops));
  ASSERT_TRUE(test.bind(threads)) << test.error();
  test.set(vx, x);
  test.set(vy, before);
  test.run();
  auto expected = before;
  naive(x, &expected, loops, x_offset, y_offset);
  EXPECT_EQ(test.get<T>(vy), expected);
}

template <typename T>
void check_all(Type type) {
  const std::vector<std::vector<Loop>> cases = {
      {},
      {{1000, 1, 1}},
      {{300000, 1, 1}},
      {{7, 100, 10}, {10, 1, 1}},
      {{7, 10, 30}, {3, 10, 10}, {10, 1, 1}},
      {{5, 17, 12}, {3, 5, 4}, {4, 1, 1}},
      {{9, 1, 11}, {11, 9, 1}},                           // transposition
      {{70, 1, 67}, {67, 70, 1}},                         // of several tiles
      {{3, 33 * 35, 33 * 35}, {33, 1, 35}, {35, 33, 1}},  // batched
      {{400, 1, 300}, {300, 400, 1}},                     // of several tasks
      {{4, 1, 24}, {6, 4, 4}, {4, 24, 1}},
      {{6, 5, 15}, {3, 30, 5}, {5, 1, 1}},  // of runs
      {{13, -1, 1}},                        // reversed
      {{5, -3, 3}, {3, 1, 1}},
      {{4, 0, 9}, {9, 1, 1}},  // repeated
      {{9, 1, 5000}, {5000, 0, 1}},
      {{3, 2, 6}, {2, 1, 3}, {3, 0, 1}},
      {{100, 3, 1}},
      {{100, 1, 3}},
      {{20, 7, 9}, {3, 2, 3}},
      {{2, 200, 64}, {2, 100, 32}, {2, 50, 16}, {2, 25, 8}, {2, 12, 4}, {2, 5, 2}, {2, 2, 1}},
      {{40000, 4, 5}, {3, 1, 1}},
  };
  for (size_t i = 0; i < cases.size(); ++i) {
    SCOPED_TRACE(i);
    check<T>(type, cases[i], 1 + static_cast<int32_t>(i % 2));
  }
  for (int32_t run = 1; run < 70; ++run) {
    SCOPED_TRACE(run);
    check<T>(type, {{5, 2 * run + 1, run + 3}, {run, 1, 1}}, 1);
    check<T>(type, {{5, 1, run}, {run, 5, 1}}, 1);
  }
}

TEST(CopyStrided, IsWhatItsFormulaSays) {
  check_all<int8_t>(Type::kU8);
  check_all<int16_t>(Type::kI16);
  check_all<int32_t>(Type::kI32);
  check_all<int64_t>(Type::kI64);
}

TEST(CopyStrided, FlippedBytesKeepTheirMeaning) {
  for (const int32_t x_flip : {0, 0x80}) {
    for (const int32_t y_flip : {0, 0x80}) {
      check<int8_t>(Type::kI8, {{6, 100, 20}, {20, 1, 1}}, 1, x_flip, y_flip);
      check<int8_t>(Type::kI8, {{33, 1, 35}, {35, 33, 1}}, 1, x_flip, y_flip);
      check<int8_t>(Type::kI8, {{9, 0, 3}, {3, -1, 1}}, 1, x_flip, y_flip);
    }
  }
}

TEST(CopyStrided, TableTranslatesBytes) {
  std::mt19937 random(131);
  const auto table = random_integers<uint8_t>(random, 256, 0, 255);
  const auto x = random_integers<uint8_t>(random, 600, 0, 255);
  KernelCase test;
  const int vx = test.arena(Type::kU8, {600}), vy = test.arena(Type::kU8, {10, 100});
  const int vt = test.constant(Type::kU8, {256}, table);
  test.instruction("copy_strided", fields(vx, vy, vt, 0, 40, {{10, 60, 100}, {60, 1, 1}}));
  ASSERT_TRUE(test.bind()) << test.error();
  test.set(vx, x);
  test.run();
  const auto y = test.get<uint8_t>(vy);
  for (int i = 0; i < 600; ++i) EXPECT_EQ(y[i / 60 * 100 + 40 + i % 60], table[x[i]]);
}

TEST(CopyStrided, MovesInsideOneValue) {
  KernelCase test;
  const int v = test.arena(Type::kI32, {4, 6});
  test.instruction("copy_strided", fields(v, v, -1, 1, 4, {{4, 6, 6}, {2, 1, 1}}));
  ASSERT_TRUE(test.bind()) << test.error();
  std::vector<int32_t> x(24);
  for (int i = 0; i < 24; ++i) x[i] = i;
  test.set(v, x);
  test.run();
  for (int i = 0; i < 24; ++i) {
    EXPECT_EQ(test.get<int32_t>(v)[i], i % 6 < 4 ? i : i - 3);
  }
}

bool binds(std::vector<Loop> loops, int32_t x_offset, int32_t y_offset) {
  KernelCase test;
  const int vx = test.arena(Type::kI16, {20}), vy = test.arena(Type::kI16, {20});
  test.instruction("copy_strided", fields(vx, vy, -1, x_offset, y_offset, loops));
  return test.bind();
}

TEST(CopyStrided, WhatLeavesItsValuesIsRefused) {
  EXPECT_TRUE(binds({{20, 1, 1}}, 0, 0));
  EXPECT_FALSE(binds({{20, 1, 1}}, 1, 0));
  EXPECT_FALSE(binds({{20, 1, 1}}, 0, 1));
  EXPECT_FALSE(binds({{20, 1, 1}}, -1, 0));
  EXPECT_TRUE(binds({{20, -1, 1}}, 19, 0));
  EXPECT_FALSE(binds({{20, -1, 1}}, 18, 0));
  EXPECT_FALSE(binds({{2, 1, 0}}, 0, 0)) << "written twice";
  EXPECT_FALSE(binds({{2, 1, -1}}, 0, 1));
  EXPECT_FALSE(binds({{-2, 1, 1}}, 0, 0));
  EXPECT_TRUE(binds({{0, 1, 1}, {1 << 30, 1, 1}}, 900, 900)) << "nothing is moved";
  EXPECT_FALSE(binds({{1 << 30, 0, 1}, {1 << 30, 0, 1}}, 0, 0));
  EXPECT_FALSE(binds({{3, INT32_MAX, 1}, {3, INT32_MIN, 1}}, 0, 0));
}

TEST(CopyStrided, MutantsAreRefusedOrHarmless) {
  KernelCase test;
  const int vx = test.arena(Type::kI8, {5, 7, 3}, {{0, 0, 0, 0}, 0x80, 0});
  const int vy = test.arena(Type::kI8, {3, 4, 40}, {{0, 0, 0, 0}, 0, 0});
  test.instruction("copy_strided",
                   fields(vx, vy, -1, 2, 1, {{3, 1, 100}, {4, 7, 20}, {5, 3, 3}, {2, 2, 1}}));
  test.fuzz(6000, 150, 132);
}

}  // namespace
}  // namespace octet::test
