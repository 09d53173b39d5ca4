// SPDX-License-Identifier: Apache-2.0
#include "kernels/resize_bilinear/resize_bilinear.h"

namespace octet {
namespace {

#include "kernels/resize_bilinear/generic.h"

}  // namespace

const ResizeBilinearIsa resize_bilinear__scalar = {Isa::kScalar, rows};

}  // namespace octet
