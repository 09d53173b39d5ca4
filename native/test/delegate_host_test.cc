// SPDX-License-Identifier: Apache-2.0
//
// Delegates of libraries that are not for Edge TPUs: one array of tensors, messages that are
// formats, several nodes in a partition.
#include <gtest/gtest.h>

#include "graph_block.h"
#include "mock_delegate.h"

namespace octet::test {
namespace {

using Strings = std::vector<std::string>;
using Words = std::vector<int64_t>;

NodeSpec add(const Words& inputs, const Words& outputs, bool offered = true) {
  return {inputs, outputs, "", offered, 0, 2, "", {1, 0}};
}

// 0 -> A -> 2 -> B (not offered) -> 3 -> C -> 5, with constant 1 in A and C, and 0 -> D -> 4
GraphSpec chain() {
  static const int8_t kConstant[4] = {1, 2, 3, 4};
  GraphSpec graph;
  graph.tensors.resize(6);
  graph.tensors[1].kind = 1;
  graph.tensors[1].data = kConstant;
  graph.nodes = {add({0, 1}, {2}), add({2}, {3}, false), add({3, 1}, {5}), add({0, -1}, {4})};
  graph.inputs = {0};
  graph.outputs = {4, 5};
  return graph;
}

class PlainHost : public testing::TestWithParam<int> {
 protected:
  MockDelegate mock_{false, 112, GetParam()};
  alignas(64) int8_t data_[8][128] = {};
};

INSTANTIATE_TEST_SUITE_P(Registrations, PlainHost, testing::Values(64, 72, 88));

TEST_P(PlainHost, OneReplaceMakesTwoPartitions) {
  std::string plan_after, kernel_names;
  mock_.on_init = [&](Context*, const tflite::DelegateParams& params) {
    kernel_names += text(params.nodes_to_replace) + text(params.input_tensors) +
                    text(params.output_tensors) + " ";
  };
  mock_.on_prepare = [&](Context* context) {
    EXPECT_EQ(context->tensors_size, 6u);
    EXPECT_EQ(mock_.replace(context, {0, 2, 3}), tflite::kOk);
    IntArray* plan = nullptr;
    EXPECT_EQ(context->get_execution_plan(context, &plan), tflite::kOk);
    plan_after = text(plan);
    Node* node = nullptr;
    Registration* registration = nullptr;
    EXPECT_EQ(context->get_node_and_registration(context, 5, &node, &registration), tflite::kOk);
    EXPECT_STREQ(registration->common.custom_name, "MockKernel");
    EXPECT_EQ(registration->registration_external, nullptr);
    EXPECT_EQ(registration->async_kernel, nullptr);
    EXPECT_EQ(registration->inplace_operator, 0u);
    EXPECT_EQ(node->delegate, &mock_.raw);
    EXPECT_EQ(context->tensors[5].delegate, &mock_.raw);
    EXPECT_EQ(context->tensors[3].delegate, nullptr);
    return tflite::kOk;
  };
  HostOfBlock made(&mock_, chain().block());
  ASSERT_NE(made.host, nullptr) << made.error.message;
  EXPECT_EQ(kernel_names, "[0,3][0,1][2,4] [2][1,3][5] ");
  EXPECT_EQ(plan_after, "[4,1,5]");
  EXPECT_EQ(made.partitions(), (Words{2, 2, 0, 3, 2, 0, 1, 2, 2, 4, 1, 2, 2, 1, 3, 1, 5}));
  ASSERT_EQ(made.bind({data_[0], nullptr, data_[2], data_[3], data_[4], data_[5]}), OCTET_OK);
  data_[3][1] = 20;
  ASSERT_EQ(made.run(1), OCTET_OK) << made.error.message;
  const int8_t expected[] = {2, 23, 4, 5, 0};
  EXPECT_EQ(std::memcmp(data_[5], expected, 5), 0);
}

TEST_P(PlainHost, APreviewIsWhatAReplaceThenMakes) {
  mock_.on_prepare = [&](Context* context) {
    const auto preview = [&](const std::vector<int32_t>& nodes, std::string* made) {
      IntArray* list = ints_of(nodes);
      tflite::DelegateParams* params = nullptr;
      int32_t count = -1;
      const Status status = context->preview_delegate_partitioning(context, list, &params, &count);
      std::free(list);
      made->clear();
      for (int32_t i = 0; i < count; ++i) {
        *made += text(params[i].nodes_to_replace) + text(params[i].input_tensors) +
                 text(params[i].output_tensors) + " ";
      }
      return status;
    };
    std::string made;
    EXPECT_EQ(preview({}, &made), tflite::kOk);
    EXPECT_EQ(made, "");
    EXPECT_EQ(preview({2, 0, 3}, &made), tflite::kOk);
    EXPECT_EQ(made, "[0,3][0,1][2,4] [2][1,3][5] ");
    for (const int32_t wrong : {1, 4, -1}) EXPECT_EQ(preview({0, wrong}, &made), tflite::kError);
    EXPECT_EQ(mock_.replace(context, {0, 3}), tflite::kOk);  // the larger one
    EXPECT_EQ(preview({2}, &made), tflite::kOk);
    EXPECT_EQ(made, "[2][1,3][5] ");
    return tflite::kOk;
  };
  HostOfBlock made(&mock_, chain().block());
  ASSERT_NE(made.host, nullptr) << made.error.message;
  EXPECT_EQ(made.partitions(), (Words{1, 2, 0, 3, 2, 0, 1, 2, 2, 4}));
}

TEST_P(PlainHost, SeveralReplaces) {
  mock_.on_prepare = [&](Context* context) {
    EXPECT_EQ(mock_.replace(context, {}), tflite::kOk);
    EXPECT_EQ(mock_.replace(context, {2}), tflite::kOk);
    EXPECT_EQ(mock_.replace(context, {3}), tflite::kOk);
    EXPECT_EQ(mock_.replace(context, {0}), tflite::kOk);
    return tflite::kOk;
  };
  {
    HostOfBlock made(&mock_, chain().block());
    ASSERT_NE(made.host, nullptr) << made.error.message;
    // in order of execution, not of the calls; node 3 went behind 2 when that was claimed
    EXPECT_EQ(made.partitions(),
              (Words{3, 1, 0, 2, 0, 1, 1, 2, 1, 2, 2, 1, 3, 1, 5, 1, 3, 1, 0, 1, 4}));
  }
  EXPECT_EQ(mock_.calls.back(), "free 0");
  EXPECT_EQ(mock_.calls[mock_.calls.size() - 3], "free 2");
}

TEST_P(PlainHost, NodesAndTensorsAreShownAsTensorFlowLiteHasThem) {
  GraphSpec graph = chain();
  graph.tensors[0].scales = {0.5f};
  graph.tensors[0].zero_points = {-3};
  graph.tensors[1].scales = {1, 2, 3, 4};
  graph.tensors[1].zero_points = {0, 1, 2, 3};
  graph.tensors[1].dimension = 1;
  graph.tensors.resize(7);
  graph.tensors[6].kind = 2;
  graph.nodes[0].inputs.push_back(6);
  graph.nodes[0].intermediates = {5, -1};
  graph.nodes[3].name = "Mine";
  graph.nodes[3].code = 32;
  graph.nodes[3].options = "abc";
  graph.nodes[3].data = {};
  graph.nodes[1].options = "hidden";
  graph.nodes[1].name = "Hidden";
  graph.nodes[1].code = 32;
  mock_.on_prepare = [&](Context* context) {
    const tflite::Tensor* tensors = context->tensors;
    EXPECT_EQ(tensors[0].allocation_type, 2);
    EXPECT_EQ(tensors[1].allocation_type, 1);
    EXPECT_EQ(tensors[6].allocation_type, 3);
    EXPECT_TRUE(tensors[6].is_variable);
    EXPECT_EQ(tensors[0].buffer_handle, -1);
    EXPECT_EQ(tensors[0].data, nullptr);
    EXPECT_EQ(tensors[1].data, chain().tensors[1].data);
    EXPECT_EQ(tensors[0].params.scale, 0.5f);
    EXPECT_EQ(tensors[0].params.zero_point, -3);
    EXPECT_EQ(tensors[1].params.scale, 0);
    EXPECT_EQ(tensors[2].quantization.type, 0);
    EXPECT_EQ(tensors[1].quantization.type, 1);
    const auto* affine =
        static_cast<const tflite::AffineQuantization*>(tensors[1].quantization.params);
    EXPECT_EQ(affine->scale->size, 4);
    EXPECT_EQ(affine->scale->data[3], 4);
    EXPECT_EQ(text(affine->zero_point), "[0,1,2,3]");
    EXPECT_EQ(affine->quantized_dimension, 1);
    Node* node = nullptr;
    Registration* registration = nullptr;
    context->get_node_and_registration(context, 0, &node, &registration);
    EXPECT_EQ(registration->common.builtin_code, 0);
    EXPECT_EQ(registration->common.version, 2);
    EXPECT_EQ(registration->common.custom_name, nullptr);
    EXPECT_EQ(static_cast<const int32_t*>(node->builtin_data)[0], 1);
    EXPECT_EQ(static_cast<const int32_t*>(node->builtin_data)[100], 0);  // behind its struct
    EXPECT_EQ(text(node->inputs) + text(node->outputs) + text(node->intermediates) +
                  text(node->temporaries),
              "[0,1,6][2][5,-1][]");
    context->get_node_and_registration(context, 1, &node, &registration);
    EXPECT_STREQ(registration->common.custom_name, "octet");
    EXPECT_EQ(registration->common.builtin_code, 32);
    EXPECT_EQ(node->custom_initial_data, nullptr);
    EXPECT_EQ(node->custom_initial_data_size, 0);
    EXPECT_EQ(node->builtin_data, nullptr);
    context->get_node_and_registration(context, 3, &node, &registration);
    EXPECT_STREQ(registration->common.custom_name, "Mine");
    EXPECT_EQ(node->custom_initial_data, graph.nodes[3].options.data());
    EXPECT_EQ(node->custom_initial_data_size, 3);
    EXPECT_EQ(text(node->inputs), "[0,-1]");
    for (const int32_t index : {-1, 4, 1 << 30, INT32_MAX, INT32_MIN}) {
      EXPECT_EQ(context->get_node_and_registration(context, index, &node, &registration),
                tflite::kError);
    }
    return tflite::kOk;
  };
  HostOfBlock made(&mock_, graph.block());
  ASSERT_NE(made.host, nullptr) << made.error.message;
  EXPECT_EQ(mock_.calls, (Strings{"Prepare"}));
}

TEST_P(PlainHost, TheRestOfTheContext) {
  mock_.on_prepare = [&](Context* context) {
    const char* data = nullptr;
    size_t bytes = 0;
    EXPECT_EQ(context->get_model_metadata(context, "x", &data, &bytes), tflite::kError);
    for (size_t i = 0; i < 1024; i += 64) EXPECT_EQ(static_cast<char*>(context->impl)[i], 0);
    EXPECT_EQ(context->profiler, nullptr);
    for (const int32_t type : {-1, 8, INT32_MAX, 3}) {
      EXPECT_EQ(context->get_external_context(context, type), nullptr);
    }
    context->set_external_context(context, -1, context);
    context->set_external_context(context, 1 << 20, context);
    EXPECT_EQ(context->preview_delegate_partitioning(context, nullptr, nullptr, nullptr),
              tflite::kError);
    EXPECT_EQ(context->resize_tensor_explicit(context, context->tensors, 0, nullptr),
              tflite::kError);
    Context* other = nullptr;
    EXPECT_EQ(context->acquire_subgraph_context(context, 0, &other), tflite::kError);
    EXPECT_EQ(context->release_subgraph_context(context, 0), tflite::kError);
    // what a longer context would have
    void* const* beyond = reinterpret_cast<void**>(context + 1);
    for (int i = 0; i < 16; ++i) EXPECT_EQ(beyond[i], nullptr);
    return tflite::kOk;
  };
  HostOfBlock made(&mock_, chain().block());
  ASSERT_NE(made.host, nullptr) << made.error.message;
}

TEST_P(PlainHost, MessagesAreFormats) {
  mock_.on_prepare = [](Context* context) {
    context->report_error(context, "first");
    context->report_error(context, "node %d of %s", 7, "it");
    return 3;
  };
  HostOfBlock made(&mock_, chain().block());
  EXPECT_EQ(made.host, nullptr);
  EXPECT_EQ(made.error.code, OCTET_DELEGATE);
  EXPECT_EQ(made.error.instruction, -1);
  EXPECT_STREQ(made.error.message, "node 7 of it");
}

TEST_P(PlainHost, WrongClaimsAreRefusedThoughTheirAnswersAreIgnored) {
  const std::vector<std::pair<std::vector<int32_t>, const char*>> cases = {
      {{1}, "the delegate claims node 1, which was not offered"},
      {{4}, "the delegate claims node 4, which is not there or claimed"},
      {{-1}, "the delegate claims node -1, which is not there or claimed"},
      {{0, 0}, "the delegate claims node 0, which is not there or claimed"}};
  for (const auto& one : cases) {
    mock_.on_prepare = [&](Context* context) {
      EXPECT_EQ(mock_.replace(context, one.first), tflite::kError);
      return tflite::kOk;
    };
    HostOfBlock made(&mock_, chain().block());
    EXPECT_EQ(made.host, nullptr);
    EXPECT_EQ(made.error.code, OCTET_DELEGATE);
    EXPECT_STREQ(made.error.message, one.second);
  }
  mock_.on_prepare = [&](Context* context) {
    mock_.replace(context, {0});
    return mock_.replace(context, {2, 0});
  };
  HostOfBlock twice(&mock_, chain().block());
  EXPECT_EQ(twice.host, nullptr);
  EXPECT_EQ(mock_.calls.back(), "free 0");
  mock_.on_prepare = [&](Context* context) {
    return context->replace_node_subsets(context, ShortRegistration{}, nullptr, &mock_.raw);
  };
  HostOfBlock no_list(&mock_, chain().block());
  EXPECT_EQ(no_list.host, nullptr);
  mock_.on_prepare = [&](Context* context) {
    IntArray* list = ints_of({0});
    ShortRegistration registration = mock_.kernel();
    registration.invoke = nullptr;
    const Status status = context->replace_node_subsets(context, registration, list, &mock_.raw);
    std::free(list);
    return status;
  };
  HostOfBlock no_invoke(&mock_, chain().block());
  EXPECT_STREQ(no_invoke.error.message, "the delegate claims nodes without a function to run them");
}

TEST_P(PlainHost, ClaimsAndTensorsThatAreAddedLaterAreRefused) {
  mock_.on_prepare = [&](Context* context) { return mock_.replace(context, {0}); };
  mock_.on_kernel_prepare = [&](Context* context, Node*) {
    EXPECT_EQ(mock_.replace(context, {2}), tflite::kError);
    return tflite::kOk;
  };
  HostOfBlock later(&mock_, chain().block());
  EXPECT_EQ(later.host, nullptr);
  EXPECT_STREQ(later.error.message, "the delegate claims nodes outside of its Prepare");
  mock_.on_kernel_prepare = [&](Context* context, Node*) {
    int32_t first = 0;
    return context->add_tensors(context, 1, &first);
  };
  HostOfBlock added(&mock_, chain().block());
  EXPECT_EQ(added.host, nullptr);
  EXPECT_STREQ(added.error.message, "the delegate adds tensors (AddTensors)");
}

TEST_P(PlainHost, ListsThatADelegateReplacesAreFreed) {
  mock_.on_prepare = [&](Context* context) { return mock_.replace(context, {0}); };
  mock_.on_kernel_prepare = [&](Context*, Node* node) {
    std::free(node->temporaries);
    node->temporaries = ints_of({});
    return tflite::kOk;
  };
  HostOfBlock made(&mock_, chain().block());
  ASSERT_NE(made.host, nullptr) << made.error.message;
}

TEST_P(PlainHost, ScalesThatADelegateReplacesAreFreed) {
  GraphSpec graph = chain();
  graph.tensors[1].scales = {0.5f};
  graph.tensors[1].zero_points = {0};
  mock_.on_prepare = [&](Context* context) {
    auto* affine =
        static_cast<tflite::AffineQuantization*>(context->tensors[1].quantization.params);
    std::free(affine->scale);
    affine->scale = static_cast<tflite::FloatArray*>(std::calloc(1, 4 + 4 * sizeof(float)));
    affine->scale->size = 4;
    return mock_.replace(context, {0});
  };
  HostOfBlock made(&mock_, graph.block());
  ASSERT_NE(made.host, nullptr) << made.error.message;
}

TEST_P(PlainHost, ResizesOfWhatIsNoActivationOrNoTensorAreRefused) {
  mock_.on_prepare = [&](Context* context) { return mock_.replace(context, {0}); };
  using Choose = std::function<tflite::Tensor*(Context*)>;
  const std::vector<std::pair<Choose, const char*>> cases = {
      {[](Context* context) { return &context->tensors[1]; },
       "the delegate resizes tensor 1 from [1,4] to [8]"},
      {[](Context* context) { return context->tensors + context->tensors_size; },
       "the delegate resizes a tensor that is not in its table"},
      {[](Context* context) {
         return reinterpret_cast<tflite::Tensor*>(reinterpret_cast<char*>(context->tensors) + 104);
       },
       "the delegate resizes a tensor that is not in its table"},
      {[](Context*) { return nullptr; }, "the delegate resizes a tensor that is not in its table"}};
  for (const auto& one : cases) {
    mock_.on_kernel_prepare = [&](Context* context, Node*) {
      return context->resize_tensor(context, one.first(context), ints_of({8}));
    };
    HostOfBlock made(&mock_, chain().block());
    EXPECT_EQ(made.host, nullptr);
    EXPECT_STREQ(made.error.message, one.second);
  }
  mock_.on_kernel_prepare = [&](Context* context, Node*) {
    context->resize_tensor(context, &context->tensors[2], ints_of({INT32_MAX, INT32_MAX, 64}));
    return context->resize_tensor(context, &context->tensors[2], ints_of({-1}));
  };
  HostOfBlock made(&mock_, chain().block());
  EXPECT_STREQ(made.error.message,
               "the delegate resizes tensor 2 from [1,4] to [2147483647,2147483647,64]");
}

TEST_P(PlainHost, BindNeedsWhatPartitionsTouch) {
  mock_.on_prepare = [&](Context* context) { return mock_.replace(context, {0, 3}); };
  HostOfBlock made(&mock_, chain().block());
  ASSERT_NE(made.host, nullptr) << made.error.message;
  EXPECT_EQ(made.run(0), OCTET_INVALID_ARGUMENT);
  EXPECT_STREQ(made.error.message, "partition 0 runs before its bind");
  EXPECT_EQ(made.bind({data_[0], nullptr, data_[2], nullptr, nullptr, nullptr}),
            OCTET_INVALID_ARGUMENT);
  EXPECT_STREQ(made.error.message, "tensor 4 of a partition has no address");
  EXPECT_EQ(made.bind({data_[0]}), OCTET_INVALID_ARGUMENT);
  EXPECT_EQ(made.bind({data_[0], nullptr, data_[2], nullptr, data_[4], nullptr}), OCTET_OK);
  EXPECT_EQ(made.run(0), OCTET_OK);
  EXPECT_EQ(made.run(1), OCTET_INVALID_ARGUMENT);
  EXPECT_EQ(made.run(-1), OCTET_INVALID_ARGUMENT);
  EXPECT_EQ(made.bind({data_[6], nullptr, data_[2], nullptr, data_[5], nullptr}), OCTET_OK);
  data_[6][0] = 9;
  EXPECT_EQ(made.run(0), OCTET_OK);
  EXPECT_EQ(data_[5][0], 11);  // and 1 of the constant
}

TEST_P(PlainHost, ADelegateHasOneHostAtATime) {
  mock_.on_prepare = [&](Context* context) { return mock_.replace(context, {0}); };
  {
    HostOfBlock first(&mock_, chain().block());
    ASSERT_NE(first.host, nullptr);
    HostOfBlock second(&mock_, chain().block());
    EXPECT_EQ(second.host, nullptr);
    EXPECT_EQ(second.error.code, OCTET_INVALID_ARGUMENT);
    EXPECT_STREQ(second.error.message, "the delegate has a host already");
  }
  HostOfBlock third(&mock_, chain().block());
  EXPECT_NE(third.host, nullptr);
}

TEST(AdoptedDelegate, IsNotDestroyed) {
  octet_error error;
  EXPECT_EQ(octet_delegate_adopt(nullptr, &error), nullptr);
  EXPECT_EQ(error.code, OCTET_INVALID_ARGUMENT);
  // no more memory than the 48 bytes that every version has
  auto* raw = static_cast<tflite::Delegate*>(std::calloc(1, 48));
  octet_delegate* delegate = octet_delegate_adopt(raw, &error);
  ASSERT_NE(delegate, nullptr);
  const std::vector<int64_t> block = chain().block();
  EXPECT_EQ(
      octet_host_create(delegate, block.data(), static_cast<int64_t>(8 * block.size()), &error),
      nullptr);
  EXPECT_EQ(error.code, OCTET_DELEGATE);
  EXPECT_STREQ(error.message,
               "the delegate has no Prepare function: opaque delegates cannot be hosted");
  octet_delegate_free(delegate);
  octet_delegate_free(nullptr);
  octet_host_free(nullptr);
  std::free(raw);
}

}  // namespace
}  // namespace octet::test
