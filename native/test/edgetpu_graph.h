// SPDX-License-Identifier: Apache-2.0
//
// Writes graph blocks of octet/delegate.h and holds what their tensors are bound to.
#ifndef OCTET_TEST_EDGETPU_GRAPH_H_
#define OCTET_TEST_EDGETPU_GRAPH_H_

#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "edgetpu_package.h"

namespace octet {

class EdgeTpuGraph {
 public:
  // TensorFlow Lite's numbers of types.
  static constexpr int kFloat32 = 1, kInt32 = 2, kUInt8 = 3, kInt16 = 7, kInt8 = 9;

  int tensor(int type, std::vector<int64_t> dims, bool variable = false) {
    int64_t bytes = type == kInt16 ? 2 : type == kUInt8 || type == kInt8 ? 1 : 4;
    for (int64_t dim : dims) {
      bytes *= dim;
    }
    std::vector<int64_t> words = {type, variable ? 2 : 0, bytes, 0,
                                  static_cast<int64_t>(dims.size())};
    words.insert(words.end(), dims.begin(), dims.end());
    words.push_back(0);
    append(&tensors_, words);
    // 64 bytes behind a tensor are readable, and show what is written there
    data_.push_back(std::make_unique<ByteString>(bytes + 64, 0xee));
    sizes_.push_back(bytes);
    if (variable) {
      std::memset(data_.back()->data(), 0, bytes);
    }
    return static_cast<int>(sizes_.size()) - 1;
  }

  // An edgetpu-custom-op.
  void compiled(const ByteString& options, const std::vector<int64_t>& inputs,
                const std::vector<int64_t>& outputs) {
    options_.push_back(std::make_unique<ByteString>(options));
    node("edgetpu-custom-op", true, options_.back().get(), inputs, outputs);
  }

  // An operator of the host's own.
  void own(const std::vector<int64_t>& inputs, const std::vector<int64_t>& outputs) {
    node("own", false, nullptr, inputs, outputs);
  }

  std::vector<int64_t> block(const std::vector<int64_t>& inputs,
                             const std::vector<int64_t>& outputs) const {
    std::vector<int64_t> words = {0x4f43544f44454c01, static_cast<int64_t>(sizes_.size()), nodes_};
    list(&words, inputs);
    list(&words, outputs);
    append(&words, tensors_);
    append(&words, node_words_);
    return words;
  }

  std::vector<int64_t> addresses() {
    std::vector<int64_t> words;
    for (const auto& data : data_) {
      words.push_back(reinterpret_cast<int64_t>(data->data()));
    }
    return words;
  }

  void fill(int tensor, const ByteString& bytes) {
    std::memcpy(data_[tensor]->data(), bytes.data(), sizes_[tensor]);
  }
  ByteString bytes(int tensor) const {
    return ByteString(data_[tensor]->begin(), data_[tensor]->begin() + sizes_[tensor]);
  }
  // Whether nothing was written behind any tensor.
  bool intact() const {
    for (size_t i = 0; i < data_.size(); i++) {
      for (size_t at = sizes_[i]; at < data_[i]->size(); at++) {
        if ((*data_[i])[at] != 0xee) {
          return false;
        }
      }
    }
    return true;
  }

 private:
  static void append(std::vector<int64_t>* to, const std::vector<int64_t>& words) {
    to->insert(to->end(), words.begin(), words.end());
  }
  static void list(std::vector<int64_t>* to, const std::vector<int64_t>& words) {
    to->push_back(static_cast<int64_t>(words.size()));
    append(to, words);
  }

  void node(const std::string& name, bool offered, const ByteString* options,
            const std::vector<int64_t>& inputs, const std::vector<int64_t>& outputs) {
    nodes_++;
    append(&node_words_, {offered, 32, 1, static_cast<int64_t>(name.size())});
    std::vector<int64_t> letters((name.size() + 7) / 8);
    if (!name.empty()) {
      std::memcpy(letters.data(), name.data(), name.size());
    }
    append(&node_words_, letters);
    append(&node_words_, {options ? reinterpret_cast<int64_t>(options->data()) : 0,
                          options ? static_cast<int64_t>(options->size()) : 0, 0});
    list(&node_words_, inputs);
    list(&node_words_, outputs);
    list(&node_words_, {});
  }

  std::vector<int64_t> tensors_;
  std::vector<int64_t> node_words_;
  int64_t nodes_ = 0;
  std::vector<int64_t> sizes_;
  std::vector<std::unique_ptr<ByteString>> data_;
  std::vector<std::unique_ptr<ByteString>> options_;
};

}  // namespace octet

#endif  // OCTET_TEST_EDGETPU_GRAPH_H_
