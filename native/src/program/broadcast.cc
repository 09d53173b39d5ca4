// SPDX-License-Identifier: Apache-2.0
#include "program/broadcast.h"

#include <cstring>

namespace octet {
namespace {

constexpr int64_t kElementsPerTask = 32768;
// Rows up to this long, and at least so many one after another, are gathered.
constexpr int64_t kShortRow = 128;
constexpr int32_t kLeastRows = 4;
constexpr int64_t kSlackBytes = 128;  // written and read behind what is gathered

// Dimension and stride of `value` at output axis `axis` of `rank`; stride 0 where it is repeated.
void aligned(const Value& value, int32_t axis, int32_t rank, int32_t* dim, int64_t* stride) {
  const int32_t own = axis - (rank - value.rank);
  *dim = own < 0 ? 1 : value.dims[own];
  *stride = own < 0 || *dim == 1 ? 0 : value.strides[own];
}

// n copies of an element, and up to 63 bytes more.
template <typename T>
void splat(std::byte* to, const std::byte* from, int64_t n) {
  constexpr int64_t kBlock = 64 / sizeof(T);
  T one;
  std::memcpy(&one, from, sizeof(T));
  T block[kBlock];
  for (T& element : block) element = one;
  for (int64_t i = 0; i < n; i += kBlock) std::memcpy(to + i * sizeof(T), block, 64);
}

// n elements, and up to 15 bytes more.
void copy(std::byte* to, const std::byte* from, int64_t step, int64_t n, int32_t size) {
  if (step == 1) {
    for (int64_t i = 0; i < n * size; i += 16) std::memcpy(to + i, from + i, 16);
    return;
  }
  for (int64_t i = 0; i < n; ++i) std::memcpy(to + i * size, from + i * step * size, size);
}

void copy_row(std::byte* to, const std::byte* from, int64_t step, int64_t n, int32_t size) {
  if (step != 0) return copy(to, from, step, n, size);
  switch (size) {
    case 1:
      return splat<uint8_t>(to, from, n);
    case 2:
      return splat<uint16_t>(to, from, n);
    case 4:
      return splat<uint32_t>(to, from, n);
    case 8:
      return splat<uint64_t>(to, from, n);
    default:
      return copy(to, from, step, n, size);
  }
}

}  // namespace

bool Broadcast::prepare(Prepare& prepare, std::initializer_list<const Value*> values,
                        const Value& y) {
  if (!prepare.check(y.dense && !y.constant, "y is dense and no constant")) return false;
  inputs_ = 0;
  int32_t full = 0;
  for (const Value* value : values) {
    full = value->rank > full ? value->rank : full;
    data_[inputs_] = value->data;
    size_[inputs_] = type_bytes(value->type);
    ++inputs_;
  }
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
    for (k = 0; k < inputs_; ++k) steps[k][loops - 1] = stride[k];
  }
  if (loops == 0) {
    lengths[0] = 1;
    for (int32_t k = 0; k < inputs_; ++k) steps[k][0] = 1;
    loops = 1;
  }
  rank_ = loops - 1;
  rows_ = 1;
  for (int32_t i = 0; i < rank_; ++i) {
    dims_[i] = lengths[i];
    for (int32_t k = 0; k < inputs_; ++k) strides_[k][i] = steps[k][i];
    rows_ *= lengths[i];
  }
  row_ = lengths[rank_];
  for (int32_t k = 0; k < inputs_; ++k) step_[k] = steps[k][rank_];
  gathers_ = rank_ > 0 && row_ > 0 && row_ <= kShortRow && dims_[rank_ - 1] >= kLeastRows;
  if (gathers_) prepare.scratch(kInputs * (kGathered * 16 + kSlackBytes));
  cut(y.elements);
  return true;
}

void Broadcast::cut(int64_t elements) {
  tasks_ = 0;
  if (elements == 0) return;
  row_part_ = row_ < kElementsPerTask ? row_ : kElementsPerTask;
  parts_ = static_cast<int32_t>((row_ - 1) / row_part_ + 1);
  rows_per_task_ = parts_ > 1 ? 1 : kElementsPerTask / row_;
  tasks_ = static_cast<int32_t>(((rows_ - 1) / rows_per_task_ + 1) * parts_);
  whole_ = tasks_ == 1 && rows_ == 1;
  for (int32_t k = 0; k < inputs_; ++k) {
    piece_.in[k] = data_[k];
    piece_.step[k] = step_[k];
  }
  piece_.y = 0;
  piece_.n = row_;
}

void Broadcast::seek(int64_t row, Position* position) const {
  for (int32_t k = 0; k < inputs_; ++k) position->offset[k] = 0;
  for (int32_t i = rank_ - 1; i >= 0; --i) {
    position->at[i] = static_cast<int32_t>(row % dims_[i]);
    row /= dims_[i];
    for (int32_t k = 0; k < inputs_; ++k) position->offset[k] += position->at[i] * strides_[k][i];
  }
}

void Broadcast::advance(int32_t count, Position* position) const {
  for (int32_t i = rank_ - 1; i >= 0; --i) {
    position->at[i] += count;
    for (int32_t k = 0; k < inputs_; ++k) position->offset[k] += count * strides_[k][i];
    if (position->at[i] < dims_[i]) return;
    for (int32_t k = 0; k < inputs_; ++k) position->offset[k] -= strides_[k][i] * dims_[i];
    position->at[i] = 0;
    count = 1;
  }
}

void Broadcast::gather(const Position& position, int32_t count, std::byte* scratch,
                       const std::byte** repeated, Piece* piece) const {
  for (int32_t k = 0; k < inputs_; ++k) {
    const std::byte* from = data_[k] + position.offset[k] * size_[k];
    piece->step[k] = 1;
    if (flat(k)) {
      piece->in[k] = from;
      continue;
    }
    std::byte* to = scratch + k * (kGathered * 16 + kSlackBytes);
    piece->in[k] = to;
    const int64_t stride = strides_[k][rank_ - 1] * size_[k];
    if (stride == 0 && repeated[k] == from) continue;
    // what is repeated is put there for the most rows of any piece
    const int64_t most = kGathered / row_;
    const int64_t rows = stride != 0 ? count : most < dims_[rank_ - 1] ? most : dims_[rank_ - 1];
    for (int64_t i = 0; i < rows; ++i) {
      copy_row(to + i * row_ * size_[k], from + i * stride, step_[k], row_, size_[k]);
    }
    repeated[k] = from;
  }
}

}  // namespace octet
