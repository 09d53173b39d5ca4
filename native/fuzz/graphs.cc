// SPDX-License-Identifier: Apache-2.0
//
// Takes a graph block of octet/delegate.h and applies a delegate to it that claims what is offered.
// Addresses of the block are not read. Whatever the bytes are, nothing may be read or written
// outside of the block and the host's own memory.
#include <cstring>
#include <vector>

#include "mock_delegate.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  namespace test = octet::test;
  using octet::tflite::Context;
  using octet::tflite::Node;
  std::vector<int64_t> block(size / 8);
  if (!block.empty()) std::memcpy(block.data(), data, 8 * block.size());
  for (const bool edgetpu : {false, true}) {
    test::MockDelegate mock(edgetpu, edgetpu && size % 2 == 0 ? 104 : 112);
    mock.reads_options = false;
    mock.on_prepare = [&](Context* context) {
      octet::tflite::IntArray* plan = nullptr;
      context->get_execution_plan(context, &plan);
      std::vector<int32_t> claimed;
      for (int32_t i = 0; i < plan->size; ++i) {
        Node* node = nullptr;
        octet::tflite::Registration* registration = nullptr;
        context->get_node_and_registration(context, plan->data[i], &node, &registration);
        const char* name = registration->common.custom_name;
        if (name == nullptr || std::strcmp(name, "octet") != 0) claimed.push_back(plan->data[i]);
      }
      if (!edgetpu) return mock.replace(context, claimed);
      for (const int32_t index : claimed) mock.replace(context, {index});
      return octet::tflite::kOk;
    };
    mock.on_kernel_prepare = [&](Context* context, Node* node) {
      mock.describe(context, node->outputs);
      return octet::tflite::kOk;
    };
    const test::HostOfBlock made(&mock, block);
    if (made.host != nullptr) made.partitions();
  }
  return 0;
}
