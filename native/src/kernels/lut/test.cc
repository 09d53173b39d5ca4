// SPDX-License-Identifier: Apache-2.0
#include "kernel_case.h"
#include "kernels/lut/lut.h"

namespace octet::test {
namespace {

struct Code {
  Type type;
  int32_t flip, least;
};

const std::vector<Code> kCodes = {{Type::kI8, 0, -128}, {Type::kI8, 0x80, -128}, {Type::kU8, 0, 0}};

TEST(Lut, EveryByteInEveryForm) {
  std::mt19937 random(211);
  const auto table = random_integers<uint8_t>(random, 256, 0, 255);
  for (const Code& from : kCodes) {
    for (const Code& to : kCodes) {
      KernelCase test;
      const int vx = test.arena(from.type, {3, 101}, {{0, 0, 0, 0}, from.flip, 0});
      const int vt = test.constant(Type::kU8, {256}, table);
      const int vy = test.arena(to.type, {3, 101}, {{0, 0, 0, 0}, to.flip, 0});
      test.instruction("lut", {vx, vt, vy, INT32_MIN});
      ASSERT_TRUE(test.bind(2)) << test.error();
      std::vector<uint8_t> x(303);
      for (size_t i = 0; i < x.size(); ++i) x[i] = static_cast<uint8_t>(i + from.least);
      test.set(vx, x);
      test.run();
      const auto y = test.get<uint8_t>(vy);
      for (size_t i = 0; i < x.size(); ++i) {
        ASSERT_EQ(y[i], static_cast<uint8_t>(table[i % 256] + to.least)) << i;
      }
    }
  }
}

TEST(Lut, EveryIsaAndLength) {
  const std::vector<LutIsa> loops = {
#define OCTET_LUT(name) name,
#include "kernels/lut/kernels.inc"
#undef OCTET_LUT
  };
  std::mt19937 random(215);
  const auto table = random_integers<uint8_t>(random, 256, 0, 255);
  for (const LutIsa& isa : loops) {
    if (!can_run(isa, active_isa())) continue;
    for (int32_t n = 0; n < 300; ++n) {
      auto x = random_integers<uint8_t>(random, n, 0, 255);
      std::vector<uint8_t> expected(n + 1, 0x5a), y(n + 1, 0x5a);
      for (int32_t i = 0; i < n; ++i) expected[i] = table[x[i]];
      isa.run(table.data(), x.data(), y.data(), n);
      ASSERT_EQ(y, expected) << n;
      isa.run(table.data(), x.data(), x.data(), n);  // in place
      ASSERT_TRUE(std::equal(x.begin(), x.end(), expected.begin())) << n;
    }
  }
}

TEST(Lut, ATableThatFlipsBits) {
  std::vector<uint8_t> table(256), x(300);
  for (int32_t b = 0; b < 256; ++b) table[b] = static_cast<uint8_t>(b ^ 0x43);
  for (size_t i = 0; i < x.size(); ++i) x[i] = static_cast<uint8_t>(7 * i);
  KernelCase test;
  const int vx = test.arena(Type::kU8, {300}), vy = test.arena(Type::kU8, {300});
  const int vt = test.constant(Type::kU8, {256}, table);
  test.instruction("lut", {vx, vt, vy, INT32_MIN});
  ASSERT_TRUE(test.bind()) << test.error();
  test.set(vx, x);
  test.run();
  const auto y = test.get<uint8_t>(vy);
  for (size_t i = 0; i < x.size(); ++i) ASSERT_EQ(y[i], x[i] ^ 0x43) << i;
}

TEST(Lut, WordsLieBetweenPoints) {
  std::mt19937 random(212);
  auto points = random_integers<int16_t>(random, 513, -10000, 10000);
  KernelCase test;
  const int vx = test.arena(Type::kI16, {70000});
  const int vt = test.constant(Type::kI16, {513}, points);
  const int vy = test.arena(Type::kI16, {70000});
  test.instruction("lut", {vx, vt, vy, INT32_MIN});
  ASSERT_TRUE(test.bind(2)) << test.error();
  std::vector<int16_t> x(70000);
  for (size_t i = 0; i < x.size(); ++i) x[i] = static_cast<int16_t>(i);
  test.set(vx, x);
  test.run();
  const auto y = test.get<int16_t>(vy);
  for (size_t i = 0; i < x.size(); ++i) {
    const int32_t at = (x[i] + 32768) / 128, rest = (x[i] + 32768) % 128;
    const double line = points[at] + (points[at + 1] - points[at]) * rest / 128.0;
    ASSERT_EQ(y[i], std::floor(line + 0.5)) << x[i];
  }
}

TEST(Lut, AnEntryForEveryWord) {
  std::mt19937 random(213);
  const auto table = random_integers<int16_t>(random, 65536, -32768, 32767);
  KernelCase test;
  const int vx = test.arena(Type::kI16, {65537});
  const int vt = test.constant(Type::kI16, {65536}, table);
  const int vy = test.arena(Type::kI16, {65537});
  test.instruction("lut", {vx, vt, vy, INT32_MIN});
  ASSERT_TRUE(test.bind()) << test.error();
  std::vector<int16_t> x(65537);
  for (size_t i = 0; i < x.size(); ++i) x[i] = static_cast<int16_t>(i + 32768);
  test.set(vx, x);
  test.run();
  const auto y = test.get<int16_t>(vy);
  for (size_t i = 0; i < x.size(); ++i) ASSERT_EQ(y[i], table[i % 65536]) << i;
}

TEST(Lut, WhatIsLessThanTheLeastFailsTheRun) {
  for (const int32_t flip : {0, 0x80}) {
    KernelCase test;
    const int vx = test.arena(Type::kI8, {3}, {{0, 0, 0, 0}, flip, 0});
    const int vt = test.constant(Type::kU8, {256}, std::vector<uint8_t>(256, 7));
    const int vy = test.arena(Type::kI8, {3});
    test.instruction("lut", {vx, vt, vy, -5});
    ASSERT_TRUE(test.bind()) << test.error();
    test.set(vx, std::vector<int8_t>{3, -5, 127});
    test.run();
    EXPECT_EQ(test.get<int8_t>(vy), (std::vector<int8_t>{-121, -121, -121}));
    test.set(vx, std::vector<int8_t>{3, -6, 127});
    EXPECT_EQ(test.status(), OCTET_INDEX_OUT_OF_RANGE);
  }
}

TEST(Lut, MutantsAreRefusedOrHarmless) {
  for (const bool wide : {false, true}) {
    const Type type = wide ? Type::kI16 : Type::kI8;
    KernelCase test;
    const int vx = test.arena(type, {3, 10});
    const int vt = wide ? test.constant(Type::kI16, {513}, std::vector<int16_t>(513, 3))
                        : test.constant(Type::kU8, {256}, std::vector<uint8_t>(256, 3));
    const int vy = test.arena(type, {3, 10});
    test.instruction("lut", {vx, vt, vy, INT32_MIN});
    test.fuzz(4000, 400, 214);
  }
}

}  // namespace
}  // namespace octet::test
