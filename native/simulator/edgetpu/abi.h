// SPDX-License-Identifier: Apache-2.0
//
// The structs that TensorFlow Lite and its delegates share, as this simulator of libedgetpu reads
// them. They are written once more here, apart from the host's, so that neither can be wrong alone.
// EDGETPU_TENSOR_BYTES (104 or 112) is the distance between two tensors of a context and
// EDGETPU_REGISTRATION_BYTES (64, 72 or 88) the size of a registration passed by value: the two
// numbers in which builds of libedgetpu differ.
#ifndef OCTET_SIMULATOR_EDGETPU_ABI_H_
#define OCTET_SIMULATOR_EDGETPU_ABI_H_

#include <cstddef>
#include <cstdint>

namespace simulator {

enum Status : int32_t { kOk = 0, kError = 1 };
enum Type : int32_t { kFloat32 = 1, kInt32 = 2, kUInt8 = 3, kInt16 = 7, kInt8 = 9, kFloat16 = 10 };
constexpr int32_t kCustom = 32;
constexpr int32_t kEdgeTpuContext = 2;
constexpr int32_t kNullBufferHandle = -1;

// `size` numbers follow.
struct IntArray {
  int32_t size;
};
inline const int32_t* items(const IntArray* array) {
  return reinterpret_cast<const int32_t*>(array) + 1;
}
inline int32_t* items(IntArray* array) { return reinterpret_cast<int32_t*>(array) + 1; }

struct Tensor {
  int32_t type;
  char* data;
  IntArray* dims;
  float scale;
  int32_t zero_point;
  int32_t allocation_type;
  size_t bytes;
  const void* allocation;
  const char* name;
  void* delegate;
  int32_t buffer_handle;
  uint8_t data_is_stale;
  uint8_t is_variable;
  int32_t quantization_type;
  void* quantization;
  void* sparsity;
#if EDGETPU_TENSOR_BYTES == 112
  const IntArray* dims_signature;
#endif
};
static_assert(sizeof(Tensor) == EDGETPU_TENSOR_BYTES, "TfLiteTensor");
static_assert(offsetof(Tensor, bytes) == 40 && offsetof(Tensor, buffer_handle) == 72 &&
                  offsetof(Tensor, is_variable) == 77 && offsetof(Tensor, sparsity) == 96,
              "TfLiteTensor");

// The part of a node that every version has and libedgetpu reads.
struct Node {
  IntArray* inputs;
  IntArray* outputs;
  IntArray* intermediates;
  IntArray* temporaries;
  void* user_data;
  void* builtin_data;
  const void* custom_initial_data;
  int32_t custom_initial_data_size;
};
static_assert(offsetof(Node, custom_initial_data_size) == 56, "TfLiteNode");

struct Context;
struct Delegate;

struct Registration {
  void* (*init)(Context*, const char*, size_t);
  void (*free)(Context*, void*);
  Status (*prepare)(Context*, Node*);
  Status (*invoke)(Context*, Node*);
  const char* (*profiling_string)(const Context*, const Node*);
  int32_t builtin_code;
  const char* custom_name;
  int32_t version;
#if EDGETPU_REGISTRATION_BYTES >= 72
  void* registration_external;
#endif
#if EDGETPU_REGISTRATION_BYTES >= 88
  void* async_kernel;
  uint64_t inplace_operator;
#endif
};
static_assert(sizeof(Registration) == EDGETPU_REGISTRATION_BYTES, "TfLiteRegistration");

// Builds with small registrations end before opaque_delegate_builder: reading it there is reading
// behind the allocation.
struct Delegate {
  void* data;
  Status (*prepare)(Context*, Delegate*);
  void* copy_from_buffer_handle;
  void* copy_to_buffer_handle;
  void* free_buffer_handle;
  int64_t flags;
#if EDGETPU_REGISTRATION_BYTES >= 88
  void* opaque_delegate_builder;
#endif
};
static_assert(offsetof(Delegate, flags) == 40, "TfLiteDelegate");

struct DelegateParams {
  Delegate* delegate;
  IntArray* nodes_to_replace;
  IntArray* input_tensors;
  IntArray* output_tensors;
};
static_assert(sizeof(DelegateParams) == 32, "TfLiteDelegateParams");

// The members that libedgetpu uses; more follow.
struct Context {
  size_t tensors_size;
  Status (*get_execution_plan)(Context*, IntArray**);
  Tensor* tensors;
  void* impl;
  Status (*resize_tensor)(Context*, Tensor*, IntArray*);
  void (*report_error)(Context*, const char*, ...);
  Status (*add_tensors)(Context*, int32_t, int32_t*);
  Status (*get_node_and_registration)(Context*, int32_t, Node**, Registration**);
  Status (*replace_node_subsets)(Context*, Registration, const IntArray*, Delegate*);
  int32_t recommended_num_threads;
  void* (*get_external_context)(Context*, int32_t);
  void (*set_external_context)(Context*, int32_t, void*);
};
static_assert(offsetof(Context, replace_node_subsets) == 64 &&
                  offsetof(Context, set_external_context) == 88,
              "TfLiteContext");

}  // namespace simulator

#endif  // OCTET_SIMULATOR_EDGETPU_ABI_H_
