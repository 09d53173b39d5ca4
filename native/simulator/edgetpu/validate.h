// SPDX-License-Identifier: Apache-2.0
//
// Tensors of a claimed node against the layers of its executable.
#ifndef OCTET_SIMULATOR_EDGETPU_VALIDATE_H_
#define OCTET_SIMULATOR_EDGETPU_VALIDATE_H_

#include <string>

#include "abi.h"
#include "package.h"

namespace simulator {

// The tensor at the library's own stride; NULL and a violation when there is none or its fields
// contradict one another. `who` names it in the violation.
Tensor* tensor_at(Context* context, int32_t index, const std::string& who);

// libedgetpu's comparison: types, sizes and batches; sets the first dimension of outputs to the
// batches with ResizeTensor. Returns the empty text and sets *batches, or a status in libedgetpu's
// words; sets *broken when a rule of the host's was broken.
std::string validate(Context* context, Node* node, const Package& package, int runtime,
                     int* batches, bool* broken);

}  // namespace simulator

#endif  // OCTET_SIMULATOR_EDGETPU_VALIDATE_H_
