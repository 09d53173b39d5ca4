// SPDX-License-Identifier: Apache-2.0
//
// y = x element by element in row-major order: x and y are of one type and as many elements, of any
// shapes, borders and flips. A border of y is filled with y's fill. y and x are apart, or the same
// memory with the same layout.
#include <cstring>

#include "program/kernel.h"

namespace octet {
namespace {

#define COPY_FIELDS(VALUE, WEIGHTS, I32, F32) \
  VALUE(x)                                    \
  VALUE(y)
OCTET_FIELDS(CopyFields, COPY_FIELDS);

constexpr int64_t kElementsPerTask = 1 << 16;

struct State {
  Value x, y;
  int32_t size;   // bytes of an element
  uint8_t flips;  // to be xored into every byte
};

// Elements that lie in one piece from a line's start, and where line `number` starts.
int64_t line(const Value& v) { return v.dense ? v.elements : int64_t{v.dim(2)} * v.dim(3); }
int64_t line_start(const Value& v, int64_t number) {
  if (v.dense) return 0;
  return number / v.dim(1) * v.strides[0] + number % v.dim(1) * v.strides[1];
}

void copy_bytes(std::byte* to, const std::byte* from, int64_t bytes, uint8_t flips) {
  if (to == from && flips == 0) return;
  if (flips == 0) {
    std::memmove(to, from, bytes);
    return;
  }
  const auto* x = reinterpret_cast<const uint8_t*>(from);
  auto* y = reinterpret_cast<uint8_t*>(to);
  for (int64_t i = 0; i < bytes; ++i) y[i] = x[i] ^ flips;
}

void copy_elements(const State& s, int64_t first, int64_t last) {
  const int64_t x_line = line(s.x), y_line = line(s.y);
  for (int64_t at = first; at < last;) {
    const int64_t x_in = at % x_line, y_in = at % y_line;
    int64_t n = last - at;
    n = x_line - x_in < n ? x_line - x_in : n;
    n = y_line - y_in < n ? y_line - y_in : n;
    copy_bytes(s.y.data + (line_start(s.y, at / y_line) + y_in) * s.size,
               s.x.data + (line_start(s.x, at / x_line) + x_in) * s.size, n * s.size, s.flips);
    at += n;
  }
}

void fill(std::byte* to, int64_t elements, int32_t size, int32_t value) {
  if (size == 1) {
    std::memset(to, value & 0xff, elements);
    return;
  }
  const int64_t wide = value;
  for (int64_t i = 0; i < elements; ++i) std::memcpy(to + i * size, &wide, size);
}

// The lines above and below each image and the columns left and right of it.
void fill_border(const State& s) {
  const Value& y = s.y;
  const int32_t size = s.size;
  const int64_t left = y.border_left * y.strides[2], right = y.border_right * y.strides[2];
  const int64_t inside = y.dim(2) * y.strides[2];
  for (int32_t n = 0; n < y.dim(0); ++n) {
    std::byte* image = y.data + n * y.strides[0] * size;
    const int64_t top = y.border_top * y.strides[1] + left;
    fill(image - top * size, y.border_top * y.strides[1], size, y.fill);
    for (int32_t h = 0; h < y.dim(1); ++h) {
      std::byte* row = image + h * y.strides[1] * size;
      fill(row - left * size, left, size, y.fill);
      fill(row + inside * size, right, size, y.fill);
    }
    fill(image + (y.dim(1) * y.strides[1] - left) * size, y.border_bottom * y.strides[1], size,
         y.fill);
  }
}

bool prepare(Prepare& prepare) {
  const auto& fields = prepare.as<CopyFields>();
  const Value* x = prepare.value(fields.x);
  const Value* y = x == nullptr ? nullptr : prepare.value(fields.y);
  auto* s = y == nullptr ? nullptr : prepare.state<State>();
  if (s == nullptr) return false;
  if (!prepare.check(x->type == y->type && x->elements == y->elements,
                     "types or numbers of elements differ") ||
      !prepare.check(!y->constant, "y is a constant")) {
    return false;
  }
  s->x = *x;
  s->y = *y;
  s->size = type_bytes(x->type);
  s->flips = x->flip ^ y->flip;
  return true;
}

void run(const void* state, Run& run) {
  const auto* s = static_cast<const State*>(state);
  if (!s->y.dense && s->y.bytes > 0) fill_border(*s);
  if (s->x.elements == 0) return;
  run.parallel_for(
      static_cast<int32_t>((s->x.elements - 1) / kElementsPerTask + 1),
      [](void* context, int32_t task, int32_t) {
        const auto& s = *static_cast<const State*>(context);
        const int64_t first = task * kElementsPerTask;
        const int64_t left = s.x.elements - first;
        copy_elements(s, first, first + (left < kElementsPerTask ? left : kElementsPerTask));
      },
      const_cast<State*>(s));
}

}  // namespace

extern const Kernel kernel_copy;
const Kernel kernel_copy = {"copy", CopyFields::kSignature, "", 0, nullptr, prepare, run};

}  // namespace octet
