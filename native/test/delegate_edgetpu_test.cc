// SPDX-License-Identifier: Apache-2.0
//
// A delegate that does what libedgetpu's does, in every layout that one is built with.
#include <gtest/gtest.h>

#include "graph_block.h"
#include "mock_delegate.h"

namespace octet::test {
namespace {

using Strings = std::vector<std::string>;

// x (uint8) -> tpu 1 -> a, CPU: a -> b, (b, x) -> tpu 3 -> y, z
GraphSpec two_nodes() {
  GraphSpec graph;
  graph.tensors.resize(5);
  graph.tensors[0].type = graph.tensors[1].type = tflite::kUInt8;
  graph.tensors[4].dims = {2, 3};
  graph.nodes = {{{0}, {1}}, {{1}, {2}, "", false, 0}, {{2, 0}, {4, 3}}};
  graph.nodes[0].options = "options one";
  graph.nodes[2].options = "options two, longer than what a string keeps in itself";
  graph.inputs = {0};
  graph.outputs = {3, 4};
  return graph;
}

class EdgeTpuHost : public testing::TestWithParam<std::tuple<int64_t, int>> {
 protected:
  MockDelegate mock_{true, std::get<0>(GetParam()), std::get<1>(GetParam())};
  alignas(64) int8_t data_[5][128] = {};
  std::vector<const void*> addresses_ = {data_[0], data_[1], data_[2], data_[3], data_[4]};
};

INSTANTIATE_TEST_SUITE_P(Layouts, EdgeTpuHost,
                         testing::Combine(testing::Values(104, 112), testing::Values(64, 72, 88)));

TEST_P(EdgeTpuHost, CallsInOrder) {
  const GraphSpec graph = two_nodes();
  {
    HostOfBlock made(&mock_, graph.block());
    ASSERT_NE(made.host, nullptr) << made.error.message;
    EXPECT_EQ(made.error.code, OCTET_OK);
    EXPECT_EQ(mock_.seen, (Strings{"edgetpu-custom-op", "octet", "edgetpu-custom-op"}));
    EXPECT_EQ(mock_.plan_after, "[0,1,2]");
    EXPECT_EQ(made.partitions(),
              (std::vector<int64_t>{2, 1, 0, 1, 0, 1, 1, 1, 2, 2, 2, 0, 2, 4, 3}));
    ASSERT_EQ(made.bind(addresses_), OCTET_OK) << made.error.message;
    for (int i = 0; i < 8; ++i) data_[0][i] = static_cast<int8_t>(10 * i), data_[2][i] = 5;
    ASSERT_EQ(made.run(0), OCTET_OK) << made.error.message;
    ASSERT_EQ(made.run(1), OCTET_OK) << made.error.message;
  }
  const std::string options = graph.nodes[2].options;
  EXPECT_EQ(mock_.calls, (Strings{"Prepare", "init [0] length 0 status 0 options options one",
                                  "init [2] length 0 status 0 options " + options,
                                  "prepare 0 in 3[1,4]4 out 3[1,4]4",
                                  "prepare 2 in 9[1,4]4 3[1,4]4 out 9[2,3]6 9[1,4]4", "invoke 0",
                                  "invoke 2", "free 0", "free 2"}));
  EXPECT_EQ(mock_.external_at_free, &mock_.external);
  const int8_t first[] = {1, 11, 21, 31, 0};
  EXPECT_EQ(std::memcmp(data_[1], first, 5), 0);
  const int8_t y[] = {6, 16, 26, 36, 1, 1, 0};  // inputs have 4 bytes, the output 6
  EXPECT_EQ(std::memcmp(data_[4], y, 7), 0);
  EXPECT_EQ(std::memcmp(data_[3], y, 4), 0);
}

TEST_P(EdgeTpuHost, EachNodeHasATableOfItsOwn) {
  std::vector<std::string> sizes;
  mock_.on_kernel_prepare = [&](Context* context, Node* node) {
    for (const IntArray* list : {node->inputs, node->outputs}) {
      for (int32_t i = 0; i < list->size; ++i) {
        EXPECT_GE(list->data[i], 14);
        EXPECT_LT(static_cast<size_t>(list->data[i]), context->tensors_size);
      }
    }
    const auto* params = static_cast<const tflite::DelegateParams*>(node->builtin_data);
    EXPECT_EQ(text(params->input_tensors), text(node->inputs));
    EXPECT_EQ(text(params->output_tensors), text(node->outputs));
    Node* old = nullptr;
    Registration* registration = nullptr;
    EXPECT_EQ(context->get_node_and_registration(context, params->nodes_to_replace->data[0], &old,
                                                 &registration),
              tflite::kOk);
    EXPECT_EQ(text(old->inputs), text(node->inputs));
    sizes.push_back(std::to_string(context->tensors_size));
    return tflite::kOk;
  };
  HostOfBlock made(&mock_, two_nodes().block());
  ASSERT_NE(made.host, nullptr) << made.error.message;
  EXPECT_EQ(sizes, (Strings{"18", "24"}));  // slots 14 17, and 14 17 20 23
}

TEST_P(EdgeTpuHost, AResizeIsSeenInBothImages) {
  mock_.on_kernel_prepare = [&](Context* context, Node* node) {
    const IntArray* outputs = node->outputs;
    const bool first = outputs->size == 1;
    for (const int64_t stride : {104, 112}) {
      mock_.stride = stride;
      tflite::Tensor* out = mock_.tensor(context, outputs->data[0]);
      EXPECT_EQ(context->resize_tensor(context, out, ints_of({3, 5})), tflite::kOk);
      for (const int64_t other : {104, 112}) {
        mock_.stride = other;
        EXPECT_EQ(mock_.describe(context, outputs), first ? " 3[3,5]15" : " 9[3,5]15 9[1,4]4");
      }
      context->resize_tensor(context, out, first ? ints_of({1, 4}) : ints_of({2, 3}));
    }
    return tflite::kOk;
  };
  HostOfBlock made(&mock_, two_nodes().block());
  ASSERT_NE(made.host, nullptr) << made.error.message;
}

TEST_P(EdgeTpuHost, ATensorThatANextPartitionReadsIsResizedThereToo) {
  GraphSpec graph;
  graph.tensors.resize(3);
  graph.nodes = {{{0}, {1}}, {{1}, {2}}};
  graph.inputs = {0};
  graph.outputs = {2};
  mock_.on_kernel_prepare = [&](Context* context, Node* node) {
    tflite::Tensor* out = mock_.tensor(context, node->outputs->data[0]);
    context->resize_tensor(context, out, ints_of({7}));
    return context->resize_tensor(context, out, ints_of({1, 4}));
  };
  HostOfBlock made(&mock_, graph.block());
  ASSERT_NE(made.host, nullptr) << made.error.message;
  // the second prepare read the dims that the first one put in the place of freed ones
  EXPECT_EQ(mock_.calls[4], "prepare 1 in 9[1,4]4 out 9[1,4]4");
}

TEST_P(EdgeTpuHost, OtherDimsThanTheGraphsAreRefused) {
  mock_.on_kernel_prepare = [&](Context* context, Node* node) {
    return context->resize_tensor(context, mock_.tensor(context, node->outputs->data[0]),
                                  ints_of({4, 4}));
  };
  HostOfBlock made(&mock_, two_nodes().block());
  EXPECT_EQ(made.host, nullptr);
  EXPECT_EQ(made.error.code, OCTET_DELEGATE);
  EXPECT_STREQ(made.error.message,
               "the delegate left tensor 1 with dims [4,4], the graph has [1,4]");
  EXPECT_EQ(mock_.calls.back(), "free 2");  // both were made, so both are freed
}

TEST_P(EdgeTpuHost, MessagesAreNoFormats) {
  mock_.on_kernel_prepare = [](Context* context, Node*) {
    // through a pointer that the compiler does not check formats of
    void (*const volatile report)(Context*, const char*, ...) = context->report_error;
    report(context, "Failed to prepare: 100 %s of %n %d\n");
    return tflite::kError;
  };
  HostOfBlock made(&mock_, two_nodes().block());
  EXPECT_EQ(made.host, nullptr);
  EXPECT_EQ(made.error.code, OCTET_DELEGATE);
  EXPECT_EQ(made.error.instruction, 0);
  EXPECT_STREQ(made.error.message, "Failed to prepare: 100 %s of %n %d");
}

TEST_P(EdgeTpuHost, TheOneFormatHasItsString) {
  mock_.on_kernel_prepare = [](Context* context, Node*) {
    context->report_error(context, "Failed to prepare for TPU. %s", "Internal: 50 %d of it");
    return tflite::kError;
  };
  HostOfBlock made(&mock_, two_nodes().block());
  EXPECT_EQ(made.host, nullptr);
  EXPECT_STREQ(made.error.message, "Failed to prepare for TPU. Internal: 50 %d of it");
}

TEST_P(EdgeTpuHost, AnInvokeThatFailsSaysWhyAndMayBeTriedAgain) {
  int failures = 1;
  mock_.on_invoke = [&](Context* context, Node* node) {
    if (failures-- > 0) {
      context->report_error(context, "Failed to execute request");
      return tflite::kError;
    }
    return mock_.add_bytes(context, node);
  };
  HostOfBlock made(&mock_, two_nodes().block());
  ASSERT_NE(made.host, nullptr) << made.error.message;
  ASSERT_EQ(made.bind(addresses_), OCTET_OK);
  EXPECT_EQ(made.run(1), OCTET_DELEGATE);
  EXPECT_EQ(made.error.instruction, 2);
  EXPECT_STREQ(made.error.message, "Failed to execute request");
  EXPECT_EQ(made.run(1), OCTET_OK);
  mock_.on_invoke = [](Context*, Node*) { return 7; };
  EXPECT_EQ(made.run(0), OCTET_DELEGATE);
  EXPECT_STREQ(made.error.message, "the delegate's invoke answered 7 and gave no reason");
}

TEST_P(EdgeTpuHost, AResizeDuringARunIsRefused) {
  mock_.on_invoke = [&](Context* context, Node* node) {
    context->resize_tensor(context, mock_.tensor(context, node->inputs->data[0]), ints_of({9}));
    return tflite::kOk;  // though it was refused
  };
  HostOfBlock made(&mock_, two_nodes().block());
  ASSERT_NE(made.host, nullptr) << made.error.message;
  ASSERT_EQ(made.bind(addresses_), OCTET_OK);
  EXPECT_EQ(made.run(0), OCTET_DELEGATE);
  EXPECT_STREQ(made.error.message, "the delegate resizes tensor 0 from [1,4] to [9]");
}

TEST_P(EdgeTpuHost, ANodeOfTooManyTensorsIsRefused) {
  for (const int64_t tensors : {64, 65}) {
    GraphSpec graph;
    graph.tensors.resize(static_cast<size_t>(tensors));
    graph.nodes.resize(1);
    for (int64_t i = 1; i < tensors; ++i) graph.nodes[0].outputs.push_back(i);
    graph.nodes[0].inputs = {0};
    graph.inputs = {0};
    HostOfBlock made(&mock_, graph.block());
    if (tensors == 64) {
      ASSERT_NE(made.host, nullptr) << made.error.message;
      std::vector<std::vector<int8_t>> all(64, std::vector<int8_t>(68, 3));
      std::vector<const void*> addresses;
      for (const auto& one : all) addresses.push_back(one.data());
      ASSERT_EQ(made.bind(addresses), OCTET_OK);
      ASSERT_EQ(made.run(0), OCTET_OK) << made.error.message;
      for (size_t i = 1; i < 64; ++i) EXPECT_EQ(all[i][3], 4) << i;
    } else {
      EXPECT_EQ(made.host, nullptr);
      EXPECT_STREQ(made.error.message,
                   "node 0 has 65 tensors, an Edge TPU's library is shown at most 64");
    }
  }
}

TEST_P(EdgeTpuHost, AnAbsentInputIsRefused) {
  GraphSpec graph = two_nodes();
  graph.nodes[2].inputs = {2, -1};
  HostOfBlock made(&mock_, graph.block());
  EXPECT_EQ(made.host, nullptr);
  EXPECT_STREQ(made.error.message, "node 2 lacks an input, which an Edge TPU cannot do without");
}

TEST_P(EdgeTpuHost, ATensorTwiceInANodeKeepsItsPlaces) {
  GraphSpec graph = two_nodes();
  graph.nodes[2].inputs = {2, 0, 2};
  HostOfBlock made(&mock_, graph.block());
  ASSERT_NE(made.host, nullptr) << made.error.message;
  EXPECT_EQ(made.partitions(),
            (std::vector<int64_t>{2, 1, 0, 1, 0, 1, 1, 1, 2, 3, 2, 0, 2, 2, 4, 3}));
}

TEST_P(EdgeTpuHost, ADelegateThatClaimsNothing) {
  GraphSpec graph = two_nodes();
  graph.nodes[0].name = graph.nodes[2].name = "something-else";
  HostOfBlock made(&mock_, graph.block());
  ASSERT_NE(made.host, nullptr) << made.error.message;
  EXPECT_EQ(made.partitions(), (std::vector<int64_t>{0}));
  EXPECT_EQ(made.bind({nullptr, nullptr, nullptr, nullptr, nullptr}), OCTET_OK);
  EXPECT_EQ(made.run(0), OCTET_INVALID_ARGUMENT);
}

}  // namespace
}  // namespace octet::test
