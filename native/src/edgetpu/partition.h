// SPDX-License-Identifier: Apache-2.0
//
// Cuts a plan in subsets of steps that are all claimed or all not, in an order in which each can
// run: greedily, as TensorFlow Lite does. A subset takes, in the plan's order, every step of its
// kind whose inputs are there when it begins or come from itself.
#ifndef OCTET_EDGETPU_PARTITION_H_
#define OCTET_EDGETPU_PARTITION_H_

#include "edgetpu/graph.h"

namespace octet {

// Something that a plan runs: a node of the graph or a partition that was made before.
struct Step {
  const tflite::IntArray* inputs;  // tensors of the graph, -1 absent
  const tflite::IntArray* outputs;
  bool claimed;
  int32_t subset;  // set by partition()
};

struct Subsets {
  int32_t count = 0;
  Memory memory;
  bool* claimed = nullptr;  // of each subset
};

// The steps must be in an order in which they can run. False without memory.
bool partition(const Graph& graph, Step* steps, int32_t count, Subsets* subsets);

// What the steps of one subset read from outside, constants included, and what they write that is
// an output of the graph or read outside; ascending, each tensor once, memory of malloc. False
// without memory.
bool subset_tensors(const Graph& graph, const Step* steps, int32_t count, int32_t subset,
                    tflite::IntArray** inputs, tflite::IntArray** outputs);

}  // namespace octet

#endif  // OCTET_EDGETPU_PARTITION_H_
