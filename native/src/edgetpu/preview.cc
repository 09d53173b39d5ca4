// SPDX-License-Identifier: Apache-2.0
//
// What partitions nodes would make. Delegates made with TensorFlow Lite's SimpleDelegate ask this
// first and then claim the largest.
#include "edgetpu/preview.h"

#include <cstdlib>

#include "edgetpu/host.h"

namespace octet {

void Preview::clear() {
  for (int32_t i = 0; i < count; ++i) {
    std::free(params[i].nodes_to_replace);
    std::free(params[i].input_tensors);
    std::free(params[i].output_tensors);
  }
  std::free(params);
  params = nullptr;
  count = 0;
}

bool Preview::create(int32_t most) {
  clear();
  params = static_cast<tflite::DelegateParams*>(
      std::calloc(static_cast<size_t>(most) + 1, sizeof(tflite::DelegateParams)));
  return params != nullptr;
}

tflite::Status Host::preview(const tflite::IntArray* nodes, tflite::DelegateParams** params,
                             int32_t* count) {
  if (stage_ != Stage::kApply || nodes == nullptr || params == nullptr || count == nullptr) {
    return tflite::kError;
  }
  Memory memory;
  Subsets subsets;
  bool* wanted = memory.take_array<bool>(graph_.node_count);
  Step* steps = plan_steps(&memory);
  if (wanted == nullptr || steps == nullptr) return tflite::kError;
  for (int32_t i = 0; i < nodes->size; ++i) {
    const int32_t index = nodes->data[i];
    if (index < 0 || index >= graph_.node_count || !graph_.nodes[index].offered) {
      return tflite::kError;
    }
    wanted[index] = true;
  }
  for (int32_t i = 0; i < plan_size_; ++i) {
    steps[i].claimed = plan_[i] < graph_.node_count && wanted[plan_[i]];
  }
  if (!partition(graph_, steps, plan_size_, &subsets) || !preview_.create(subsets.count)) {
    return tflite::kError;
  }
  for (int32_t subset = 0; subset < subsets.count; ++subset) {
    if (!subsets.claimed[subset]) continue;
    tflite::DelegateParams& made = preview_.params[preview_.count++];
    made.nodes_to_replace = subset_nodes(steps, subset);
    if (made.nodes_to_replace == nullptr ||
        !subset_tensors(graph_, steps, plan_size_, subset, &made.input_tensors,
                        &made.output_tensors)) {
      return tflite::kError;
    }
  }
  *params = preview_.params;
  *count = preview_.count;
  return tflite::kOk;
}

}  // namespace octet
