// SPDX-License-Identifier: Apache-2.0
#include "program/broadcast.h"

namespace octet {
namespace {

// Dimension and stride of `value` at output axis `axis` of `rank`; stride 0 where it is repeated.
void aligned(const Value& value, int32_t axis, int32_t rank, int32_t* dim, int64_t* stride) {
  const int32_t own = axis - (rank - value.rank);
  *dim = own < 0 ? 1 : value.dims[own];
  *stride = own < 0 || *dim == 1 ? 0 : value.strides[own];
}

}  // namespace

bool Broadcast::prepare(Prepare& prepare, const Value& a, const Value& b, const Value& y) {
  if (!prepare.check(y.dense && !y.constant, "y is dense and no constant")) return false;
  const int32_t full = a.rank > b.rank ? a.rank : b.rank;
  if (!prepare.check(y.rank == full, "y has not the rank of its inputs")) return false;
  // Collapsed loops, innermost last; an axis joins the one outside it when both inputs step evenly.
  int32_t lengths[kMaxRank + 1];
  int64_t a_steps[kMaxRank + 1], b_steps[kMaxRank + 1];
  int32_t loops = 0;
  for (int32_t axis = 0; axis < full; ++axis) {
    int32_t a_dim, b_dim;
    int64_t a_stride, b_stride;
    aligned(a, axis, full, &a_dim, &a_stride);
    aligned(b, axis, full, &b_dim, &b_stride);
    const int32_t dim = y.dims[axis];
    if (!prepare.check((a_dim == dim || a_dim == 1) && (b_dim == dim || b_dim == 1) &&
                           (dim == a_dim || dim == b_dim),
                       "shapes do not go together")) {
      return false;
    }
    if (dim == 1) continue;
    const bool joins =
        loops > 0 && a_steps[loops - 1] == a_stride * dim && b_steps[loops - 1] == b_stride * dim;
    if (!joins) {
      lengths[loops] = 1;
      ++loops;
    }
    // y.elements fits int32, so the product does
    lengths[loops - 1] *= y.elements == 0 ? 0 : dim;
    a_steps[loops - 1] = a_stride;
    b_steps[loops - 1] = b_stride;
  }
  if (loops == 0) {
    lengths[0] = 1;
    a_steps[0] = b_steps[0] = 1;
    loops = 1;
  }
  rank = loops - 1;
  rows = 1;
  for (int32_t i = 0; i < rank; ++i) {
    dims[i] = lengths[i];
    a_strides[i] = a_steps[i];
    b_strides[i] = b_steps[i];
    rows *= lengths[i];
  }
  row = lengths[rank];
  a_step = a_steps[rank];
  b_step = b_steps[rank];
  return true;
}

void Broadcast::offsets(int64_t number, int64_t* a, int64_t* b) const {
  *a = 0;
  *b = 0;
  for (int32_t i = rank - 1; i >= 0; --i) {
    const int64_t at = number % dims[i];
    number /= dims[i];
    *a += at * a_strides[i];
    *b += at * b_strides[i];
  }
}

}  // namespace octet
