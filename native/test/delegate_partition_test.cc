// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <random>

#include "edgetpu/partition.h"
#include "graph_block.h"
#include "mock_delegate.h"

namespace octet::test {
namespace {

using Words = std::vector<int64_t>;

struct Cut {
  std::string subsets;  // "c" or "-" for each subset, then the subset of each step
  std::vector<std::string> tensors;
};

// A graph whose node i reads `reads[i]` and writes tensor i + 1; tensor 0 is the input.
Graph* read(const std::vector<Words>& reads, const Words& outputs) {
  GraphSpec spec;
  spec.tensors.resize(reads.size() + 1);
  for (size_t i = 0; i < reads.size(); ++i) {
    spec.nodes.push_back({reads[i], {static_cast<int64_t>(i + 1)}});
  }
  spec.inputs = {0};
  spec.outputs = outputs;
  const Words block = spec.block();
  auto* graph = new Graph();
  octet_error error;
  EXPECT_TRUE(graph->read(block.data(), static_cast<int64_t>(8 * block.size()), &error))
      << error.message;
  return graph;
}

Cut cut(const std::vector<Words>& reads, const std::string& claimed, const Words& outputs) {
  Graph* graph = read(reads, outputs);
  std::vector<Step> steps;
  for (size_t i = 0; i < reads.size(); ++i) {
    steps.push_back({graph->nodes[i].inputs, graph->nodes[i].outputs, claimed[i] == 'c', -1});
  }
  const auto count = static_cast<int32_t>(steps.size());
  Subsets subsets;
  EXPECT_TRUE(partition(*graph, steps.data(), count, &subsets));
  Cut cut;
  for (int32_t i = 0; i < subsets.count; ++i) cut.subsets += subsets.claimed[i] ? 'c' : '-';
  for (const Step& step : steps) cut.subsets += " " + std::to_string(step.subset);
  for (int32_t i = 0; i < subsets.count; ++i) {
    IntArray* in = nullptr;
    IntArray* out = nullptr;
    EXPECT_TRUE(subset_tensors(*graph, steps.data(), count, i, &in, &out));
    cut.tensors.push_back(text(in) + text(out));
    std::free(in);
    std::free(out);
  }
  delete graph;
  return cut;
}

TEST(Partition, NothingAndEverything) {
  EXPECT_EQ(cut({}, "", {}).subsets, "");
  const Cut all = cut({{0}, {1}, {1, 2}}, "ccc", {3});
  EXPECT_EQ(all.subsets, "c 0 0 0");
  EXPECT_EQ(all.tensors, (std::vector<std::string>{"[0][3]"}));
  EXPECT_EQ(cut({{0}, {1}, {1, 2}}, "---", {3}).subsets, "- 0 0 0");
}

TEST(Partition, AChainIsCutWhereKindsChange) {
  const Cut chain = cut({{0}, {1}, {2}, {3}}, "c--c", {4});
  EXPECT_EQ(chain.subsets, "c-c 0 1 1 2");
  EXPECT_EQ(chain.tensors, (std::vector<std::string>{"[0][1]", "[1][3]", "[3][4]"}));
}

TEST(Partition, AStepThatIsReadyJoinsTheEarlierSubset) {
  // 3 reads only the input: it goes with 0, before 1 and 2
  const Cut branch = cut({{0}, {1}, {2}, {0}, {3, 4}}, "c-ccc", {5});
  EXPECT_EQ(branch.subsets, "c-c 0 1 2 0 2");
  EXPECT_EQ(branch.tensors, (std::vector<std::string>{"[0][1,4]", "[1][2]", "[2,4][5]"}));
}

TEST(Partition, OutputsAreThoseOfTheGraphAndWhatIsReadOutside) {
  EXPECT_EQ(cut({{0}, {1}, {0, 1, 2}}, "ccc", {1, 3}).tensors[0], "[0][1,3]");
  EXPECT_EQ(cut({{0}, {1}, {1}}, "cc-", {3}).tensors[0], "[0][1]");  // nobody reads 2
  EXPECT_EQ(cut({{0, -1, 0}}, "c", {1}).tensors[0], "[0][1]");
}

// In any graph: every step in one subset of its kind, subsets in an order in which they can run.
TEST(Partition, RandomGraphs) {
  std::mt19937 random(7);
  for (int round = 0; round < 300; ++round) {
    const size_t size = 1 + random() % 20;
    std::vector<Words> reads;
    std::string claimed;
    for (size_t i = 0; i < size; ++i) {
      Words list;
      for (size_t k = 0; k <= random() % 3; ++k) {
        list.push_back(static_cast<int64_t>(random() % (i + 1)));
      }
      reads.push_back(list);
      claimed += random() % 2 == 0 ? 'c' : '-';
    }
    Graph* graph = read(reads, {static_cast<int64_t>(size)});
    std::vector<Step> steps;
    for (size_t i = 0; i < size; ++i) {
      steps.push_back({graph->nodes[i].inputs, graph->nodes[i].outputs, claimed[i] == 'c', -1});
    }
    Subsets subsets;
    ASSERT_TRUE(partition(*graph, steps.data(), static_cast<int32_t>(size), &subsets));
    for (size_t i = 0; i < size; ++i) {
      ASSERT_GE(steps[i].subset, 0);
      EXPECT_EQ(subsets.claimed[steps[i].subset], steps[i].claimed);
      for (const int64_t tensor : reads[i]) {
        if (tensor == 0) continue;
        EXPECT_LE(steps[static_cast<size_t>(tensor - 1)].subset, steps[i].subset);
      }
    }
    for (int32_t i = 1; i < subsets.count; ++i) {
      EXPECT_NE(subsets.claimed[i - 1], subsets.claimed[i]);  // greedy: kinds alternate
    }
    delete graph;
  }
}

}  // namespace
}  // namespace octet::test
