// SPDX-License-Identifier: Apache-2.0
//
// The graph that a delegate is shown, made from the caller's block in the structs of TensorFlow
// Lite.
#ifndef OCTET_EDGETPU_GRAPH_H_
#define OCTET_EDGETPU_GRAPH_H_

#include "base/memory.h"
#include "edgetpu/tflite_abi.h"
#include "octet/delegate.h"

namespace octet {

constexpr int64_t kGraphMagic = 0x4f43544f44454c01;

// Zeroed memory of malloc, so that a delegate may free it and put its own in place; NULL when there
// is none.
tflite::IntArray* make_ints(int64_t size);
tflite::IntArray* copy_ints(const tflite::IntArray* from);

// Blocks of calloc that are freed together: each has its own, so that a sanitizer sees its ends.
class Memory {
 public:
  Memory() = default;
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;
  ~Memory();
  void* take(int64_t bytes);
  template <typename T>
  T* take_array(int64_t count) {
    return count > INT64_MAX / static_cast<int64_t>(sizeof(T))
               ? nullptr
               : static_cast<T*>(take(count * static_cast<int64_t>(sizeof(T))));
  }

 private:
  struct Head;
  Head* first_ = nullptr;
};

enum class TensorKind : int8_t { kActivation = 0, kConstant = 1, kVariable = 2 };

struct GraphNode {
  tflite::Node node;  // what the delegate sees; its four lists are of malloc
  tflite::Registration registration;
  const tflite::IntArray* inputs;   // tensors of the graph
  const tflite::IntArray* outputs;  // tensors of the graph
  bool offered;
  bool claimed;
};

void free_lists(tflite::Node* node);

struct Graph {
  Graph() = default;
  Graph(const Graph&) = delete;
  Graph& operator=(const Graph&) = delete;
  ~Graph();

  // Copies and checks the block of octet/delegate.h. False and *error when it is wrong.
  bool read(const void* block, int64_t bytes, octet_error* error);

  Memory memory;
  int32_t tensor_count = 0;
  int32_t node_count = 0;
  tflite::Tensor* tensors = nullptr;          // dims are of malloc, and change when one is resized
  const tflite::IntArray** shapes = nullptr;  // the dims of the block
  // Scales and zero points are of malloc: XNNPACK frees the one scale of weights and puts one for
  // each channel in its place.
  tflite::AffineQuantization** quantizations = nullptr;
  TensorKind* kinds = nullptr;
  bool* is_output = nullptr;
  GraphNode* nodes = nullptr;
};

// Bytes of a tensor of that type and shape, for strings and other types without a size the answer
// is `otherwise`; -1 when it does not fit 63 bits.
int64_t tensor_bytes(int32_t type, const tflite::IntArray* dims, int64_t otherwise);

}  // namespace octet

#endif  // OCTET_EDGETPU_GRAPH_H_
