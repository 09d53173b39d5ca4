// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <set>

#include "edgetpu/tensor_table.h"
#include "graph_block.h"

namespace octet::test {
namespace {

// 64 tensors, of which tensor i has i + 1 elements.
void read(Graph* graph) {
  GraphSpec spec;
  spec.tensors.resize(TensorTable::kMost);
  for (int64_t i = 0; i < TensorTable::kMost; ++i) {
    spec.tensors[static_cast<size_t>(i)].dims = {i + 1};
    spec.inputs.push_back(i);
  }
  const std::vector<int64_t> block = spec.block();
  octet_error error;
  ASSERT_TRUE(graph->read(block.data(), static_cast<int64_t>(8 * block.size()), &error))
      << error.message;
}

TEST(TensorTable, EveryTensorIsWholeAtBothStrides) {
  Graph graph;
  read(&graph);
  std::vector<int32_t> all;
  for (int32_t i = 0; i < TensorTable::kMost; ++i) all.push_back(i);
  TensorTable table;
  ASSERT_TRUE(table.create(graph, all.data(), TensorTable::kMost));
  std::set<int64_t> taken;
  for (const int32_t tensor : all) {
    const int64_t slot = table.slot(tensor);
    ASSERT_GE(slot, 14);
    for (const int64_t stride : {104, 112}) {
      const char* image = reinterpret_cast<const char*>(table.data()) + stride * slot;
      EXPECT_EQ(std::memcmp(image, &graph.tensors[tensor], static_cast<size_t>(stride)), 0);
      for (int64_t at = stride * slot; at < stride * (slot + 1); ++at) {
        EXPECT_TRUE(taken.insert(at).second) << "tensor " << tensor << ", byte " << at;
      }
      EXPECT_EQ(table.tensor_at(reinterpret_cast<const tflite::Tensor*>(image)), tensor);
      EXPECT_EQ(table.tensor_at(reinterpret_cast<const tflite::Tensor*>(image + 8)), -1);
    }
  }
  EXPECT_EQ(table.slot(39), 607);
  EXPECT_EQ(static_cast<int64_t>(table.size()), table.slot(63) + 1);
  EXPECT_LT(112 * table.size(), 500000u);
  EXPECT_EQ(table.slot(TensorTable::kMost), -1);
  all.push_back(0);
  TensorTable longer;
  EXPECT_FALSE(longer.create(graph, all.data(), TensorTable::kMost + 1));
}

TEST(TensorTable, AnUpdateKeepsWhatADelegateWroteBetweenShapeAndSize) {
  Graph graph;
  read(&graph);
  const int32_t tensors[] = {5, 9};
  TensorTable table;
  ASSERT_TRUE(table.create(graph, tensors, 2));
  auto* at = reinterpret_cast<char*>(table.data());
  for (const int64_t stride : {104, 112}) {
    reinterpret_cast<tflite::Tensor*>(at + stride * table.slot(9))->data_is_stale = true;
    reinterpret_cast<tflite::Tensor*>(at + stride * table.slot(9))->allocation_type = 4;
  }
  int number = 0;
  graph.tensors[9].data = &number;
  graph.tensors[9].bytes = 77;
  table.update(graph, 9);
  table.update(graph, 1);  // not in the table
  for (const int64_t stride : {104, 112}) {
    const auto& image = *reinterpret_cast<tflite::Tensor*>(at + stride * table.slot(9));
    EXPECT_EQ(image.data, &number);
    EXPECT_EQ(image.bytes, 77u);
    EXPECT_EQ(image.allocation_type, 4);
    EXPECT_TRUE(image.data_is_stale);
  }
}

}  // namespace
}  // namespace octet::test
