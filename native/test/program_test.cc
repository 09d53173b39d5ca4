// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <chrono>
#include <random>
#include <thread>

#include "blocks.h"

namespace octet::test {
namespace {

// Segment 0 copies a -> y, segment 1 b -> y.
BindingSpec copies() {
  BindingSpec spec;
  spec.values = {value(Type::kI32, {4}, 64), value(Type::kI32, {4}, 128),
                 value(Type::kI32, {4}, 192)};
  spec.instructions = {{"copy", {0, 2}}, {"copy", {1, 2}}};
  spec.segments = {{0, 1}, {1, 1}};
  return spec;
}

// Segment 0 takes half a second or more, segment 1 copies once.
BindingSpec lengthy() {
  constexpr int32_t kBytes = 1 << 20, kCopies = 20000;
  BindingSpec spec;
  spec.values = {value(Type::kI8, {kBytes}, 0), value(Type::kI8, {kBytes}, kBytes)};
  spec.arena_bytes = 2 * kBytes + 64;
  spec.instructions.assign(kCopies + 1, {"copy", {0, 1}});
  spec.segments = {{0, kCopies}, {kCopies, 1}};
  return spec;
}

TEST(Program, RunsTheSegmentThatIsNamed) {
  Engine engine({}, copies());
  ASSERT_TRUE(engine.ok()) << engine.error.message;
  for (int i = 0; i < 4; ++i) {
    engine.at<int32_t>(64)[i] = 10 + i;
    engine.at<int32_t>(128)[i] = 20 + i;
  }
  ASSERT_EQ(engine.run(), OCTET_OK) << engine.error.message;
  EXPECT_EQ(engine.at<int32_t>(192)[3], 13);
  ASSERT_EQ(engine.run(0, 1), OCTET_OK) << engine.error.message;
  EXPECT_EQ(engine.at<int32_t>(192)[3], 23);
  EXPECT_EQ(engine.run(0, 2), OCTET_INVALID_ARGUMENT);
  EXPECT_EQ(engine.run(0, -1), OCTET_INVALID_ARGUMENT);
}

TEST(Program, ARunStopsAtTheDeadline) {
  Engine engine({}, lengthy());
  ASSERT_TRUE(engine.ok()) << engine.error.message;
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(engine.run(20'000'000), OCTET_DEADLINE_EXCEEDED);
  const auto elapsed = std::chrono::steady_clock::now() - start;
  EXPECT_GE(elapsed, std::chrono::milliseconds(20));
  EXPECT_LT(elapsed, std::chrono::seconds(5));
  EXPECT_GE(engine.error.instruction, 0);
  EXPECT_LT(engine.error.instruction, 20000);
  EXPECT_EQ(engine.run(5'000'000'000, 1), OCTET_OK) << "a failed run leaves the binding usable";
}

TEST(Program, ARunStopsWhenCancelled) {
  Engine engine({}, lengthy());
  ASSERT_TRUE(engine.ok()) << engine.error.message;
  octet_cancel(engine.binding());  // without a run in progress: no effect
  ASSERT_EQ(engine.run(0, 1), OCTET_OK) << engine.error.message;
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

TEST(Program, SegmentsLieInOrderInsideTheInstructions) {
  for (const std::vector<SegmentRecord>& segments : std::vector<std::vector<SegmentRecord>>{
           {{0, 2}, {1, 1}}, {{1, 1}, {0, 1}}, {{0, 3}}, {{-1, 1}}, {{0, -1}}, {{3, 0}}}) {
    BindingSpec spec = copies();
    spec.segments = segments;
    Engine engine({}, spec);
    EXPECT_FALSE(engine.ok()) << segments[0].first << " " << segments[0].count;
    EXPECT_NE(std::string(engine.error.message).find("segment"), std::string::npos);
  }
}

TEST(Program, RefusesValuesOutsideTheArena) {
  BindingSpec spec = copies();
  spec.values[2] = value(Type::kI32, {1 << 14}, 192);
  EXPECT_FALSE(Engine({}, spec).ok());
  spec = copies();
  spec.values[2] = value(Type::kI32, {4}, 196);
  EXPECT_FALSE(Engine({}, spec).ok()) << "unaligned";
  spec = copies();
  spec.values[2] = value(Type::kI32, {1 << 16, 1 << 16, 4}, 192);
  EXPECT_FALSE(Engine({}, spec).ok()) << "overflow";
  spec = copies();
  spec.values[2] = value(Type::kI32, {1, 1 << 30, 1 << 30, 1 << 30}, 192);
  spec.values[2].border[0] = spec.values[2].border[1] = INT32_MAX;
  EXPECT_FALSE(Engine({}, spec).ok()) << "beyond int64 with its border";
  spec = copies();
  spec.values[2] = value(Type::kI32, {4, -1}, 192);
  EXPECT_FALSE(Engine({}, spec).ok()) << "negative";
}

TEST(Program, PoisonKeepsAnswers) {
  BindingSpec spec = copies();
  spec.flags = kFlagPoison;
  Engine engine({}, spec);
  ASSERT_TRUE(engine.ok()) << engine.error.message;
  engine.at<int32_t>(64)[0] = 7;
  ASSERT_EQ(engine.run(), OCTET_OK);
  EXPECT_EQ(engine.at<int32_t>(192)[0], 7);
}

// Flips bits of valid blocks: the loader answers, a bound program runs inside its arena (sanitizers
// see if not).
TEST(Program, MutatedBlocksAreRefusedOrHarmless) {
  std::mt19937 random(20261121);
  const std::vector<char> program = program_block({{"", {}, {std::vector<char>(16, 3)}}});
  BindingSpec spec = copies();
  spec.values[0] = constant(Type::kI32, {4}, 0);
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
