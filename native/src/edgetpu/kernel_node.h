// SPDX-License-Identifier: Apache-2.0
#ifndef OCTET_EDGETPU_KERNEL_NODE_H_
#define OCTET_EDGETPU_KERNEL_NODE_H_

#include "edgetpu/graph.h"
#include "edgetpu/tensor_table.h"

namespace octet {

// A partition: the node that stands for the nodes that a delegate claimed.
struct KernelNode {
  KernelNode() = default;
  KernelNode(const KernelNode&) = delete;
  KernelNode& operator=(const KernelNode&) = delete;
  ~KernelNode();

  // Takes the lists, which are of malloc and name tensors of the graph. False without memory.
  bool create(const tflite::ShortRegistration& registration, tflite::Delegate* delegate,
              tflite::IntArray* nodes, tflite::IntArray* inputs, tflite::IntArray* outputs);
  // Gives the partition a table of its own with all tensors of its nodes, and writes the lists of
  // its node and theirs in the table's slots. False without memory, or with more tensors than
  // TensorTable::kMost, whose number is set.
  bool make_table(Graph* graph, int64_t* tensors);

  tflite::Node node = {};
  tflite::Registration registration = {};
  tflite::DelegateParams params = {};
  tflite::IntArray* nodes = nullptr;
  tflite::IntArray* inputs = nullptr;   // tensors of the graph
  tflite::IntArray* outputs = nullptr;  // tensors of the graph
  TensorTable table;
};

}  // namespace octet

#endif  // OCTET_EDGETPU_KERNEL_NODE_H_
