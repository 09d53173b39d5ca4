// SPDX-License-Identifier: Apache-2.0
#ifndef OCTET_EDGETPU_DELEGATE_H_
#define OCTET_EDGETPU_DELEGATE_H_

#include <atomic>

#include "edgetpu/library.h"

struct octet_delegate {
  octet::tflite::Delegate* delegate = nullptr;
  void (*destroy)(octet::tflite::Delegate*) = nullptr;  // NULL: somebody else's
  // Built for Edge TPUs: tensors may be 104 bytes apart, messages are no formats.
  bool edgetpu = false;
  std::atomic<bool> hosted{false};
};

#endif  // OCTET_EDGETPU_DELEGATE_H_
