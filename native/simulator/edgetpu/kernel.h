// SPDX-License-Identifier: Apache-2.0
//
// A node that a delegate has claimed: init, prepare, invoke and free as libedgetpu has them.
//
// Runtime versions below 14 know no variable outputs, and give each sample of a batch the answer
// whose number in (output, sample) order is that of the output: with one output the first sample's.
#ifndef OCTET_SIMULATOR_EDGETPU_KERNEL_H_
#define OCTET_SIMULATOR_EDGETPU_KERNEL_H_

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "abi.h"
#include "device.h"
#include "package.h"

namespace simulator {

// A delegate. What is given to hosts is `object`, allocated apart at exactly its size; hosts store
// the address behind `context`'s first word as the external context.
struct OpenDelegate {
  int number;
  Delegate* object;
  std::shared_ptr<Device> device;
  struct {
    const void* functions;
    int32_t type;
  } context;
  std::atomic<int> kernels{0};
  // The nodes of the Prepare in progress, for init to compare with.
  struct Claim {
    int32_t node;
    const void* options;
    int32_t options_bytes;
    int32_t inputs;
    int32_t outputs;
  };
  std::vector<Claim> claims;
  int initialized = 0;

  void* external() { return &context.type; }
  std::string name() const { return "d" + std::to_string(number); }
};

// NULL for a pointer that is no living delegate.
std::shared_ptr<OpenDelegate> living_delegate(const Delegate* object);

// The registration with which nodes are claimed.
Registration kernel_registration();

}  // namespace simulator

#endif  // OCTET_SIMULATOR_EDGETPU_KERNEL_H_
