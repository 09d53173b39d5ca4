// SPDX-License-Identifier: Apache-2.0
//
// Builds the graph blocks of octet/delegate.h for tests.
#ifndef OCTET_TEST_GRAPH_BLOCK_H_
#define OCTET_TEST_GRAPH_BLOCK_H_

#include <cstring>
#include <string>
#include <vector>

#include "edgetpu/graph.h"

namespace octet::test {

struct TensorSpec {
  int32_t type = tflite::kInt8;
  int64_t kind = 0;
  std::vector<int64_t> dims = {1, 4};
  const void* data = nullptr;
  std::vector<float> scales = {};
  std::vector<int64_t> zero_points = {};
  int64_t dimension = 0;
};

struct NodeSpec {
  std::vector<int64_t> inputs;
  std::vector<int64_t> outputs;
  std::string name = "edgetpu-custom-op";  // "" for a builtin
  bool offered = true;
  int64_t code = tflite::kCustom;
  int64_t version = 1;
  std::string options = {};  // must outlive the host
  std::vector<int32_t> data = {};
  std::vector<int64_t> intermediates = {};
};

inline void put_list(std::vector<int64_t>* words, const std::vector<int64_t>& list) {
  words->push_back(static_cast<int64_t>(list.size()));
  words->insert(words->end(), list.begin(), list.end());
}

inline void put_bytes(std::vector<int64_t>* words, const void* bytes, size_t size) {
  words->push_back(static_cast<int64_t>(size));
  const size_t at = words->size();
  words->resize(at + (size + 7) / 8);
  if (size > 0) std::memcpy(words->data() + at, bytes, size);
}

struct GraphSpec {
  std::vector<TensorSpec> tensors;
  std::vector<NodeSpec> nodes;
  std::vector<int64_t> inputs;
  std::vector<int64_t> outputs;

  std::vector<int64_t> block() const {
    std::vector<int64_t> words = {kGraphMagic, static_cast<int64_t>(tensors.size()),
                                  static_cast<int64_t>(nodes.size())};
    put_list(&words, inputs);
    put_list(&words, outputs);
    for (const TensorSpec& tensor : tensors) {
      const auto dims = make_ints(static_cast<int64_t>(tensor.dims.size()));
      for (int32_t i = 0; i < dims->size; ++i) {
        dims->data[i] = static_cast<int32_t>(tensor.dims[static_cast<size_t>(i)]);
      }
      const int64_t bytes = tensor_bytes(tensor.type, dims, 0);
      std::free(dims);
      words.insert(words.end(),
                   {tensor.type, tensor.kind, bytes, reinterpret_cast<int64_t>(tensor.data)});
      put_list(&words, tensor.dims);
      words.push_back(static_cast<int64_t>(tensor.scales.size()));
      if (tensor.scales.empty()) continue;
      words.push_back(tensor.dimension);
      for (const float scale : tensor.scales) {
        int32_t bits;
        std::memcpy(&bits, &scale, sizeof(bits));
        words.push_back(bits);
      }
      words.insert(words.end(), tensor.zero_points.begin(), tensor.zero_points.end());
    }
    for (const NodeSpec& node : nodes) {
      words.insert(words.end(), {node.offered, node.code, node.version});
      put_bytes(&words, node.name.data(), node.name.size());
      words.push_back(node.options.empty() ? 0 : reinterpret_cast<int64_t>(node.options.data()));
      words.push_back(static_cast<int64_t>(node.options.size()));
      put_bytes(&words, node.data.data(), node.data.size() * sizeof(int32_t));
      put_list(&words, node.inputs);
      put_list(&words, node.outputs);
      put_list(&words, node.intermediates);
    }
    return words;
  }
};

}  // namespace octet::test

#endif  // OCTET_TEST_GRAPH_BLOCK_H_
