// SPDX-License-Identifier: Apache-2.0
//
// Blocks that are wrong: a message and no host; whatever was accepted runs inside its memory.
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "graph_block.h"
#include "mock_delegate.h"

namespace octet::test {
namespace {

using Words = std::vector<int64_t>;

const int8_t kConstant[64] = {1, 2, 3, 4};

GraphSpec graph() {
  GraphSpec graph;
  graph.tensors.resize(6);
  graph.tensors[1].kind = 1;
  graph.tensors[1].data = kConstant;
  graph.tensors[1].scales = {1, 2, 3, 4};
  graph.tensors[1].zero_points = {0, 0, 0, 0};
  graph.tensors[1].dimension = 1;
  graph.tensors[3].scales = {0.25f};
  graph.tensors[3].zero_points = {5};
  graph.tensors[4].kind = 2;
  graph.nodes = {{{0, 1}, {2}},
                 {{2, -1}, {3}, "", true, 0, 1, "", {1, 0, 7}, {5}},
                 {{3, 4}, {5}, "octet-mine", false}};
  graph.inputs = {0};
  graph.outputs = {5, 2};
  return graph;
}

// Creates a host of exactly these words, binds what it can and runs what it has.
bool accepted(const Words& block, std::string* message = nullptr) {
  MockDelegate mock(false);
  mock.reads_options = false;
  mock.on_prepare = [&](Context* context) {
    IntArray* plan = nullptr;
    context->get_execution_plan(context, &plan);
    std::vector<int32_t> claimed;
    for (int32_t i = 0; i < plan->size; ++i) {
      Node* node = nullptr;
      Registration* registration = nullptr;
      context->get_node_and_registration(context, plan->data[i], &node, &registration);
      const char* name = registration->common.custom_name;
      if (name == nullptr || std::strcmp(name, "octet") != 0) claimed.push_back(plan->data[i]);
    }
    return mock.replace(context, claimed);
  };
  mock.on_kernel_prepare = [&](Context* context, Node* node) {
    mock.describe(context, node->inputs);
    mock.describe(context, node->outputs);
    return tflite::kOk;
  };
  mock.on_invoke = [](Context*, Node*) { return tflite::kOk; };
  HostOfBlock made(&mock, block);
  if (message != nullptr) *message = made.error.message;
  if (made.host == nullptr) {
    EXPECT_EQ(made.error.code, OCTET_INVALID_PROGRAM) << made.error.message;
    return false;
  }
  std::vector<const void*> addresses(static_cast<size_t>(block[1]), kConstant);
  EXPECT_EQ(made.bind(addresses), OCTET_OK) << made.error.message;
  const Words partitions = made.partitions();
  for (int32_t i = 0; i < partitions[0]; ++i) EXPECT_EQ(made.run(i), OCTET_OK);
  return true;
}

TEST(DelegateBlock, IsAcceptedAsItIs) {
  std::string message;
  EXPECT_TRUE(accepted(graph().block(), &message)) << message;
  EXPECT_TRUE(accepted(GraphSpec().block(), &message)) << message;
}

TEST(DelegateBlock, EveryTruncationIsRefused) {
  const Words whole = graph().block();
  for (size_t size = 0; size < whole.size(); ++size) {
    std::string message;
    EXPECT_FALSE(
        accepted(Words(whole.begin(), whole.begin() + static_cast<int64_t>(size)), &message))
        << size;
    EXPECT_FALSE(message.empty());
  }
  Words longer = whole;
  longer.push_back(0);
  std::string message;
  EXPECT_FALSE(accepted(longer, &message));
  EXPECT_NE(message.find("goes on behind its end"), std::string::npos) << message;
  MockDelegate mock;
  octet_error error;
  EXPECT_EQ(octet_host_create(&mock.hosted, whole.data(),
                              static_cast<int64_t>(8 * whole.size() - 1), &error),
            nullptr);
  EXPECT_EQ(octet_host_create(&mock.hosted, nullptr, 64, &error), nullptr);
  EXPECT_EQ(octet_host_create(&mock.hosted, whole.data(), -8, &error), nullptr);
  EXPECT_EQ(error.code, OCTET_INVALID_PROGRAM);
}

TEST(DelegateBlock, EveryWordMayBeAnything) {
  const Words whole = graph().block();
  const int64_t values[] = {0,          1,         -1,        2,        3,         5,
                            6,          7,         8,         9,        16,        31,
                            32,         64,        1 << 20,   -5,       INT32_MAX, INT32_MIN,
                            UINT32_MAX, INT64_MAX, INT64_MIN, 1l << 40, 1l << 61};
  int refused = 0;
  for (size_t at = 0; at < whole.size(); ++at) {
    // a constant's address is trusted, and the options' too
    if (whole[at] == reinterpret_cast<int64_t>(kConstant)) continue;
    for (const int64_t value : values) {
      Words block = whole;
      block[at] = value;
      refused += !accepted(block);
      block[at] = whole[at] + value % 4;
      refused += !accepted(block);
    }
  }
  EXPECT_GT(refused, 1000);
}

TEST(DelegateBlock, SeveralWordsMayBeAnything) {
  const Words whole = graph().block();
  std::mt19937_64 random(11);
  int taken = 0;
  for (int round = 0; round < 20000; ++round) {
    Words block = whole;
    for (uint64_t i = 0; i <= random() % 4; ++i) {
      const size_t at = 1 + random() % (block.size() - 1);
      if (whole[at] == reinterpret_cast<int64_t>(kConstant)) continue;
      const auto number = static_cast<int64_t>(random());
      switch (random() % 4) {
        case 0:
          block[at] = number % 8;
          break;
        case 1:
          block[at] = whole[at] + number % 4;
          break;
        case 2:  // words that moved
          block[at] = whole[random() % whole.size()];
          break;
        default:
          block[at] = number >> (random() % 64);
      }
    }
    taken += accepted(block);
  }
  EXPECT_GT(taken, 100);
  EXPECT_LT(taken, 10000);
}

TEST(DelegateBlock, RulesHaveMessages) {
  struct Case {
    const char* message;
    std::function<void(GraphSpec*)> change;
  };
  const std::vector<Case> cases = {
      {"only constants have addresses", [](GraphSpec* g) { g->tensors[0].data = kConstant; }},
      {"only constants have addresses", [](GraphSpec* g) { g->tensors[1].data = nullptr; }},
      {"a constant as graph input", [](GraphSpec* g) { g->inputs = {1}; }},
      {"a graph output that no node writes", [](GraphSpec* g) { g->nodes.pop_back(); }},
      {"reads a tensor before it is written", [](GraphSpec* g) { g->nodes[0].inputs = {3}; }},
      {"written twice", [](GraphSpec* g) { g->nodes[1].outputs = {2}; }},
      {"written twice", [](GraphSpec* g) { g->nodes[1].outputs = {1}; }},
      {"written twice",
       [](GraphSpec* g) {
         g->nodes[1].outputs = {3, 3};
       }},
      {"outputs of a node", [](GraphSpec* g) { g->nodes[1].outputs = {-1}; }},
      {"inputs of a node", [](GraphSpec* g) { g->nodes[1].inputs = {-2}; }},
      {"inputs of a node", [](GraphSpec* g) { g->nodes[1].inputs = {6}; }},
      {"intermediates", [](GraphSpec* g) { g->nodes[1].intermediates = {6}; }},
      {"graph outputs", [](GraphSpec* g) { g->outputs = {-1}; }},
      {"kind of a tensor", [](GraphSpec* g) { g->tensors[0].kind = 3; }},
      {"bytes of a tensor",
       [](GraphSpec* g) {
         g->tensors[0].dims = {1, -4};
       }},
      {"one scale nor one for each", [](GraphSpec* g) { g->tensors[1].dimension = 0; }},
      {"quantized dimension", [](GraphSpec* g) { g->tensors[1].dimension = 2; }},
      {"scale is not finite", [](GraphSpec* g) { g->tensors[3].scales = {INFINITY}; }},
      {"zero point", [](GraphSpec* g) { g->tensors[3].zero_points = {1l << 31}; }},
      {"has a name or options", [](GraphSpec* g) { g->nodes[1].name = "x"; }},
      {"name of an operator has a zero",
       [](GraphSpec* g) { g->nodes[0].name = std::string("a\0b", 3); }}};
  for (const Case& one : cases) {
    GraphSpec spec = graph();
    one.change(&spec);
    std::string message;
    EXPECT_FALSE(accepted(spec.block(), &message)) << one.message;
    EXPECT_NE(message.find(one.message), std::string::npos) << message;
  }
  Words block = graph().block();
  const size_t bytes_of_first = 8 + 2;
  ASSERT_EQ(block[bytes_of_first], 4);
  block[bytes_of_first] = 5;
  std::string message;
  EXPECT_FALSE(accepted(block, &message));
  EXPECT_NE(message.find("other bytes than its dims and type"), std::string::npos) << message;
}

TEST(DelegateBlock, SizesOfTensors) {
  const auto bytes = [](int32_t type, const std::vector<int32_t>& dims) {
    IntArray* list = ints_of(dims);
    const int64_t answer = tensor_bytes(type, list, 99);
    std::free(list);
    return answer;
  };
  EXPECT_EQ(bytes(tflite::kFloat32, {}), 4);
  EXPECT_EQ(bytes(tflite::kFloat16, {3, 5}), 30);
  EXPECT_EQ(bytes(tflite::kInt4, {3, 5}), 8);
  EXPECT_EQ(bytes(tflite::kComplex128, {2}), 32);
  EXPECT_EQ(bytes(tflite::kInt64, {2}), 16);
  EXPECT_EQ(bytes(tflite::kBool, {7}), 7);
  EXPECT_EQ(bytes(tflite::kString, {7}), 99);
  EXPECT_EQ(bytes(tflite::kInt8, {INT32_MAX, INT32_MAX, INT32_MAX}), -1);
  EXPECT_EQ(bytes(tflite::kInt8, {INT32_MAX, INT32_MAX, INT32_MAX, 0}), 0);
}

}  // namespace
}  // namespace octet::test
