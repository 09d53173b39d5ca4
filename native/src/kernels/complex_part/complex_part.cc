// SPDX-License-Identifier: Apache-2.0
//
// y = Re x (part 0), Im x (part 1) or |x| (part 2), element by element: x c64 and y f32, or x c128
// and y f64, dense, of as many elements. |x| neither overflows nor underflows on the way.
#include <cmath>
#include <limits>

#include "program/elements.h"
#include "program/kernel.h"

namespace octet {
namespace {

#define COMPLEX_PART_FIELDS(VALUE, WEIGHTS, I32, F32) \
  VALUE(x)                                            \
  VALUE(y)                                            \
  I32(part)
OCTET_FIELDS(ComplexPartFields, COMPLEX_PART_FIELDS);

struct State {
  const std::byte* x;
  std::byte* y;
  int64_t elements;
  int32_t part;
  bool wide;
};

float size(float re, float im) {
  const double wide = re, high = im;
  return static_cast<float>(std::sqrt(wide * wide + high * high));
}

// libm's hypot has a new version in glibc 2.35. Powers of two keep the squares inside the range.
double size(double re, double im) {
  const double a = std::fabs(re), b = std::fabs(im), larger = a > b ? a : b;
  const double scale = larger > 0x1p500 ? 0x1p-600 : larger < 0x1p-450 ? 0x1p600 : 1.0;
  const double x = a * scale, y = b * scale;
  return std::sqrt(x * x + y * y) / scale;
}

template <typename T>
T absolute(T re, T im) {
  // an infinite part counts even beside no number
  return std::isinf(re) || std::isinf(im) ? std::numeric_limits<T>::infinity() : size(re, im);
}

template <typename T>
void convert(const State& s, int64_t first, int64_t last) {
  const T* x = reinterpret_cast<const T*>(s.x);
  T* y = reinterpret_cast<T*>(s.y);
  for (int64_t i = first; i < last; ++i) {
    y[i] = s.part == 2 ? absolute(x[2 * i], x[2 * i + 1]) : x[2 * i + s.part];
  }
}

bool prepare(Prepare& prepare) {
  const auto& fields = prepare.as<ComplexPartFields>();
  const Value* x = prepare.value(fields.x);
  const Value* y = x == nullptr ? nullptr : prepare.value(fields.y);
  auto* s = y == nullptr ? nullptr : prepare.state<State>();
  if (s == nullptr) return false;
  *s = {x->data, y->data, x->elements, fields.part, x->type == Type::kC128};
  return prepare.check((x->type == Type::kC64 && y->type == Type::kF32) ||
                           (x->type == Type::kC128 && y->type == Type::kF64),
                       "types not supported") &&
         prepare.check(x->dense && y->dense && !y->constant, "x and y are dense, y no constant") &&
         prepare.check(x->elements == y->elements, "numbers of elements differ") &&
         prepare.check(fields.part >= 0 && fields.part <= 2, "unknown part");
}

void run(const void* state, Run& run) {
  const auto& s = *static_cast<const State*>(state);
  run_elements(s, s.elements, s.wide ? convert<double> : convert<float>, run);
}

}  // namespace

extern const Kernel kernel_complex_part;
const Kernel kernel_complex_part = {
    "complex_part", ComplexPartFields::kSignature, "", 0, nullptr, prepare, run};

}  // namespace octet
