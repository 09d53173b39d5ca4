// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <complex>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "base/f16.h"
#include "kernels/binary/binary.h"

namespace octet {
namespace {

#include "kernels/binary/loops.h"

template <typename T, typename R, typename F>
void each(const void* a, int64_t a_step, const void* b, int64_t b_step, void* y, int64_t n,
          const F& f) {
  const auto* p = static_cast<const T*>(a);
  const auto* q = static_cast<const T*>(b);
  auto* r = static_cast<R*>(y);
  if (a_step == 1 && b_step == 1) {
    OCTET_NO_CARRIED_DEPENDENCE
    for (int64_t i = 0; i < n; ++i) r[i] = static_cast<R>(f(p[i], q[i]));
  } else {
    for (int64_t i = 0; i < n; ++i) r[i] = static_cast<R>(f(p[i * a_step], q[i * b_step]));
  }
}

// 16-bit floats, computed in float32.
struct Half {
  uint16_t bits;
  float real() const { return f16_to_f32(bits); }
  static Half of(float v) { return {f32_to_f16(v)}; }
};
struct Brain {
  uint16_t bits;
  float real() const { return bf16_to_f32(bits); }
  static Brain of(float v) { return {f32_to_bf16(v)}; }
};
template <typename T>
auto number(T v) {
  if constexpr (std::is_same_v<T, Half> || std::is_same_v<T, Brain>)
    return v.real();
  else
    return v;
}

template <typename Operation, typename T>
void short_float(const void* a, int64_t a_step, const void* b, int64_t b_step, void* y, int64_t n,
                 const BinaryLimits&) {
  each<T, T>(a, a_step, b, b_step, y, n,
             [](T p, T q) { return T::of(Operation::of(p.real(), q.real())); });
}

struct Equal {
  template <typename T>
  static bool of(T a, T b) {
    return a == b;
  }
};
struct NotEqual {
  template <typename T>
  static bool of(T a, T b) {
    return a != b;
  }
};
struct Less {
  template <typename T>
  static bool of(T a, T b) {
    return a < b;
  }
};
struct LessEqual {
  template <typename T>
  static bool of(T a, T b) {
    return a <= b;
  }
};
struct Greater {
  template <typename T>
  static bool of(T a, T b) {
    return a > b;
  }
};
struct GreaterEqual {
  template <typename T>
  static bool of(T a, T b) {
    return a >= b;
  }
};

template <typename Operation, typename T>
void compare(const void* a, int64_t a_step, const void* b, int64_t b_step, void* y, int64_t n,
             const BinaryLimits&) {
  each<T, uint8_t>(a, a_step, b, b_step, y, n,
                   [](T p, T q) { return Operation::of(number(p), number(q)); });
}

template <typename Operation>
void compare_bool(const void* a, int64_t a_step, const void* b, int64_t b_step, void* y, int64_t n,
                  const BinaryLimits&) {
  each<uint8_t, uint8_t>(a, a_step, b, b_step, y, n,
                         [](uint8_t p, uint8_t q) { return Operation::of(p != 0, q != 0); });
}

template <typename Operation>
BinaryLoop comparison(Type type) {
  switch (type) {
    case Type::kF32:
      return compare<Operation, float>;
    case Type::kF16:
      return compare<Operation, Half>;
    case Type::kBf16:
      return compare<Operation, Brain>;
    case Type::kI8:
      return compare<Operation, int8_t>;
    case Type::kU8:
      return compare<Operation, uint8_t>;
    case Type::kI16:
      return compare<Operation, int16_t>;
    case Type::kI32:
      return compare<Operation, int32_t>;
    case Type::kI64:
      return compare<Operation, int64_t>;
    case Type::kBool:
      return compare_bool<Operation>;
    default:
      return nullptr;
  }
}

struct FloorDiv {
  template <typename T>
  static T of(T a, T b) {
    if constexpr (std::is_floating_point_v<T>) {
      return static_cast<T>(std::floor(static_cast<double>(a) / static_cast<double>(b)));
    } else {
      const T quotient = Div::of(a, b);
      const bool inexact = Mul::of(quotient, b) != a;
      return static_cast<T>(quotient - (inexact && (a < 0) != (b < 0)));
    }
  }
};
struct FloorMod {
  template <typename T>
  static T of(T a, T b) {
    T rest;
    if constexpr (std::is_floating_point_v<T>)
      rest = std::fmod(a, b);
    else
      rest = b == T(-1) ? T(0) : static_cast<T>(a % b);
    return rest != 0 && (b < 0) != (rest < 0) ? static_cast<T>(rest + b) : rest;
  }
};
struct Atan2 {
  template <typename T>
  static T of(T a, T b) {
    return std::atan2(a, b);
  }
};
struct Xor {
  template <typename T>
  static T of(T a, T b) {
    return static_cast<T>(a ^ b);
  }
};
struct And {
  template <typename T>
  static T of(T a, T b) {
    return static_cast<T>(a & b);
  }
};
struct ShiftRight {
  template <typename T>
  static T of(T a, T b) {
    constexpr int kMost = static_cast<int>(sizeof(T)) * 8 - 1;
    const int by = b < T(0) ? 0 : b > T(kMost) ? kMost : static_cast<int>(b);
    return static_cast<T>(a >> by);
  }
};
struct ShiftLeft {
  template <typename T>
  static T of(T a, T b) {
    return static_cast<T>(static_cast<uint32_t>(a) << (static_cast<uint32_t>(b) & 31));
  }
};

void logical_and(const void* a, int64_t a_step, const void* b, int64_t b_step, void* y, int64_t n,
                 const BinaryLimits&) {
  each<uint8_t, uint8_t>(a, a_step, b, b_step, y, n,
                         [](uint8_t p, uint8_t q) { return (p != 0) & (q != 0); });
}
void logical_or(const void* a, int64_t a_step, const void* b, int64_t b_step, void* y, int64_t n,
                const BinaryLimits&) {
  each<uint8_t, uint8_t>(a, a_step, b, b_step, y, n,
                         [](uint8_t p, uint8_t q) { return (p | q) != 0; });
}

void complex_mul(const void* a, int64_t a_step, const void* b, int64_t b_step, void* y, int64_t n,
                 const BinaryLimits&) {
  using T = std::complex<float>;
  each<T, T>(a, a_step, b, b_step, y, n, [](T p, T q) {
    return T(p.real() * q.real() - p.imag() * q.imag(), p.real() * q.imag() + p.imag() * q.real());
  });
}

// Small whole exponents are products, which powf is ten times slower than.
void pow_f32(const void* a, int64_t a_step, const void* b, int64_t b_step, void* y, int64_t n,
             const BinaryLimits&) {
  const auto* p = static_cast<const float*>(a);
  const float exponent = *static_cast<const float*>(b);
  auto* r = static_cast<float*>(y);
  if (b_step == 0 && exponent == 2) {
    OCTET_NO_CARRIED_DEPENDENCE
    for (int64_t i = 0; i < n; ++i) r[i] = p[i * a_step] * p[i * a_step];
  } else if (b_step == 0 && exponent == 3) {
    OCTET_NO_CARRIED_DEPENDENCE
    for (int64_t i = 0; i < n; ++i) r[i] = p[i * a_step] * p[i * a_step] * p[i * a_step];
  } else {
    each<float, float>(a, a_step, b, b_step, y, n, [](float v, float e) { return std::pow(v, e); });
  }
}

int32_t pow_wrapping(int32_t base, int32_t exponent) {
  uint32_t result = 1, square = static_cast<uint32_t>(base);
  for (; exponent > 0; exponent >>= 1, square *= square) {
    if ((exponent & 1) != 0) result *= square;
  }
  return static_cast<int32_t>(result);
}

// INT32_MIN where the power is not an int32, as a conversion from double gives on x86.
int32_t pow_fitting(int32_t base, int32_t exponent) {
  if (exponent == 0 || base == 1) return 1;
  if (base == 0) return 0;
  if (base == -1) return exponent % 2 == 0 ? 1 : -1;
  int64_t result = 1;
  for (; exponent > 0; --exponent) {
    result *= base;
    if (result != static_cast<int32_t>(result)) return INT32_MIN;
  }
  return static_cast<int32_t>(result);
}

template <int32_t (*Power)(int32_t, int32_t)>
void pow_i32(const void* a, int64_t a_step, const void* b, int64_t b_step, void* y, int64_t n,
             const BinaryLimits&) {
  each<int32_t, int32_t>(a, a_step, b, b_step, y, n, Power);
}

template <typename Operation>
BinaryLoop arithmetic(Type type) {
  switch (type) {
    case Type::kF16:
      return short_float<Operation, Half>;
    case Type::kF64:
      return clamped<Operation, double>;
    case Type::kI8:
      return clamped<Operation, int8_t>;
    case Type::kU8:
      return clamped<Operation, uint8_t>;
    case Type::kI16:
      return clamped<Operation, int16_t>;
    case Type::kU16:
      return clamped<Operation, uint16_t>;
    case Type::kU32:
      return clamped<Operation, uint32_t>;
    case Type::kI64:
      return clamped<Operation, int64_t>;
    case Type::kU64:
      return clamped<Operation, uint64_t>;
    default:
      return nullptr;
  }
}

template <typename Operation>
BinaryLoop further_order(Type type) {
  switch (type) {
    case Type::kF16:
      return short_float<Operation, Half>;
    case Type::kBf16:
      return short_float<Operation, Brain>;
    case Type::kF64:
      return plain<Operation, double>;
    case Type::kU16:
      return plain<Operation, uint16_t>;
    case Type::kU32:
      return plain<Operation, uint32_t>;
    case Type::kI64:
      return plain<Operation, int64_t>;
    case Type::kU64:
      return plain<Operation, uint64_t>;
    default:
      return nullptr;
  }
}

template <typename Operation>
BinaryLoop floor_loop(Type type) {
  switch (type) {
    case Type::kF32:
      return plain<Operation, float>;
    case Type::kI8:
      return plain<Operation, int8_t>;
    case Type::kI16:
      return plain<Operation, int16_t>;
    case Type::kI32:
      return plain<Operation, int32_t>;
    case Type::kI64:
      return plain<Operation, int64_t>;
    default:
      return nullptr;
  }
}

template <typename Operation>
BinaryLoop bits(Type type) {
  switch (type) {
    case Type::kI8:
      return plain<Operation, int8_t>;
    case Type::kU8:
      return plain<Operation, uint8_t>;
    case Type::kI16:
      return plain<Operation, int16_t>;
    case Type::kU16:
      return plain<Operation, uint16_t>;
    case Type::kI32:
      return plain<Operation, int32_t>;
    case Type::kU32:
      return plain<Operation, uint32_t>;
    case Type::kI64:
      return plain<Operation, int64_t>;
    case Type::kU64:
      return plain<Operation, uint64_t>;
    default:
      return nullptr;
  }
}

template <typename Operation>
BinaryLoop shift_left(Type type) {
  switch (type) {
    case Type::kI8:
      return plain<Operation, int8_t>;
    case Type::kI16:
      return plain<Operation, int16_t>;
    case Type::kI32:
      return plain<Operation, int32_t>;
    default:
      return nullptr;
  }
}

BinaryLoop power(BinaryOperation operation, Type type) {
  if (operation == BinaryOperation::kPow && type == Type::kF32) return pow_f32;
  if (type != Type::kI32) return nullptr;
  return operation == BinaryOperation::kPow ? pow_i32<pow_fitting> : pow_i32<pow_wrapping>;
}

BinaryLoop angle(Type type) {
  switch (type) {
    case Type::kF32:
      return plain<Atan2, float>;
    case Type::kF16:
      return short_float<Atan2, Half>;
    case Type::kBf16:
      return short_float<Atan2, Brain>;
    case Type::kF64:
      return plain<Atan2, double>;
    default:
      return nullptr;
  }
}

BinaryLoop loop(BinaryOperation operation, Type type) {
  if (const BinaryLoop common = vector_loop(operation, type)) return common;
  switch (operation) {
    case BinaryOperation::kAdd:
      return arithmetic<Add>(type);
    case BinaryOperation::kSub:
      return arithmetic<Sub>(type);
    case BinaryOperation::kMul:
      return type == Type::kC64 ? complex_mul : arithmetic<Mul>(type);
    case BinaryOperation::kDiv:
      return type == Type::kI32 ? clamped<Div, int32_t> : nullptr;
    case BinaryOperation::kSquaredDifference:
      return nullptr;
    case BinaryOperation::kMaximum:
      return further_order<Maximum>(type);
    case BinaryOperation::kMinimum:
      return further_order<Minimum>(type);
    case BinaryOperation::kPow:
    case BinaryOperation::kPowWrapping:
      return power(operation, type);
    case BinaryOperation::kFloorDiv:
      return floor_loop<FloorDiv>(type);
    case BinaryOperation::kFloorMod:
      return floor_loop<FloorMod>(type);
    case BinaryOperation::kAtan2:
      return angle(type);
    case BinaryOperation::kAnd:
      return type == Type::kBool ? logical_and : bits<And>(type);
    case BinaryOperation::kOr:
      return type == Type::kBool ? logical_or : nullptr;
    case BinaryOperation::kXor:
      return bits<Xor>(type);
    case BinaryOperation::kShiftRight:
      return bits<ShiftRight>(type);
    case BinaryOperation::kShiftLeft:
      return shift_left<ShiftLeft>(type);
    case BinaryOperation::kEqual:
      return comparison<Equal>(type);
    case BinaryOperation::kNotEqual:
      return comparison<NotEqual>(type);
    case BinaryOperation::kLess:
      return comparison<Less>(type);
    case BinaryOperation::kLessEqual:
      return comparison<LessEqual>(type);
    case BinaryOperation::kGreater:
      return comparison<Greater>(type);
    case BinaryOperation::kGreaterEqual:
      return comparison<GreaterEqual>(type);
  }
  return nullptr;
}

}  // namespace

const BinaryIsa binary__scalar = {Isa::kScalar, loop};

}  // namespace octet
