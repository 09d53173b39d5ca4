// SPDX-License-Identifier: Apache-2.0
#ifndef OCTET_EDGETPU_PREVIEW_H_
#define OCTET_EDGETPU_PREVIEW_H_

#include "edgetpu/graph.h"

namespace octet {

// The partitions that a delegate was told it would get, which it reads until it asks again.
struct Preview {
  Preview() = default;
  Preview(const Preview&) = delete;
  Preview& operator=(const Preview&) = delete;
  ~Preview() { clear(); }
  void clear();
  // Room for `most` partitions. False without memory.
  bool create(int32_t most);

  tflite::DelegateParams* params = nullptr;
  int32_t count = 0;
};

}  // namespace octet

#endif  // OCTET_EDGETPU_PREVIEW_H_
