// SPDX-License-Identifier: Apache-2.0
#include "program/broadcast.h"

namespace octet {
namespace {

constexpr int64_t kElementsPerTask = 32768;

// Dimension and stride of `value` at output axis `axis` of `rank`; stride 0 where it is repeated.
void aligned(const Value& value, int32_t axis, int32_t rank, int32_t* dim, int64_t* stride) {
  const int32_t own = axis - (rank - value.rank);
  *dim = own < 0 ? 1 : value.dims[own];
  *stride = own < 0 || *dim == 1 ? 0 : value.strides[own];
}

}  // namespace

bool Broadcast::prepare(Prepare& prepare, std::initializer_list<const Value*> values,
                        const Value& y) {
  if (!prepare.check(y.dense && !y.constant, "y is dense and no constant")) return false;
  inputs = static_cast<int32_t>(values.size());
  int32_t full = 0;
  for (const Value* value : values) full = value->rank > full ? value->rank : full;
  if (!prepare.check(y.rank == full, "y has not the rank of its inputs")) return false;
  // Collapsed loops, innermost last; an axis joins the one outside it when all inputs step evenly.
  int32_t lengths[kMaxRank + 1];
  int64_t steps[kInputs][kMaxRank + 1];
  int32_t loops = 0;
  for (int32_t axis = 0; axis < full; ++axis) {
    const int32_t dim = y.dims[axis];
    bool fits = true, given = false, joins = loops > 0;
    int64_t stride[kInputs];
    int32_t k = 0;
    for (const Value* value : values) {
      int32_t own;
      aligned(*value, axis, full, &own, &stride[k]);
      fits &= own == dim || own == 1;
      given |= own == dim;
      joins = joins && steps[k][loops - 1] == stride[k] * dim;
      ++k;
    }
    if (!prepare.check(fits && given, "shapes do not go together")) return false;
    if (dim == 1) continue;
    if (!joins) lengths[loops++] = 1;
    // y.elements fits int32, so the product does
    lengths[loops - 1] *= y.elements == 0 ? 0 : dim;
    for (k = 0; k < inputs; ++k) steps[k][loops - 1] = stride[k];
  }
  if (loops == 0) {
    lengths[0] = 1;
    for (int32_t k = 0; k < inputs; ++k) steps[k][0] = 1;
    loops = 1;
  }
  rank = loops - 1;
  rows = 1;
  for (int32_t i = 0; i < rank; ++i) {
    dims[i] = lengths[i];
    for (int32_t k = 0; k < inputs; ++k) strides[k][i] = steps[k][i];
    rows *= lengths[i];
  }
  row = lengths[rank];
  for (int32_t k = 0; k < inputs; ++k) step[k] = steps[k][rank];
  cut(y.elements);
  return true;
}

void Broadcast::cut(int64_t elements) {
  tasks = 0;
  if (elements == 0) return;
  row_part = row < kElementsPerTask ? row : kElementsPerTask;
  parts = static_cast<int32_t>((row - 1) / row_part + 1);
  rows_per_task = parts > 1 ? 1 : kElementsPerTask / row;
  tasks = static_cast<int32_t>(((rows - 1) / rows_per_task + 1) * parts);
}

void Broadcast::seek(int64_t number, int32_t* at, int64_t* offsets) const {
  for (int32_t i = rank - 1; i >= 0; --i) {
    at[i] = static_cast<int32_t>(number % dims[i]);
    number /= dims[i];
    for (int32_t k = 0; k < inputs; ++k) offsets[k] += at[i] * strides[k][i];
  }
}

}  // namespace octet
