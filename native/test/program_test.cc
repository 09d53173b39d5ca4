// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <chrono>
#include <random>
#include <thread>

#include "blocks.h"

namespace octet::test {
namespace {

// if (condition) copy a -> y else copy b -> y
BindingSpec branch() {
  BindingSpec spec;
  spec.values = {value(Type::kBool, {1}, 0), value(Type::kI32, {4}, 64),
                 value(Type::kI32, {4}, 128), value(Type::kI32, {4}, 192)};
  spec.instructions = {{"control_if", {0, 1, 2}}, {"copy", {1, 3}}, {"copy", {2, 3}}};
  spec.segments = {{0, 1}, {1, 1}, {2, 1}};
  return spec;
}

// while (condition) nothing: endless when condition is true
BindingSpec endless() {
  BindingSpec spec;
  spec.values = {value(Type::kBool, {1}, 0)};
  spec.instructions = {{"control_while", {0, 1, 2}}};
  spec.segments = {{0, 1}, {1, 0}, {1, 0}};
  return spec;
}

TEST(Program, RunsTheBranchThatTheConditionNames) {
  Engine engine({}, branch());
  ASSERT_TRUE(engine.ok()) << engine.error.message;
  for (int i = 0; i < 4; ++i) {
    engine.at<int32_t>(64)[i] = 10 + i;
    engine.at<int32_t>(128)[i] = 20 + i;
  }
  *engine.at<uint8_t>(0) = 1;
  ASSERT_EQ(engine.run(), OCTET_OK) << engine.error.message;
  EXPECT_EQ(engine.at<int32_t>(192)[3], 13);
  *engine.at<uint8_t>(0) = 0;
  ASSERT_EQ(engine.run(), OCTET_OK) << engine.error.message;
  EXPECT_EQ(engine.at<int32_t>(192)[3], 23);
}

TEST(Program, EndlessLoopStopsAtTheDeadline) {
  Engine engine({}, endless());
  ASSERT_TRUE(engine.ok()) << engine.error.message;
  *engine.at<uint8_t>(0) = 1;
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(engine.run(20'000'000), OCTET_DEADLINE_EXCEEDED);
  const auto elapsed = std::chrono::steady_clock::now() - start;
  EXPECT_GE(elapsed, std::chrono::milliseconds(20));
  EXPECT_LT(elapsed, std::chrono::seconds(5));
  EXPECT_EQ(engine.error.instruction, 0);
  *engine.at<uint8_t>(0) = 0;
  EXPECT_EQ(engine.run(20'000'000), OCTET_OK) << "a failed run leaves the binding usable";
}

TEST(Program, EndlessLoopStopsWhenCancelled) {
  Engine engine({}, endless());
  ASSERT_TRUE(engine.ok()) << engine.error.message;
  *engine.at<uint8_t>(0) = 1;
  octet_cancel(engine.binding());  // without a run in progress: no effect
  std::atomic<bool> finished{false};
  std::thread other([&] {
    while (!finished) {
      octet_cancel(engine.binding());
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  });
  EXPECT_EQ(engine.run(), OCTET_CANCELLED);
  finished = true;
  other.join();
}

TEST(Program, SegmentsOnlyRunLaterOnes) {
  BindingSpec spec = endless();
  spec.segments = {{0, 1}, {1, 0}, {0, 0}};
  EXPECT_FALSE(Engine({}, spec).ok());
  spec = endless();
  spec.instructions = {{"control_while", {0, 0, 2}}};
  Engine engine({}, spec);
  EXPECT_FALSE(engine.ok());
  EXPECT_NE(std::string(engine.error.message).find("segment 0"), std::string::npos);
}

TEST(Program, RunTimeExtentsLimitACopyAndAreChecked) {
  BindingSpec spec;
  spec.values = {value(Type::kI32, {4, 2}, 0), value(Type::kI32, {4, 2}, 64)};
  for (ValueRecord& record : spec.values) {
    record.extent = 0;
    record.extent_dim = 0;
  }
  spec.instructions = {{"copy", {0, 1}}};
  spec.extent_count = 1;
  spec.extents_offset = 128;
  Engine engine({}, spec);
  ASSERT_TRUE(engine.ok()) << engine.error.message;
  for (int i = 0; i < 8; ++i) {
    engine.at<int32_t>(0)[i] = 1 + i;
    engine.at<int32_t>(64)[i] = -1;
  }
  *engine.at<int64_t>(128) = 3;
  ASSERT_EQ(engine.run(), OCTET_OK) << engine.error.message;
  EXPECT_EQ(engine.at<int32_t>(64)[5], 6);
  EXPECT_EQ(engine.at<int32_t>(64)[6], -1);
  for (const int64_t length : {int64_t{-1}, int64_t{5}, INT64_MAX}) {
    *engine.at<int64_t>(128) = length;
    EXPECT_EQ(engine.run(), OCTET_INDEX_OUT_OF_RANGE) << length;
  }
}

TEST(Program, RefusesValuesOutsideTheArena) {
  BindingSpec spec = branch();
  spec.values[3] = value(Type::kI32, {1 << 14}, 192);
  EXPECT_FALSE(Engine({}, spec).ok());
  spec = branch();
  spec.values[3] = value(Type::kI32, {4}, 196);
  EXPECT_FALSE(Engine({}, spec).ok()) << "unaligned";
  spec = branch();
  spec.values[3] = value(Type::kI32, {1 << 16, 1 << 16, 4}, 192);
  EXPECT_FALSE(Engine({}, spec).ok()) << "overflow";
  spec = branch();
  spec.values[3] = value(Type::kI32, {1, 1 << 30, 1 << 30, 1 << 30}, 192);
  spec.values[3].border[0] = spec.values[3].border[1] = INT32_MAX;
  EXPECT_FALSE(Engine({}, spec).ok()) << "beyond int64 with its border";
  spec = branch();
  spec.values[3] = value(Type::kI32, {4, -1}, 192);
  EXPECT_FALSE(Engine({}, spec).ok()) << "negative";
}

TEST(Program, PoisonKeepsAnswers) {
  BindingSpec spec = branch();
  spec.flags = kFlagPoison;
  Engine engine({}, spec);
  ASSERT_TRUE(engine.ok()) << engine.error.message;
  *engine.at<uint8_t>(0) = 1;
  engine.at<int32_t>(64)[0] = 7;
  ASSERT_EQ(engine.run(), OCTET_OK);
  EXPECT_EQ(engine.at<int32_t>(192)[0], 7);
}

// Flips bits of valid blocks: the loader answers, a bound program runs inside its arena (sanitizers
// see if not).
TEST(Program, MutatedBlocksAreRefusedOrHarmless) {
  std::mt19937 random(20261121);
  const std::vector<char> program = program_block({{"", {}, {std::vector<char>(16, 3)}}});
  BindingSpec spec = branch();
  spec.values[1] = constant(Type::kI32, {4}, 0);
  const std::vector<char> block = binding_block(spec);
  std::byte* arena = static_cast<std::byte*>(allocate(spec.arena_bytes));
  int bound = 0;
  for (int i = 0; i < 20000; ++i) {
    std::vector<char> mutated_program = program;
    std::vector<char> mutated_block = block;
    std::vector<char>& target = random() % 3 == 0 ? mutated_program : mutated_block;
    for (uint32_t flips = 1 + random() % 4; flips > 0; --flips) {
      target[random() % target.size()] ^= static_cast<char>(1u << random() % 8);
    }
    octet_error error;
    octet_program* loaded = octet_program_load(
        mutated_program.data(), static_cast<int64_t>(mutated_program.size()), -1, &error);
    if (loaded == nullptr) {
      EXPECT_NE(error.code, OCTET_OK);
      continue;
    }
    octet_binding* binding = octet_binding_create(loaded, mutated_block.data(),
                                                  static_cast<int64_t>(mutated_block.size()), arena,
                                                  spec.arena_bytes, 1, &error);
    if (binding == nullptr) {
      EXPECT_NE(error.code, OCTET_OK);
    } else {
      ++bound;
      octet_run(binding, 0, 50'000'000, nullptr, &error);
      octet_binding_free(binding);
    }
    octet_program_free(loaded);
  }
  release(arena);
  EXPECT_GT(bound, 100) << "the test never reached a run";
}

}  // namespace
}  // namespace octet::test
