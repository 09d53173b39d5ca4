// SPDX-License-Identifier: Apache-2.0
#include "kernel_case.h"

namespace octet::test {
namespace {

struct Pair {
  std::vector<int32_t> x_dims, y_dims;
  Layout x, y;
};

const std::vector<Pair> kPairs = {
    {{2, 3, 4, 5}, {2, 3, 4, 5}, {}, {}},
    {{2, 3, 4, 5}, {120}, {}, {}},
    {{2, 3, 4, 5}, {2, 3, 4, 5}, {{1, 2, 0, 3}, 0, 0}, {{0, 1, 2, 1}, 0, 7}},
    {{2, 3, 4, 5}, {1, 6, 2, 10}, {{1, 2, 0, 3}, 0, 0}, {{2, 1, 2, 1}, 0, -9}},
    {{4, 30}, {1, 6, 2, 10}, {}, {{1, 1, 1, 1}, 0, 3}},
    {{2, 3, 4, 5}, {120}, {{1, 1, 1, 1}, 0, 0}, {}},
    {{1, 0, 4, 5}, {1, 0, 4, 5}, {}, {{1, 1, 1, 1}, 0, 3}},
    {{300, 301}, {301, 300}, {}, {}},
    {{}, {1, 1}, {}, {}},
};

template <typename T>
void check(Type type, int32_t x_flip, int32_t y_flip) {
  std::mt19937 random(121);
  for (const Pair& pair : kPairs) {
    size_t n = 1;
    for (const int32_t dim : pair.x_dims) n *= dim;
    const auto x = random_integers<T>(random, n, 0, 127);
    Layout x_layout = pair.x, y_layout = pair.y;
    x_layout.flip = x_flip;
    y_layout.flip = y_flip;
    KernelCase test;
    const int vx = test.arena(type, pair.x_dims, x_layout);
    const int vy = test.arena(type, pair.y_dims, y_layout);
    // reading the bordered y as a dense value shows its border
    test.instruction("copy", {vx, vy});
    ASSERT_TRUE(test.bind(2)) << test.error();
    test.set(vx, x);
    test.run();
    EXPECT_EQ(test.get<T>(vy), x);
    if (pair.y_dims.size() != 4) continue;
    ValueRecord& record = test.record(vy);
    const ValueRecord inner = record;
    record.dims[1] += inner.border[0] + inner.border[1];
    record.dims[2] += inner.border[2] + inner.border[3];
    for (int32_t& width : record.border) width = 0;
    record.flip = 0;
    const auto all = test.get<T>(vy);
    for (size_t i = 0; i < all.size(); ++i) {
      const int32_t w = static_cast<int32_t>(i) / record.dims[3] % record.dims[2];
      const int32_t h = static_cast<int32_t>(i) / record.dims[3] / record.dims[2] % record.dims[1];
      const bool inside = h >= inner.border[0] && h < inner.border[0] + inner.dims[1] &&
                          w >= inner.border[2] && w < inner.border[2] + inner.dims[2];
      if (inside) continue;
      EXPECT_EQ(all[i], static_cast<T>(inner.fill)) << h << " " << w;
    }
  }
}

TEST(Copy, AnyLayoutToAnyOther) {
  check<int8_t>(Type::kI8, 0, 0);
  check<int8_t>(Type::kI8, 0x80, 0);
  check<int8_t>(Type::kI8, 0, 0x80);
  check<int8_t>(Type::kI8, 0x80, 0x80);
  check<int16_t>(Type::kI16, 0, 0);
  check<int32_t>(Type::kI32, 0, 0);
  check<int64_t>(Type::kI64, 0, 0);
}

TEST(Copy, MutantsAreRefusedOrHarmless) {
  KernelCase test;
  const int vx = test.arena(Type::kI8, {2, 3, 4, 5}, {{1, 0, 1, 0}, 0x80, 0});
  const int vy = test.arena(Type::kI8, {1, 6, 4, 5}, {{1, 1, 0, 1}, 0, 3});
  test.instruction("copy", {vx, vy});
  test.fuzz(4000, 150, 122);
}

}  // namespace
}  // namespace octet::test
