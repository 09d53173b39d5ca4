// SPDX-License-Identifier: Apache-2.0
#include "edgetpu/kernel_node.h"

#include <cstdlib>
#include <initializer_list>

namespace octet {
namespace {

void to_slots(const TensorTable& table, tflite::IntArray* tensors) {
  for (int32_t i = 0; i < tensors->size; ++i) {
    if (tensors->data[i] >= 0) tensors->data[i] = table.slot(tensors->data[i]);
  }
}

}  // namespace

KernelNode::~KernelNode() {
  free_lists(&node);
  std::free(params.nodes_to_replace);
  std::free(params.input_tensors);
  std::free(params.output_tensors);
  std::free(nodes);
  std::free(inputs);
  std::free(outputs);
}

bool KernelNode::create(const tflite::ShortRegistration& from, tflite::Delegate* delegate,
                        tflite::IntArray* claimed, tflite::IntArray* in, tflite::IntArray* out) {
  nodes = claimed;
  inputs = in;
  outputs = out;
  if (nodes == nullptr || inputs == nullptr || outputs == nullptr) return false;
  registration.common = from;
  registration.common.builtin_code = tflite::kDelegateOperator;
  // the delegate may free its node's lists and put others in place: none is shared
  node.inputs = copy_ints(inputs);
  node.outputs = copy_ints(outputs);
  node.intermediates = make_ints(0);
  node.temporaries = make_ints(0);
  params.nodes_to_replace = copy_ints(nodes);
  params.input_tensors = copy_ints(inputs);
  params.output_tensors = copy_ints(outputs);
  params.delegate = node.delegate = delegate;
  node.builtin_data = &params;
  return node.inputs != nullptr && node.outputs != nullptr && node.intermediates != nullptr &&
         node.temporaries != nullptr && params.nodes_to_replace != nullptr &&
         params.input_tensors != nullptr && params.output_tensors != nullptr;
}

bool KernelNode::make_table(Graph* graph, int64_t* tensors) {
  Memory memory;
  bool* used = memory.take_array<bool>(graph->tensor_count);
  if (used == nullptr) return false;
  int32_t list[TensorTable::kMost];
  *tensors = 0;
  for (int32_t i = 0; i < nodes->size; ++i) {
    const GraphNode& claimed = graph->nodes[nodes->data[i]];
    for (const tflite::IntArray* some : {claimed.inputs, claimed.outputs}) {
      for (int32_t k = 0; k < some->size; ++k) {
        const int32_t tensor = some->data[k];
        if (tensor < 0 || used[tensor]) continue;
        used[tensor] = true;
        if (*tensors < TensorTable::kMost) list[*tensors] = tensor;
        ++*tensors;
      }
    }
  }
  if (*tensors > TensorTable::kMost) return false;
  if (!table.create(*graph, list, static_cast<int32_t>(*tensors))) return false;
  to_slots(table, node.inputs);
  to_slots(table, node.outputs);
  to_slots(table, params.input_tensors);
  to_slots(table, params.output_tensors);
  for (int32_t i = 0; i < nodes->size; ++i) {
    tflite::Node& claimed = graph->nodes[nodes->data[i]].node;
    to_slots(table, claimed.inputs);
    to_slots(table, claimed.outputs);
    claimed.intermediates->size = 0;  // the table has none
  }
  return true;
}

}  // namespace octet
