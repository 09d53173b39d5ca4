// SPDX-License-Identifier: Apache-2.0
#ifndef OCTET_SIMULATOR_EDGETPU_DELEGATE_H_
#define OCTET_SIMULATOR_EDGETPU_DELEGATE_H_

#include <memory>
#include <string>

#include "abi.h"
#include "device.h"

namespace simulator {

// A delegate on an open device; NULL for none. `call` is traced with what became of it.
Delegate* make_delegate(std::shared_ptr<Device> device, const std::string& call);
void free_delegate(Delegate* object);

}  // namespace simulator

#endif  // OCTET_SIMULATOR_EDGETPU_DELEGATE_H_
