// SPDX-License-Identifier: Apache-2.0
#include <immintrin.h>

#include "kernels/add/add.h"
#include "kernels/add/pairs.h"

namespace octet {
namespace {

constexpr auto whole_rows = add_pairs_of_bytes<Zmm, false>;
constexpr auto estimated_rows = add_pairs_of_bytes<Zmm, true>;

#include "base/lanes_avx512.h"
#include "kernels/add/generic.h"

}  // namespace

const AddIsa add__avx512 = {Isa::kAvx512, row<uint8_t>, row<int16_t>};

}  // namespace octet
