// SPDX-License-Identifier: Apache-2.0
//
// A table of tensors that reads the same to libraries that take them to be 104 bytes apart and to
// those that take them to be 112: the tensor of slot k is at both 104 k and 112 k. From slot 14 on
// the two are apart, and the next slot that can be used begins where the last image ends. Slots
// grow by 8 % a tensor; the 64th tensor ends at half a megabyte.
#ifndef OCTET_EDGETPU_TENSOR_TABLE_H_
#define OCTET_EDGETPU_TENSOR_TABLE_H_

#include "edgetpu/graph.h"

namespace octet {

class TensorTable {
 public:
  static constexpr int32_t kMost = 64;

  // Images of `count` <= kMost tensors of the graph. False without memory.
  bool create(const Graph& graph, const int32_t* tensors, int32_t count);
  bool created() const { return bytes_ != nullptr; }
  // What the context shows.
  tflite::Tensor* data() const { return reinterpret_cast<tflite::Tensor*>(bytes_); }
  size_t size() const { return static_cast<size_t>(size_); }
  // The slot of a tensor of the graph, or -1.
  int32_t slot(int32_t tensor) const;
  // The tensor of the graph that a delegate's pointer into the table means, or -1.
  int32_t tensor_at(const tflite::Tensor* image) const;
  // Writes type, data, shape and size of a tensor, if it is here, into both of its images.
  void update(const Graph& graph, int32_t tensor);

 private:
  struct Slot {
    int32_t tensor;
    int32_t index;
  };
  std::byte* image(int32_t index, int64_t stride) const { return bytes_ + stride * index; }

  Memory memory_;
  std::byte* bytes_ = nullptr;
  Slot* slots_ = nullptr;
  int32_t count_ = 0;
  int32_t size_ = 0;
};

}  // namespace octet

#endif  // OCTET_EDGETPU_TENSOR_TABLE_H_
