// SPDX-License-Identifier: Apache-2.0
#include "edgetpu/partition.h"

#include <cstdlib>

namespace octet {
namespace {

using tflite::IntArray;

// The tensors that are marked, ascending; NULL without memory.
IntArray* marked(const bool* marks, int32_t count) {
  int64_t size = 0;
  for (int32_t i = 0; i < count; ++i) size += marks[i];
  IntArray* list = make_ints(size);
  if (list == nullptr) return nullptr;
  int32_t at = 0;
  for (int32_t i = 0; i < count; ++i) {
    if (marks[i]) list->data[at++] = i;
  }
  return list;
}

}  // namespace

bool partition(const Graph& graph, Step* steps, int32_t count, Subsets* subsets) {
  // tensors that a step will write and that no subset has yet
  bool* missing = subsets->memory.take_array<bool>(graph.tensor_count);
  subsets->claimed = subsets->memory.take_array<bool>(count);
  if (missing == nullptr || subsets->claimed == nullptr) return false;
  for (int32_t i = 0; i < count; ++i) {
    steps[i].subset = -1;
    for (int32_t k = 0; k < steps[i].outputs->size; ++k) missing[steps[i].outputs->data[k]] = true;
  }
  int32_t first = 0;  // the first step without a subset: all that it reads is there
  while (first < count) {
    const int32_t subset = subsets->count++;
    const bool claimed = steps[first].claimed;
    subsets->claimed[subset] = claimed;
    for (int32_t i = first; i < count; ++i) {
      Step& step = steps[i];
      if (step.subset >= 0 || step.claimed != claimed) continue;
      bool ready = true;
      for (int32_t k = 0; k < step.inputs->size && ready; ++k) {
        ready = step.inputs->data[k] < 0 || !missing[step.inputs->data[k]];
      }
      if (!ready) continue;
      step.subset = subset;
      for (int32_t k = 0; k < step.outputs->size; ++k) missing[step.outputs->data[k]] = false;
    }
    while (first < count && steps[first].subset >= 0) ++first;
  }
  return true;
}

bool subset_tensors(const Graph& graph, const Step* steps, int32_t count, int32_t subset,
                    IntArray** inputs, IntArray** outputs) {
  Memory memory;
  bool* written = memory.take_array<bool>(graph.tensor_count);
  bool* read_inside = memory.take_array<bool>(graph.tensor_count);
  bool* read_outside = memory.take_array<bool>(graph.tensor_count);
  if (written == nullptr || read_inside == nullptr || read_outside == nullptr) return false;
  for (int32_t i = 0; i < count; ++i) {
    const bool inside = steps[i].subset == subset;
    for (int32_t k = 0; inside && k < steps[i].outputs->size; ++k) {
      written[steps[i].outputs->data[k]] = true;
    }
    for (int32_t k = 0; k < steps[i].inputs->size; ++k) {
      const int32_t tensor = steps[i].inputs->data[k];
      if (tensor >= 0) (inside ? read_inside : read_outside)[tensor] = true;
    }
  }
  for (int32_t i = 0; i < graph.tensor_count; ++i) {
    read_inside[i] &= !written[i];
    written[i] &= graph.is_output[i] || read_outside[i];
  }
  *inputs = marked(read_inside, graph.tensor_count);
  *outputs = marked(written, graph.tensor_count);
  if (*inputs != nullptr && *outputs != nullptr) return true;
  std::free(*inputs);
  std::free(*outputs);
  *inputs = *outputs = nullptr;
  return false;
}

}  // namespace octet
