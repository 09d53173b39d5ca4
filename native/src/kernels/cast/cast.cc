// SPDX-License-Identifier: Apache-2.0
//
// y = x in another element type; x and y are dense and have as many elements. Types: i8, u8, i16,
// u16, i32, u32, i64, f16, bf16, f32, f64, c64, bool; int8 is not flipped.
// To integers: integers keep their low bits. Real numbers are truncated; f32 to i32, i16 and u8
//   saturates, NaN gives the greatest i32 and else 0. All other real numbers that the type does not
//   hold, and NaN: of what is truncated to i64 (for u32, i64) or i32 (the others), and there is the
//   least number where it does not fit, the low bits. Of c64 the real part.
// To reals: rounded to nearest even, to f16 and bf16 by way of f32. To c64: imaginary part 0.
// To bool: 1 where x is not 0. From bool: 0 or 1.
// With `bits` 1 both are the same memory contents instead, of any types and shapes: as many bytes.
#include "kernels/cast/cast.h"

#include <cstring>
#include <type_traits>

#include "base/f16.h"
#include "program/elements.h"
#include "program/kernel.h"

namespace octet {
namespace {

#define CAST_FIELDS(VALUE, WEIGHTS, I32, F32) \
  VALUE(x)                                    \
  VALUE(y)                                    \
  I32(bits)
OCTET_FIELDS(CastFields, CAST_FIELDS);

struct State;
using Loop = void (*)(const State& s, int64_t first, int64_t last);

struct State {
  const std::byte* x;
  std::byte* y;
  int64_t elements;
  Loop loop;
  const CastF32Isa* isa;
};

struct F16 {
  uint16_t bits;
};
struct Bf16 {
  uint16_t bits;
};
struct C64 {
  float re, im;
};
struct Bool {
  uint8_t byte;
};

// The number to convert: an integer or a real one.
template <typename T>
T number(T x) {
  return x;
}
float number(F16 x) { return f16_to_f32(x.bits); }
float number(Bf16 x) { return bf16_to_f32(x.bits); }
float number(C64 x) { return x.re; }
int32_t number(Bool x) { return x.byte != 0 ? 1 : 0; }

// Truncated, or the least I where it does not fit.
template <typename I, typename R>
I truncated(R x) {
  constexpr R kEnd = static_cast<R>(sizeof(I) == 8 ? 0x1p63 : 0x1p31);
  // what lies below -kEnd and is truncated to it gives it anyway
  R v = x < kEnd ? x : -kEnd;
  v = v > -kEnd ? v : -kEnd;
  return static_cast<I>(v);
}

template <typename To, typename From>
To to_integer(From x) {
  if constexpr (std::is_integral<From>::value) {
    return static_cast<To>(x);
  } else if constexpr (std::is_same<To, int64_t>::value || std::is_same<To, uint32_t>::value) {
    return static_cast<To>(truncated<int64_t>(x));
  } else {
    return static_cast<To>(truncated<int32_t>(x));
  }
}

template <typename From, typename To>
To converted(From from) {
  const auto x = number(from);
  if constexpr (std::is_same<To, F16>::value) {
    return {f32_to_f16(static_cast<float>(x))};
  } else if constexpr (std::is_same<To, Bf16>::value) {
    return {f32_to_bf16(static_cast<float>(x))};
  } else if constexpr (std::is_same<To, C64>::value) {
    if constexpr (std::is_same<From, C64>::value) return from;
    return {static_cast<float>(x), 0.0f};
  } else if constexpr (std::is_same<To, Bool>::value) {
    return {static_cast<uint8_t>(x != 0 ? 1 : 0)};
  } else if constexpr (std::is_integral<To>::value) {
    return to_integer<To>(x);
  } else {
    return static_cast<To>(x);
  }
}

template <typename From, typename To>
void loop(const State& s, int64_t first, int64_t last) {
  const From* from = reinterpret_cast<const From*>(s.x);
  To* to = reinterpret_cast<To*>(s.y);
  for (int64_t i = first; i < last; ++i) to[i] = converted<From, To>(from[i]);
}

template <typename To, void (*CastF32Isa::*F)(const float* x, To* y, int64_t n)>
void loop_f32(const State& s, int64_t first, int64_t last) {
  (s.isa->*F)(reinterpret_cast<const float*>(s.x) + first, reinterpret_cast<To*>(s.y) + first,
              last - first);
}

template <typename From>
Loop loop_to(Type y) {
  switch (y) {
    case Type::kI8:
      return loop<From, int8_t>;
    case Type::kU8:
      return loop<From, uint8_t>;
    case Type::kI16:
      return loop<From, int16_t>;
    case Type::kU16:
      return loop<From, uint16_t>;
    case Type::kI32:
      return loop<From, int32_t>;
    case Type::kU32:
      return loop<From, uint32_t>;
    case Type::kI64:
      return loop<From, int64_t>;
    case Type::kF16:
      return loop<From, F16>;
    case Type::kBf16:
      return loop<From, Bf16>;
    case Type::kF32:
      return loop<From, float>;
    case Type::kF64:
      return loop<From, double>;
    case Type::kC64:
      return loop<From, C64>;
    case Type::kBool:
      return loop<From, Bool>;
    default:
      return nullptr;
  }
}

Loop loop_from_f32(Type y) {
  switch (y) {
    case Type::kI8:
      return loop_f32<int8_t, &CastF32Isa::to_i8>;
    case Type::kU8:
      return loop_f32<uint8_t, &CastF32Isa::to_u8>;
    case Type::kI16:
      return loop_f32<int16_t, &CastF32Isa::to_i16>;
    case Type::kU16:
      return loop_f32<uint16_t, &CastF32Isa::to_u16>;
    case Type::kI32:
      return loop_f32<int32_t, &CastF32Isa::to_i32>;
    default:
      return loop_to<float>(y);
  }
}

Loop loop_for(Type x, Type y) {
  switch (x) {
    case Type::kI8:
      return loop_to<int8_t>(y);
    case Type::kU8:
      return loop_to<uint8_t>(y);
    case Type::kI16:
      return loop_to<int16_t>(y);
    case Type::kU16:
      return loop_to<uint16_t>(y);
    case Type::kI32:
      return loop_to<int32_t>(y);
    case Type::kU32:
      return loop_to<uint32_t>(y);
    case Type::kI64:
      return loop_to<int64_t>(y);
    case Type::kF16:
      return loop_to<F16>(y);
    case Type::kBf16:
      return loop_to<Bf16>(y);
    case Type::kF32:
      return loop_from_f32(y);
    case Type::kF64:
      return loop_to<double>(y);
    case Type::kC64:
      return loop_to<C64>(y);
    case Type::kBool:
      return loop_to<Bool>(y);
    default:
      return nullptr;
  }
}

void copy_bytes(const State& s, int64_t first, int64_t last) {
  std::memmove(s.y + first, s.x + first, static_cast<size_t>(last - first));
}

const CastF32Isa& choose(Isa have) {
#define OCTET_CAST_F32(name) \
  if (isa_covers(have, name.isa)) return name;
#include "kernels/cast/kernels.inc"
#undef OCTET_CAST_F32
  return cast_f32__scalar;
}

bool prepare(Prepare& prepare) {
  const auto& fields = prepare.as<CastFields>();
  const Value* x = prepare.value(fields.x);
  const Value* y = x == nullptr ? nullptr : prepare.value(fields.y);
  auto* s = y == nullptr ? nullptr : prepare.state<State>();
  if (s == nullptr) return false;
  if (!prepare.check(x->dense && y->dense && !y->constant, "x and y are dense, y no constant") ||
      !prepare.check(x->flip == 0 && y->flip == 0, "flipped") ||
      !prepare.check(fields.bits == 0 || fields.bits == 1, "bits is 0 or 1")) {
    return false;
  }
  s->x = x->data;
  s->y = y->data;
  if (fields.bits == 1) {
    s->elements = x->elements * type_bytes(x->type);
    s->loop = copy_bytes;
    return prepare.check(s->elements == y->elements * type_bytes(y->type),
                         "numbers of bytes differ");
  }
  s->elements = x->elements;
  s->isa = &choose(prepare.isa());
  s->loop = loop_for(x->type, y->type);
  return prepare.check(x->elements == y->elements, "numbers of elements differ") &&
         prepare.check(s->loop != nullptr, "types not supported");
}

void run(const void* state, Run& run) {
  const auto& s = *static_cast<const State*>(state);
  run_elements(s, s.elements, s.loop, run);
}

}  // namespace

extern const Kernel kernel_cast;
const Kernel kernel_cast = {"cast", CastFields::kSignature, "", 0, nullptr, prepare, run};

}  // namespace octet
