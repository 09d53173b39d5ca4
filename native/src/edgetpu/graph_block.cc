// SPDX-License-Identifier: Apache-2.0
//
// The reader of graph blocks. Nothing in a block is trusted but the addresses.
#include <cmath>
#include <cstdlib>
#include <cstring>

#include "base/status.h"
#include "edgetpu/graph.h"

namespace octet {
namespace {

using tflite::IntArray;

// Behind every struct of builtin data: a delegate whose struct is longer reads zeros.
constexpr int64_t kBuiltinSlack = 1024;

class Reader {
 public:
  Reader(Graph* graph, const void* block, int64_t bytes, octet_error* error)
      : graph_(*graph),
        block_(static_cast<const std::byte*>(block)),
        words_(bytes / 8),
        error_(error) {}

  bool read() {
    int64_t magic;
    if (!word(&magic) || magic != kGraphMagic) return wrong("is not a graph block");
    int64_t tensors, nodes;
    // a tensor has 6 words at least, a node 10
    if (!count(&tensors, 6, "tensors") || !count(&nodes, 10, "nodes")) return false;
    graph_.tensors = graph_.memory.take_array<tflite::Tensor>(tensors);
    graph_.shapes = graph_.memory.take_array<const IntArray*>(tensors);
    graph_.kinds = graph_.memory.take_array<TensorKind>(tensors);
    graph_.quantizations = graph_.memory.take_array<tflite::AffineQuantization*>(tensors);
    graph_.is_output = graph_.memory.take_array<bool>(tensors);
    graph_.nodes = graph_.memory.take_array<GraphNode>(nodes);
    ready_ = graph_.memory.take_array<bool>(tensors);
    if (graph_.tensors == nullptr || graph_.shapes == nullptr || graph_.kinds == nullptr ||
        graph_.quantizations == nullptr || graph_.is_output == nullptr || graph_.nodes == nullptr ||
        ready_ == nullptr) {
      return no_memory();
    }
    graph_.tensor_count = static_cast<int32_t>(tensors);
    graph_.node_count = static_cast<int32_t>(nodes);
    const IntArray* inputs = nullptr;
    const IntArray* outputs = nullptr;
    if (!indices(&inputs, false, "graph inputs") || !indices(&outputs, false, "graph outputs")) {
      return false;
    }
    for (int32_t i = 0; i < graph_.tensor_count; ++i) {
      if (!tensor(i)) return false;
    }
    for (int32_t i = 0; i < inputs->size; ++i) {
      if (graph_.kinds[inputs->data[i]] == TensorKind::kConstant) {
        return wrong("has a constant as graph input");
      }
      ready_[inputs->data[i]] = true;
    }
    for (int32_t i = 0; i < graph_.node_count; ++i) {
      if (!node(&graph_.nodes[i])) return false;
    }
    for (int32_t i = 0; i < outputs->size; ++i) {
      if (!ready_[outputs->data[i]]) return wrong("has a graph output that no node writes");
      graph_.is_output[outputs->data[i]] = true;
    }
    return at_ == words_ || wrong("goes on behind its end");
  }

 private:
  bool wrong(const char* what) {
    return fail(error_, OCTET_INVALID_PROGRAM, -1, "graph block, before word %lld of %lld: %s",
                static_cast<long long>(at_), static_cast<long long>(words_), what);
  }
  bool no_memory() {
    return fail(error_, OCTET_OUT_OF_MEMORY, -1, "no memory for the graph of a delegate");
  }

  bool word(int64_t* value) {
    *value = 0;
    if (at_ >= words_) return wrong("ends too early");
    std::memcpy(value, block_ + 8 * at_, 8);
    ++at_;
    return true;
  }
  bool word(int64_t* value, int64_t least, int64_t most, const char* what) {
    return word(value) && ((*value >= least && *value <= most) || wrong(what));
  }
  // A count of things that have so many words each.
  bool count(int64_t* value, int64_t words_each, const char* what) {
    const int64_t left = words_ - at_ > 0 ? (words_ - at_ - 1) / words_each : 0;
    return word(value, 0, left < INT32_MAX / 2 ? left : INT32_MAX / 2, what);
  }
  // A count and so many words of it.
  bool ints(const IntArray** list, int64_t least, int64_t most, const char* what) {
    int64_t size;
    if (!count(&size, 1, what)) return false;
    auto* made = static_cast<IntArray*>(
        graph_.memory.take(static_cast<int64_t>(sizeof(IntArray)) + 4 * size));
    if (made == nullptr) return no_memory();
    made->size = static_cast<int32_t>(size);
    for (int64_t i = 0; i < size; ++i) {
      int64_t value;
      if (!word(&value, least, most, what)) return false;
      made->data[i] = static_cast<int32_t>(value);
    }
    *list = made;
    return true;
  }
  bool indices(const IntArray** list, bool absent, const char* what) {
    return ints(list, absent ? tflite::kOptionalTensor : 0, graph_.tensor_count - 1, what);
  }
  bool address(int64_t* value, const char* what) {  // of 63 bits at most in user space
    return word(value, 0, INT64_MAX, what);
  }
  // A count of bytes and their words; `slack` zeros follow them.
  bool bytes(std::byte** data, int64_t* size, int64_t slack, const char* what) {
    if (!word(size, 0, (words_ - at_ - 1) * 8, what)) return false;
    *data = static_cast<std::byte*>(graph_.memory.take(*size + slack));
    if (*data == nullptr) return no_memory();
    if (*size > 0) std::memcpy(*data, block_ + 8 * at_, static_cast<size_t>(*size));
    at_ += *size / 8 + (*size % 8 != 0);
    return true;
  }

  bool tensor(int32_t index) {
    tflite::Tensor& tensor = graph_.tensors[index];
    int64_t type, kind, size, data;
    if (!word(&type, 0, INT32_MAX, "type of a tensor") || !word(&kind, 0, 2, "kind of a tensor") ||
        !word(&size, 0, INT64_MAX, "bytes of a tensor") || !address(&data, "address of a tensor") ||
        !ints(&graph_.shapes[index], 0, INT32_MAX, "dims of a tensor")) {
      return false;
    }
    const auto tensor_kind = static_cast<TensorKind>(kind);
    graph_.kinds[index] = tensor_kind;
    tensor.type = static_cast<int32_t>(type);
    if (tensor_bytes(tensor.type, graph_.shapes[index], size) != size) {
      return wrong("a tensor has other bytes than its dims and type");
    }
    if (tensor_kind != TensorKind::kConstant ? data != 0 : data == 0 && size > 0) {
      return wrong("only constants have addresses, and all of them");
    }
    tensor.dims = copy_ints(graph_.shapes[index]);
    if (tensor.dims == nullptr) return no_memory();
    tensor.data = reinterpret_cast<void*>(data);
    tensor.bytes = static_cast<size_t>(size);
    tensor.allocation_type = tensor_kind == TensorKind::kConstant   ? tflite::kMmapRo
                             : tensor_kind == TensorKind::kVariable ? tflite::kArenaRwPersistent
                                                                    : tflite::kArenaRw;
    tensor.is_variable = tensor_kind == TensorKind::kVariable;
    tensor.name = "";
    tensor.buffer_handle = tflite::kNullBufferHandle;  // else libedgetpu takes it for a dma-buf
    ready_[index] = tensor_kind != TensorKind::kActivation;
    return quantization(index);
  }

  bool quantization(int32_t index) {
    tflite::Tensor& tensor = graph_.tensors[index];
    const IntArray* dims = graph_.shapes[index];
    int64_t scales, dimension;
    if (!count(&scales, 2, "scales of a tensor")) return false;
    if (scales == 0) return true;
    if (!word(&dimension, 0, dims->size > 0 ? dims->size - 1 : 0, "quantized dimension")) {
      return false;
    }
    if (scales != 1 && (dims->size == 0 || scales != dims->data[dimension])) {
      return wrong("a tensor has neither one scale nor one for each of its quantized dimension");
    }
    auto* affine = graph_.memory.take_array<tflite::AffineQuantization>(1);
    if (affine == nullptr) return no_memory();
    graph_.quantizations[index] = affine;
    auto* scale = static_cast<tflite::FloatArray*>(
        std::calloc(1, sizeof(tflite::FloatArray) + 4 * static_cast<size_t>(scales)));
    affine->scale = scale;
    IntArray* zero_point = make_ints(scales);
    affine->zero_point = zero_point;
    if (scale == nullptr || zero_point == nullptr) return no_memory();
    scale->size = static_cast<int32_t>(scales);
    for (int64_t i = 0; i < scales; ++i) {
      int64_t bits;
      if (!word(&bits, INT32_MIN, UINT32_MAX, "a scale")) return false;
      const auto low = static_cast<uint32_t>(bits);
      std::memcpy(&scale->data[i], &low, 4);
      if (!std::isfinite(scale->data[i])) return wrong("a scale is not finite");
    }
    for (int64_t i = 0; i < scales; ++i) {
      int64_t value;
      if (!word(&value, INT32_MIN, INT32_MAX, "a zero point")) return false;
      zero_point->data[i] = static_cast<int32_t>(value);
    }
    affine->quantized_dimension = static_cast<int32_t>(dimension);
    tensor.quantization = {1, affine};
    if (scales == 1) tensor.params = {scale->data[0], zero_point->data[0]};
    return true;
  }

  bool node(GraphNode* node) {
    int64_t offered, code, version, name_bytes, options, option_bytes, data_bytes;
    std::byte* name = nullptr;
    std::byte* data = nullptr;
    const IntArray* intermediates = nullptr;
    if (!word(&offered, 0, 1, "whether a node is offered") ||
        !word(&code, 0, INT32_MAX, "builtin code") || !word(&version, 0, INT32_MAX, "version") ||
        !bytes(&name, &name_bytes, 1, "name of an operator") ||
        !address(&options, "address of options") ||
        !word(&option_bytes, 0, INT32_MAX, "bytes of options") ||
        !bytes(&data, &data_bytes, kBuiltinSlack, "builtin data") ||
        !indices(&node->inputs, true, "inputs of a node") ||
        !indices(&node->outputs, false, "outputs of a node") ||
        !indices(&intermediates, true, "intermediates of a node")) {
      return false;
    }
    const bool custom = code == tflite::kCustom;
    if (!custom && (name_bytes > 0 || options != 0 || option_bytes > 0)) {
      return wrong("a builtin operator has a name or options");
    }
    if (static_cast<int64_t>(std::strlen(reinterpret_cast<const char*>(name))) != name_bytes) {
      return wrong("the name of an operator has a zero");
    }
    if (options == 0 && option_bytes > 0) return wrong("options without an address");
    if (!order(*node)) return false;
    node->offered = offered == 1;
    tflite::ShortRegistration& registration = node->registration.common;
    registration.version = static_cast<int32_t>(version);
    registration.builtin_code = static_cast<int32_t>(code);
    if (custom) registration.custom_name = reinterpret_cast<const char*>(name);
    if (node->offered) {
      node->node.builtin_data = custom ? nullptr : data;
      node->node.custom_initial_data = reinterpret_cast<const void*>(options);
      node->node.custom_initial_data_size = static_cast<int32_t>(option_bytes);
    } else {
      registration = {nullptr, nullptr, nullptr, nullptr, nullptr, tflite::kCustom, "octet", 1};
    }
    node->node.inputs = copy_ints(node->inputs);
    node->node.outputs = copy_ints(node->outputs);
    node->node.intermediates = node->offered ? copy_ints(intermediates) : make_ints(0);
    node->node.temporaries = make_ints(0);
    return (node->node.inputs != nullptr && node->node.outputs != nullptr &&
            node->node.intermediates != nullptr && node->node.temporaries != nullptr) ||
           no_memory();
  }

  bool order(const GraphNode& node) {
    for (int32_t i = 0; i < node.inputs->size; ++i) {
      const int32_t tensor = node.inputs->data[i];
      if (tensor >= 0 && !ready_[tensor])
        return wrong("a node reads a tensor before it is written");
    }
    for (int32_t i = 0; i < node.outputs->size; ++i) {
      const int32_t tensor = node.outputs->data[i];
      if (ready_[tensor]) return wrong("a tensor is written twice, or where it was from the start");
      ready_[tensor] = true;
    }
    return true;
  }

  Graph& graph_;
  const std::byte* block_;
  int64_t words_;
  octet_error* error_;
  int64_t at_ = 0;
  bool* ready_ = nullptr;
};

}  // namespace

bool Graph::read(const void* block, int64_t bytes, octet_error* error) {
  if (block == nullptr || bytes < 0 || bytes % 8 != 0) {
    return fail(error, OCTET_INVALID_PROGRAM, -1, "a graph block is not a number of int64 words");
  }
  return Reader(this, block, bytes, error).read();
}

}  // namespace octet
