// SPDX-License-Identifier: Apache-2.0
//
// The structs of TensorFlow Lite's C interface, as far as a host needs them. Their fields have kept
// their offsets since version 2.1; only the ends grew. So what is handed out has the largest form,
// zeroed, and of what a delegate hands in only the smallest form is read: a delegate, and a
// registration that comes by value.
#ifndef OCTET_EDGETPU_TFLITE_ABI_H_
#define OCTET_EDGETPU_TFLITE_ABI_H_

#include <cstddef>
#include <cstdint>

namespace octet::tflite {

using Status = int32_t;
constexpr Status kOk = 0;
constexpr Status kError = 1;

constexpr int32_t kNullBufferHandle = -1;
constexpr int32_t kOptionalTensor = -1;
constexpr int32_t kCustom = 32;            // builtin code of custom operators
constexpr int32_t kDelegateOperator = 51;  // builtin code of what a delegate makes
constexpr int32_t kExternalContexts = 8;   // TensorFlow Lite has 4

enum Type : int32_t {
  kFloat32 = 1,
  kInt32 = 2,
  kUInt8 = 3,
  kInt64 = 4,
  kString = 5,
  kBool = 6,
  kInt16 = 7,
  kComplex64 = 8,
  kInt8 = 9,
  kFloat16 = 10,
  kFloat64 = 11,
  kComplex128 = 12,
  kUInt64 = 13,
  kResource = 14,
  kVariant = 15,
  kUInt32 = 16,
  kUInt16 = 17,
  kInt4 = 18,
  kBFloat16 = 19,
};

enum Allocation : int32_t { kMmapRo = 1, kArenaRw = 2, kArenaRwPersistent = 3 };

// Allocated and freed with malloc and free, by either side.
struct IntArray {
  int32_t size;
  int32_t data[];
};
struct FloatArray {
  int32_t size;
  float data[];
};

struct AffineQuantization {
  FloatArray* scale;
  IntArray* zero_point;
  int32_t quantized_dimension;
};
struct QuantizationParams {
  float scale;
  int32_t zero_point;
};
struct Quantization {
  int32_t type;  // 1: params is an AffineQuantization
  void* params;
};

struct Delegate;

// 112 bytes; 104 in version 2.1, without dims_signature.
struct Tensor {
  int32_t type;
  void* data;
  IntArray* dims;
  QuantizationParams params;
  int32_t allocation_type;
  size_t bytes;
  const void* allocation;
  const char* name;
  Delegate* delegate;
  int32_t buffer_handle;
  bool data_is_stale;
  bool is_variable;
  Quantization quantization;
  void* sparsity;
  const IntArray* dims_signature;
};
constexpr int64_t kShortTensor = 104;

// 80 bytes; 72 before version 2.8, without might_have_side_effect.
struct Node {
  IntArray* inputs;
  IntArray* outputs;
  IntArray* intermediates;
  IntArray* temporaries;
  void* user_data;
  void* builtin_data;
  const void* custom_initial_data;
  int32_t custom_initial_data_size;
  Delegate* delegate;
  bool might_have_side_effect;
};

struct Context;

// The 64 bytes that every version has. A delegate passes 64, 72 or 88 of them by value: on x86-64
// they are on the stack with nothing behind, on aarch64 they are behind a pointer; either way a
// callback that declares 64 reads those.
struct ShortRegistration {
  void* (*init)(Context*, const char* buffer, size_t length);
  void (*free)(Context*, void* user_data);
  Status (*prepare)(Context*, Node*);
  Status (*invoke)(Context*, Node*);
  const char* (*profiling_string)(const Context*, const Node*);
  int32_t builtin_code;
  const char* custom_name;
  int32_t version;
};

struct Registration {
  ShortRegistration common;
  void* registration_external;
  void* async_kernel;
  uint64_t inplace_operator;
};

// The 48 bytes that every version has.
struct Delegate {
  void* data;
  Status (*prepare)(Context*, Delegate*);
  void* copy_from_buffer_handle;
  void* copy_to_buffer_handle;
  void* free_buffer_handle;
  int64_t flags;
};

struct DelegateParams {
  Delegate* delegate;
  IntArray* nodes_to_replace;
  IntArray* input_tensors;
  IntArray* output_tensors;
};

struct Context {
  size_t tensors_size;
  Status (*get_execution_plan)(Context*, IntArray** plan);
  Tensor* tensors;
  void* impl;
  Status (*resize_tensor)(Context*, Tensor*, IntArray* dims);  // takes dims
  void (*report_error)(Context*, const char* format, ...);
  Status (*add_tensors)(Context*, int32_t count, int32_t* first);
  Status (*get_node_and_registration)(Context*, int32_t index, Node**, Registration**);
  Status (*replace_node_subsets)(Context*, ShortRegistration, const IntArray* nodes, Delegate*);
  int32_t recommended_num_threads;
  void* (*get_external_context)(Context*, int32_t type);
  void (*set_external_context)(Context*, int32_t type, void* context);
  bool allow_fp32_relax_to_fp16;
  void* profiler;
  void* allocate_persistent_buffer;  // in version 2.1 these four held other functions
  void* allocate_buffer_for_eval;
  void* request_scratch_buffer_in_arena;
  void* get_scratch_buffer;
  Status (*resize_tensor_explicit)(Context*, Tensor*, int32_t rank, const int32_t* dims);
  Status (*preview_delegate_partitioning)(Context*, const IntArray* nodes, DelegateParams** params,
                                          int32_t* count);
  void* get_tensor;
  void* get_eval_tensor;
  Status (*get_model_metadata)(Context*, const char* name, const char** data, size_t* bytes);
  Status (*acquire_subgraph_context)(Context*, int32_t index, Context**);
  Status (*release_subgraph_context)(Context*, int32_t index);
};

#if !defined(__arm__)  // where octet_library_open and octet_delegate_adopt refuse

#define OCTET_AT(type, field, offset) \
  static_assert(offsetof(type, field) == (offset), #type "::" #field)

static_assert(sizeof(void*) == 8 && sizeof(size_t) == 8, "delegates are hosted on 64 bits");
static_assert(sizeof(bool) == 1 && alignof(int64_t) == 8, "the interface's layout");

static_assert(sizeof(IntArray) == 4 && sizeof(FloatArray) == 4, "int size; int data[]");
OCTET_AT(IntArray, data, 4);
OCTET_AT(FloatArray, data, 4);
static_assert(sizeof(AffineQuantization) == 24, "AffineQuantization");
OCTET_AT(AffineQuantization, scale, 0);
OCTET_AT(AffineQuantization, zero_point, 8);
OCTET_AT(AffineQuantization, quantized_dimension, 16);

static_assert(sizeof(Tensor) == 112, "Tensor");
OCTET_AT(Tensor, type, 0);
OCTET_AT(Tensor, data, 8);
OCTET_AT(Tensor, dims, 16);
OCTET_AT(Tensor, params, 24);
OCTET_AT(Tensor, allocation_type, 32);
OCTET_AT(Tensor, bytes, 40);
OCTET_AT(Tensor, allocation, 48);
OCTET_AT(Tensor, name, 56);
OCTET_AT(Tensor, delegate, 64);
OCTET_AT(Tensor, buffer_handle, 72);
OCTET_AT(Tensor, data_is_stale, 76);
OCTET_AT(Tensor, is_variable, 77);
OCTET_AT(Tensor, quantization, 80);
OCTET_AT(Tensor, sparsity, 96);
OCTET_AT(Tensor, dims_signature, kShortTensor);
OCTET_AT(QuantizationParams, zero_point, 4);
OCTET_AT(Quantization, params, 8);

static_assert(sizeof(Node) == 80, "Node");
OCTET_AT(Node, inputs, 0);
OCTET_AT(Node, outputs, 8);
OCTET_AT(Node, intermediates, 16);
OCTET_AT(Node, temporaries, 24);
OCTET_AT(Node, user_data, 32);
OCTET_AT(Node, builtin_data, 40);
OCTET_AT(Node, custom_initial_data, 48);
OCTET_AT(Node, custom_initial_data_size, 56);
OCTET_AT(Node, delegate, 64);
OCTET_AT(Node, might_have_side_effect, 72);

static_assert(sizeof(ShortRegistration) == 64 && sizeof(Registration) == 88, "Registration");
OCTET_AT(ShortRegistration, init, 0);
OCTET_AT(ShortRegistration, free, 8);
OCTET_AT(ShortRegistration, prepare, 16);
OCTET_AT(ShortRegistration, invoke, 24);
OCTET_AT(ShortRegistration, profiling_string, 32);
OCTET_AT(ShortRegistration, builtin_code, 40);
OCTET_AT(ShortRegistration, custom_name, 48);
OCTET_AT(ShortRegistration, version, 56);
OCTET_AT(Registration, registration_external, 64);
OCTET_AT(Registration, async_kernel, 72);
OCTET_AT(Registration, inplace_operator, 80);

static_assert(sizeof(Delegate) == 48, "Delegate");
OCTET_AT(Delegate, data, 0);
OCTET_AT(Delegate, prepare, 8);
OCTET_AT(Delegate, copy_from_buffer_handle, 16);
OCTET_AT(Delegate, copy_to_buffer_handle, 24);
OCTET_AT(Delegate, free_buffer_handle, 32);
OCTET_AT(Delegate, flags, 40);

static_assert(sizeof(DelegateParams) == 32, "DelegateParams");
OCTET_AT(DelegateParams, delegate, 0);
OCTET_AT(DelegateParams, nodes_to_replace, 8);
OCTET_AT(DelegateParams, input_tensors, 16);
OCTET_AT(DelegateParams, output_tensors, 24);

static_assert(sizeof(Context) == 200, "Context");
OCTET_AT(Context, tensors_size, 0);
OCTET_AT(Context, get_execution_plan, 8);
OCTET_AT(Context, tensors, 16);
OCTET_AT(Context, impl, 24);
OCTET_AT(Context, resize_tensor, 32);
OCTET_AT(Context, report_error, 40);
OCTET_AT(Context, add_tensors, 48);
OCTET_AT(Context, get_node_and_registration, 56);
OCTET_AT(Context, replace_node_subsets, 64);
OCTET_AT(Context, recommended_num_threads, 72);
OCTET_AT(Context, get_external_context, 80);
OCTET_AT(Context, set_external_context, 88);
OCTET_AT(Context, allow_fp32_relax_to_fp16, 96);
OCTET_AT(Context, profiler, 104);
OCTET_AT(Context, allocate_persistent_buffer, 112);
OCTET_AT(Context, allocate_buffer_for_eval, 120);
OCTET_AT(Context, request_scratch_buffer_in_arena, 128);
OCTET_AT(Context, get_scratch_buffer, 136);
OCTET_AT(Context, resize_tensor_explicit, 144);
OCTET_AT(Context, preview_delegate_partitioning, 152);
OCTET_AT(Context, get_tensor, 160);
OCTET_AT(Context, get_eval_tensor, 168);
OCTET_AT(Context, get_model_metadata, 176);
OCTET_AT(Context, acquire_subgraph_context, 184);
OCTET_AT(Context, release_subgraph_context, 192);

#undef OCTET_AT

#endif

}  // namespace octet::tflite

#endif  // OCTET_EDGETPU_TFLITE_ABI_H_
