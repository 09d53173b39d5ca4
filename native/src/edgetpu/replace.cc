// SPDX-License-Identifier: Apache-2.0
//
// Nodes that a delegate claims: the plan is cut in subsets, and each claimed one becomes a node of
// the delegate's, whose init is called at once.
#include <cstdlib>
#include <new>

#include "base/status.h"
#include "edgetpu/host.h"

namespace octet {

using tflite::IntArray;
using tflite::Status;

Status Host::replace(const tflite::ShortRegistration& registration, const IntArray* nodes,
                     tflite::Delegate* delegate) {
  if (stage_ != Stage::kApply) {
    return refuse(OCTET_DELEGATE, "the delegate claims nodes outside of its Prepare");
  }
  if (delegate != delegate_->delegate || nodes == nullptr || nodes->size < 0) {
    return refuse(OCTET_DELEGATE, "the delegate claims nodes for another delegate or without list");
  }
  if (nodes->size == 0) return tflite::kOk;
  if (registration.invoke == nullptr) {
    return refuse(OCTET_DELEGATE, "the delegate claims nodes without a function to run them");
  }
  if (!claim(nodes)) return tflite::kError;
  Memory memory;
  Step* steps = plan_steps(&memory);
  if (steps == nullptr) return refuse(OCTET_OUT_OF_MEMORY, "no memory for partitions");
  Subsets subsets;
  if (!partition(graph_, steps, plan_size_, &subsets)) {
    return refuse(OCTET_OUT_OF_MEMORY, "no memory for partitions");
  }
  const int32_t before = kernel_count_;
  if (!replan(registration, steps, subsets)) return tflite::kError;
  for (int32_t i = before; i < kernel_count_ && registration.init != nullptr; ++i) {
    KernelNode* kernel = kernels_[i];
    stage_ = Stage::kInit;
    show_tensors(kernel);
    kernel->node.user_data =
        registration.init(&shown_.context, reinterpret_cast<const char*>(&kernel->params), 0);
    show_tensors(nullptr);
    stage_ = Stage::kApply;
  }
  return tflite::kOk;
}

Step* Host::plan_steps(Memory* memory) const {
  Step* steps = memory->take_array<Step>(plan_size_);
  for (int32_t i = 0; steps != nullptr && i < plan_size_; ++i) {
    const KernelNode* kernel = planned_kernel(plan_[i]);
    if (kernel != nullptr) {
      steps[i] = {kernel->inputs, kernel->outputs, false, -1};
    } else {
      const GraphNode& node = graph_.nodes[plan_[i]];
      steps[i] = {node.inputs, node.outputs, node.claimed, -1};
    }
  }
  return steps;
}

bool Host::claim(const IntArray* nodes) {
  for (int32_t i = 0; i < nodes->size; ++i) {
    const int32_t index = nodes->data[i];
    if (index < 0 || index >= graph_.node_count || graph_.nodes[index].claimed) {
      refuse(OCTET_DELEGATE, "the delegate claims node %d, which is not there or claimed", index);
      return false;
    }
    if (!graph_.nodes[index].offered) {
      refuse(OCTET_DELEGATE, "the delegate claims node %d, which was not offered", index);
      return false;
    }
    graph_.nodes[index].claimed = true;
  }
  return true;
}

bool Host::replan(const tflite::ShortRegistration& registration, Step* steps,
                  const Subsets& subsets) {
  Memory memory;
  int32_t* plan = memory.take_array<int32_t>(plan_size_);
  if (plan == nullptr) {
    refuse(OCTET_OUT_OF_MEMORY, "no memory for partitions");
    return false;
  }
  int32_t size = 0;
  for (int32_t subset = 0; subset < subsets.count; ++subset) {
    if (subsets.claimed[subset]) {
      KernelNode* kernel = make_kernel(registration, steps, subset);
      if (kernel == nullptr) return false;
      kernels_[kernel_count_] = kernel;
      plan[size++] = graph_.node_count + kernel_count_++;
      continue;
    }
    for (int32_t i = 0; i < plan_size_; ++i) {
      if (steps[i].subset == subset) plan[size++] = plan_[i];
    }
  }
  for (int32_t i = 0; i < size; ++i) plan_[i] = plan[i];
  plan_size_ = size;
  return true;
}

IntArray* Host::subset_nodes(const Step* steps, int32_t subset) const {
  int64_t size = 0;
  for (int32_t i = 0; i < plan_size_; ++i) size += steps[i].subset == subset;
  IntArray* nodes = make_ints(size);
  for (int32_t i = 0, at = 0; nodes != nullptr && i < plan_size_; ++i) {
    if (steps[i].subset == subset) nodes->data[at++] = plan_[i];
  }
  return nodes;
}

KernelNode* Host::make_kernel(const tflite::ShortRegistration& registration, const Step* steps,
                              int32_t subset) {
  IntArray* nodes = subset_nodes(steps, subset);
  IntArray* inputs = nullptr;
  IntArray* outputs = nullptr;
  if (delegate_->edgetpu && nodes != nullptr && nodes->size == 1) {
    // libedgetpu pairs tensors and layers by position
    inputs = copy_ints(graph_.nodes[nodes->data[0]].inputs);
    outputs = copy_ints(graph_.nodes[nodes->data[0]].outputs);
  } else {
    subset_tensors(graph_, steps, plan_size_, subset, &inputs, &outputs);
  }
  auto* kernel = new (std::nothrow) KernelNode();
  if (kernel == nullptr) {
    std::free(nodes);
    std::free(inputs);
    std::free(outputs);
    refuse(OCTET_OUT_OF_MEMORY, "no memory for a partition");
    return nullptr;
  }
  int64_t tensors = 0;
  if (!kernel->create(registration, delegate_->delegate, nodes, inputs, outputs)) {
    refuse(OCTET_OUT_OF_MEMORY, "no memory for a partition");
  } else if (!delegate_->edgetpu) {
    for (int32_t i = 0; i < outputs->size; ++i) {
      graph_.tensors[outputs->data[i]].delegate = delegate_->delegate;
    }
    return kernel;
  } else {
    bool absent = false;
    for (int32_t i = 0; i < inputs->size; ++i) absent |= inputs->data[i] < 0;
    if (absent) {
      refuse(OCTET_DELEGATE, "node %d lacks an input, which an Edge TPU cannot do without",
             nodes->data[0]);
    } else if (kernel->make_table(&graph_, &tensors)) {
      return kernel;
    } else if (tensors > TensorTable::kMost) {
      refuse(OCTET_DELEGATE, "node %d has %lld tensors, an Edge TPU's library is shown at most %d",
             nodes->data[0], static_cast<long long>(tensors), TensorTable::kMost);
    } else {
      refuse(OCTET_OUT_OF_MEMORY, "no memory for a partition");
    }
  }
  delete kernel;
  return nullptr;
}

}  // namespace octet
