// SPDX-License-Identifier: Apache-2.0
//
// Delegates for tests of the host: they write down what they are called with and what they see.
#ifndef OCTET_TEST_MOCK_DELEGATE_H_
#define OCTET_TEST_MOCK_DELEGATE_H_

#include <cstdlib>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include "edgetpu/host.h"

namespace octet::test {

using tflite::Context;
using tflite::IntArray;
using tflite::Node;
using tflite::Registration;
using tflite::ShortRegistration;
using tflite::Status;

// A registration as versions of TensorFlow Lite pass it by value.
template <int kBytes>
struct PassedRegistration {
  ShortRegistration common;
  char tail[kBytes - sizeof(ShortRegistration)];
};
template <>
struct PassedRegistration<64> {
  ShortRegistration common;
};

template <int kBytes>
__attribute__((no_sanitize("undefined"))) Status pass(Context* context,
                                                      const ShortRegistration& registration,
                                                      const IntArray* nodes,
                                                      tflite::Delegate* delegate) {
  using Passed = PassedRegistration<kBytes>;
  static_assert(sizeof(Passed) == kBytes, "as the delegate has it");
  Passed passed;
  std::memset(&passed, 0xA5, sizeof(passed));
  passed.common = registration;
  using Replace = Status (*)(Context*, Passed, const IntArray*, tflite::Delegate*);
  const auto replace =
      reinterpret_cast<Replace>(reinterpret_cast<void*>(context->replace_node_subsets));
  return replace(context, passed, nodes, delegate);
}

inline std::string text(const IntArray* ints) {
  std::string all = "[";
  for (int32_t i = 0; i < ints->size; ++i) {
    all += (i == 0 ? "" : ",") + std::to_string(ints->data[i]);
  }
  return all + "]";
}

inline IntArray* ints_of(const std::vector<int32_t>& list) {
  IntArray* ints = make_ints(static_cast<int64_t>(list.size()));
  for (size_t i = 0; i < list.size(); ++i) ints->data[i] = list[i];
  return ints;
}

struct MockDelegate {
  explicit MockDelegate(bool edgetpu = true, int64_t stride = 112, int registration_bytes = 64)
      : stride(stride), registration_bytes(registration_bytes) {
    raw.data = this;
    raw.prepare = [](Context* context, tflite::Delegate* delegate) {
      auto* mock = static_cast<MockDelegate*>(delegate->data);
      mock->log("Prepare");
      return mock->on_prepare(context);
    };
    raw.flags = 1;
    hosted.delegate = &raw;
    hosted.edgetpu = edgetpu;
  }

  void log(const std::string& line) { calls.push_back(line); }

  Status replace(Context* context, const std::vector<int32_t>& nodes) {
    IntArray* list = ints_of(nodes);
    const ShortRegistration registration = kernel();
    const Status status = registration_bytes == 64   ? pass<64>(context, registration, list, &raw)
                          : registration_bytes == 72 ? pass<72>(context, registration, list, &raw)
                                                     : pass<88>(context, registration, list, &raw);
    std::memset(list->data, 0xFF, static_cast<size_t>(list->size) * sizeof(int32_t));
    std::free(list);
    return status;
  }

  // The tensor k of the context as this delegate's version of TensorFlow Lite finds it.
  tflite::Tensor* tensor(Context* context, int32_t k) const {
    return reinterpret_cast<tflite::Tensor*>(reinterpret_cast<char*>(context->tensors) +
                                             stride * k);
  }

  std::string describe(Context* context, const IntArray* tensors) const {
    std::string all;
    for (int32_t i = 0; i < tensors->size; ++i) {
      const tflite::Tensor* seen = tensor(context, tensors->data[i]);
      all += " " + std::to_string(seen->type) + text(seen->dims) + std::to_string(seen->bytes);
    }
    return all;
  }

  // As libedgetpu: one partition for each custom operator of its name.
  Status claim_edgetpu(Context* context) {
    context->set_external_context(context, 2, &external);
    IntArray* plan = nullptr;
    if (context->get_execution_plan(context, &plan) != tflite::kOk) return tflite::kError;
    std::vector<int32_t> claimed;
    for (int32_t i = 0; i < plan->size; ++i) {
      Node* node = nullptr;
      Registration* registration = nullptr;
      if (context->get_node_and_registration(context, plan->data[i], &node, &registration) !=
          tflite::kOk) {
        return tflite::kError;
      }
      const char* name = registration->common.custom_name;
      seen.push_back(
          name == nullptr ? "builtin " + std::to_string(registration->common.builtin_code) : name);
      if (name != nullptr && std::strcmp(name, "edgetpu-custom-op") == 0) {
        claimed.push_back(plan->data[i]);
      }
    }
    for (const int32_t index : claimed) replace(context, {index});
    plan_after = text(plan);  // still there
    return tflite::kOk;
  }

  struct KernelData {
    MockDelegate* mock;
    int32_t node;
  };

  ShortRegistration kernel() const {
    ShortRegistration registration = {};
    registration.init = [](Context* context, const char* buffer, size_t length) -> void* {
      const auto& params = *reinterpret_cast<const tflite::DelegateParams*>(buffer);
      auto* mock = static_cast<MockDelegate*>(params.delegate->data);
      const int32_t first = params.nodes_to_replace->data[0];
      Node* old = nullptr;
      Registration* old_registration = nullptr;
      const Status status =
          context->get_node_and_registration(context, first, &old, &old_registration);
      std::string line = "init " + text(params.nodes_to_replace) + " length " +
                         std::to_string(length) + " status " + std::to_string(status);
      if (mock->reads_options && old->custom_initial_data != nullptr) {
        line += " options " + std::string(static_cast<const char*>(old->custom_initial_data),
                                          static_cast<size_t>(old->custom_initial_data_size));
      }
      mock->log(line);
      mock->on_init(context, params);
      return new KernelData{mock, first};
    };
    registration.free = [](Context* context, void* data) {
      auto* kernel = static_cast<KernelData*>(data);
      kernel->mock->log("free " + std::to_string(kernel->node));
      kernel->mock->external_at_free = context->get_external_context(context, 2);
      delete kernel;
    };
    registration.prepare = [](Context* context, Node* node) {
      auto* kernel = static_cast<KernelData*>(node->user_data);
      MockDelegate& mock = *kernel->mock;
      mock.log("prepare " + std::to_string(kernel->node) + " in" +
               mock.describe(context, node->inputs) + " out" +
               mock.describe(context, node->outputs));
      return mock.on_kernel_prepare(context, node);
    };
    registration.invoke = [](Context* context, Node* node) {
      auto* kernel = static_cast<KernelData*>(node->user_data);
      kernel->mock->log("invoke " + std::to_string(kernel->node));
      return kernel->mock->on_invoke(context, node);
    };
    registration.builtin_code = 0;
    registration.custom_name = "MockKernel";
    registration.version = 1;
    return registration;
  }

  // Each byte of each output: 1 and the sum of the bytes of the inputs at its place.
  Status add_bytes(Context* context, Node* node) const {
    for (int32_t i = 0; i < node->outputs->size; ++i) {
      const tflite::Tensor* out = tensor(context, node->outputs->data[i]);
      if (out->buffer_handle != -1) return tflite::kError;
      for (size_t k = 0; k < out->bytes; ++k) {
        int sum = 1;
        for (int32_t j = 0; j < node->inputs->size; ++j) {
          const tflite::Tensor* in = tensor(context, node->inputs->data[j]);
          if (in->buffer_handle != -1) return tflite::kError;
          if (k < in->bytes) sum += static_cast<const int8_t*>(in->data)[k];
        }
        static_cast<int8_t*>(out->data)[k] = static_cast<int8_t>(sum);
      }
    }
    return tflite::kOk;
  }

  tflite::Delegate raw = {};
  octet_delegate hosted;
  int64_t stride;
  int registration_bytes;
  bool reads_options = true;
  std::vector<std::string> calls;
  std::vector<std::string> seen;
  std::string plan_after;
  int external = 0;
  void* external_at_free = nullptr;

  std::function<Status(Context*)> on_prepare = [this](Context* context) {
    return claim_edgetpu(context);
  };
  std::function<void(Context*, const tflite::DelegateParams&)> on_init =
      [](Context*, const tflite::DelegateParams&) {};
  std::function<Status(Context*, Node*)> on_kernel_prepare = [](Context*, Node*) {
    return tflite::kOk;
  };
  std::function<Status(Context*, Node*)> on_invoke = [this](Context* context, Node* node) {
    return add_bytes(context, node);
  };
};

// A host of a block of which nothing is left once it was made.
struct HostOfBlock {
  HostOfBlock(MockDelegate* mock, const std::vector<int64_t>& block) {
    auto* copy = new std::vector<int64_t>(block);
    host = octet_host_create(&mock->hosted, copy->data(), static_cast<int64_t>(8 * copy->size()),
                             &error);
    delete copy;
  }
  ~HostOfBlock() { octet_host_free(host); }
  std::vector<int64_t> partitions() const {
    std::vector<int64_t> words(static_cast<size_t>(octet_host_partitions(host, nullptr, 0)));
    octet_host_partitions(host, words.data(), static_cast<int64_t>(words.size()));
    return words;
  }
  int32_t bind(const std::vector<const void*>& data) {
    std::vector<int64_t> addresses;
    for (const void* at : data) addresses.push_back(reinterpret_cast<int64_t>(at));
    return octet_host_bind(host, addresses.data(), static_cast<int64_t>(addresses.size()), &error);
  }
  int32_t run(int32_t partition) { return octet_host_run(host, partition, &error); }

  octet_error error;
  octet_host* host;
};

}  // namespace octet::test

#endif  // OCTET_TEST_MOCK_DELEGATE_H_
