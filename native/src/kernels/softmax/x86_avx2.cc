// SPDX-License-Identifier: Apache-2.0
#include "kernels/softmax/softmax.h"

namespace octet {
namespace {

#include "kernels/softmax/generic.h"

}  // namespace

const SoftmaxIsa softmax__avx2 = {Isa::kAvx2, softmax, log_softmax};

}  // namespace octet
