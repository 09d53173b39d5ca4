// SPDX-License-Identifier: Apache-2.0
//
// What a delegate takes for TensorFlow Lite's interpreter: a context with the nodes and tensors of
// one graph. It applies the delegate, makes partitions of what that claims, and runs them.
#ifndef OCTET_EDGETPU_HOST_H_
#define OCTET_EDGETPU_HOST_H_

#include <cstdarg>

#include "edgetpu/delegate.h"
#include "edgetpu/graph.h"
#include "edgetpu/kernel_node.h"
#include "edgetpu/partition.h"
#include "edgetpu/preview.h"

namespace octet {

class Host {
 public:
  Host() = default;
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;
  ~Host();

  // The functions of octet/delegate.h.
  bool create(octet_delegate* delegate, const void* block, int64_t bytes, octet_error* error);
  int64_t partitions(int64_t* words, int64_t count) const;
  bool bind(const int64_t* addresses, int64_t count, octet_error* error);
  bool run(int32_t partition, octet_error* error);

  // What the context's functions do, called by the delegate.
  static Host& of(tflite::Context* context);
  tflite::Status execution_plan(tflite::IntArray** plan);
  tflite::Status node_at(int32_t index, tflite::Node** node, tflite::Registration** registration);
  tflite::Status replace(const tflite::ShortRegistration& registration,
                         const tflite::IntArray* nodes, tflite::Delegate* delegate);
  tflite::Status preview(const tflite::IntArray* nodes, tflite::DelegateParams** params,
                         int32_t* count);
  tflite::Status resize(tflite::Tensor* image, tflite::IntArray* dims);
  void report(const char* format, va_list arguments);
  void* external_context(int32_t type) const;
  void set_external_context(int32_t type, void* context);
  // Keeps the first reason of its own for which the call in progress must fail; answers kError.
  __attribute__((format(printf, 3, 4))) tflite::Status refuse(octet_code code, const char* format,
                                                              ...);

 private:
  // Which function of the delegate is running.
  enum class Stage { kNone, kApply, kInit, kPrepare, kInvoke, kFree };

  // Functions that a longer context of a later version might have read NULL.
  struct Shown {
    tflite::Context context;
    void* beyond[32];
    Host* host;
  };

  bool start(octet_error* error);
  bool apply(octet_error* error);
  bool prepare(KernelNode* kernel, octet_error* error);
  void show_context();
  void show_tensors(const KernelNode* kernel);
  void begin(Stage stage, const KernelNode* kernel);
  bool end(tflite::Status status, const char* function, int32_t node, octet_error* error);
  // The plan, whose claimed nodes are those that no partition has yet.
  Step* plan_steps(Memory* memory) const;
  tflite::IntArray* subset_nodes(const Step* steps, int32_t subset) const;
  bool claim(const tflite::IntArray* nodes);
  bool replan(const tflite::ShortRegistration& registration, Step* steps, const Subsets& subsets);
  KernelNode* make_kernel(const tflite::ShortRegistration& registration, const Step* steps,
                          int32_t subset);
  int32_t tensor_of(const tflite::Tensor* image) const;
  bool same_shape(int32_t tensor);
  KernelNode* planned_kernel(int32_t index) const;

  octet_delegate* delegate_ = nullptr;
  Graph graph_;
  Shown shown_ = {};
  std::byte* interpreter_ = nullptr;  // what the context's impl points to
  KernelNode** kernels_ = nullptr;
  int32_t kernel_count_ = 0;
  int32_t* plan_ = nullptr;  // nodes, and node count + k for kernel k
  int32_t plan_size_ = 0;
  KernelNode** order_ = nullptr;  // the kernels as the plan has them
  Preview preview_;
  tflite::IntArray* shown_plan_ = nullptr;
  void* external_[tflite::kExternalContexts] = {};

  Stage stage_ = Stage::kNone;
  const KernelNode* shown_kernel_ = nullptr;
  bool bound_ = false;
  octet_error refusal_ = {};
  char message_[sizeof(octet_error::message)] = {};
};

}  // namespace octet

#endif  // OCTET_EDGETPU_HOST_H_
