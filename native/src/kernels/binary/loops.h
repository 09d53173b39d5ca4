// SPDX-License-Identifier: Apache-2.0
//
// The loops that are worth vectors, written so that the compiler makes them. Included inside an
// unnamed namespace by one file for each instruction set, so that no two share a symbol.

#if defined(__clang__)
#define OCTET_NO_CARRIED_DEPENDENCE _Pragma("clang loop vectorize(assume_safety)")
#else
#define OCTET_NO_CARRIED_DEPENDENCE _Pragma("GCC ivdep")
#endif

// Unsigned numbers in which sums and products of T wrap without overflow.
template <typename T>
using Wrapping = std::conditional_t<sizeof(T) == 8, uint64_t, uint32_t>;

template <typename T>
struct Range {
  T low, high;
  T operator()(T v) const {
    v = v < low ? low : v;
    return v > high ? high : v;
  }
};

template <typename T>
Range<T> range(const BinaryLimits& limits) {
  if constexpr (std::is_same_v<T, float>) {
    return {limits.real_low, limits.real_high};
  } else if constexpr (std::is_floating_point_v<T>) {
    return {-std::numeric_limits<T>::infinity(), std::numeric_limits<T>::infinity()};
  } else {
    using Limit = std::numeric_limits<T>;
    const int64_t low = limits.low, high = limits.high;
    const bool none_low = low == INT32_MIN || low < static_cast<int64_t>(Limit::min());
    const bool none_high =
        high == INT32_MAX || static_cast<uint64_t>(high) > static_cast<uint64_t>(Limit::max());
    return {none_low ? Limit::min() : static_cast<T>(low),
            none_high ? Limit::max() : static_cast<T>(high)};
  }
}

template <typename T, typename F>
void walk(const T* a, int64_t a_step, const T* b, int64_t b_step, T* y, int64_t n, const F& f) {
  if (a_step == 1 && b_step == 1) {
    OCTET_NO_CARRIED_DEPENDENCE
    for (int64_t i = 0; i < n; ++i) y[i] = f(a[i], b[i]);
  } else if (a_step == 1 && b_step == 0) {
    const T other = *b;
    OCTET_NO_CARRIED_DEPENDENCE
    for (int64_t i = 0; i < n; ++i) y[i] = f(a[i], other);
  } else if (a_step == 0 && b_step == 1) {
    const T other = *a;
    OCTET_NO_CARRIED_DEPENDENCE
    for (int64_t i = 0; i < n; ++i) y[i] = f(other, b[i]);
  } else {
    for (int64_t i = 0; i < n; ++i) y[i] = f(a[i * a_step], b[i * b_step]);
  }
}

struct Add {
  template <typename T>
  static T of(T a, T b) {
    if constexpr (std::is_floating_point_v<T>)
      return a + b;
    else
      return static_cast<T>(static_cast<Wrapping<T>>(a) + static_cast<Wrapping<T>>(b));
  }
};
struct Sub {
  template <typename T>
  static T of(T a, T b) {
    if constexpr (std::is_floating_point_v<T>)
      return a - b;
    else
      return static_cast<T>(static_cast<Wrapping<T>>(a) - static_cast<Wrapping<T>>(b));
  }
};
struct Mul {
  template <typename T>
  static T of(T a, T b) {
    if constexpr (std::is_floating_point_v<T>)
      return a * b;
    else
      return static_cast<T>(static_cast<Wrapping<T>>(a) * static_cast<Wrapping<T>>(b));
  }
};
struct Div {
  template <typename T>
  static T of(T a, T b) {
    if constexpr (std::is_floating_point_v<T>) return a / b;
    // the one quotient that does not fit traps
    else
      return b == T(-1) ? Sub::of(T(0), a) : static_cast<T>(a / b);
  }
};
struct SquaredDifference {
  template <typename T>
  static T of(T a, T b) {
    const T difference = Sub::of(a, b);
    return Mul::of(difference, difference);
  }
};
struct Maximum {
  template <typename T>
  static T of(T a, T b) {
    return a > b ? a : b;
  }
};
struct Minimum {
  template <typename T>
  static T of(T a, T b) {
    return a < b ? a : b;
  }
};

template <typename Operation, typename T>
void plain(const void* a, int64_t a_step, const void* b, int64_t b_step, void* y, int64_t n,
           const BinaryLimits&) {
  walk(static_cast<const T*>(a), a_step, static_cast<const T*>(b), b_step, static_cast<T*>(y), n,
       [](T p, T q) { return Operation::of(p, q); });
}

template <typename Operation, typename T>
void clamped(const void* a, int64_t a_step, const void* b, int64_t b_step, void* y, int64_t n,
             const BinaryLimits& limits) {
  const Range<T> clamp = range<T>(limits);
  walk(static_cast<const T*>(a), a_step, static_cast<const T*>(b), b_step, static_cast<T*>(y), n,
       [clamp](T p, T q) { return clamp(Operation::of(p, q)); });
}

template <typename Operation>
BinaryLoop order(Type type) {
  switch (type) {
    case Type::kF32:
      return plain<Operation, float>;
    case Type::kI8:
      return plain<Operation, int8_t>;
    case Type::kU8:
      return plain<Operation, uint8_t>;
    case Type::kI16:
      return plain<Operation, int16_t>;
    case Type::kI32:
      return plain<Operation, int32_t>;
    default:
      return nullptr;
  }
}

BinaryLoop float_loop(BinaryOperation operation) {
  switch (operation) {
    case BinaryOperation::kAdd:
      return clamped<Add, float>;
    case BinaryOperation::kSub:
      return clamped<Sub, float>;
    case BinaryOperation::kMul:
      return clamped<Mul, float>;
    case BinaryOperation::kDiv:
      return clamped<Div, float>;
    case BinaryOperation::kSquaredDifference:
      return plain<SquaredDifference, float>;
    default:
      return nullptr;
  }
}

BinaryLoop vector_loop(BinaryOperation operation, Type type) {
  if (operation == BinaryOperation::kMaximum) return order<Maximum>(type);
  if (operation == BinaryOperation::kMinimum) return order<Minimum>(type);
  if (type == Type::kF32) return float_loop(operation);
  if (type != Type::kI32) return nullptr;
  switch (operation) {
    case BinaryOperation::kAdd:
      return clamped<Add, int32_t>;
    case BinaryOperation::kSub:
      return clamped<Sub, int32_t>;
    case BinaryOperation::kMul:
      return clamped<Mul, int32_t>;
    case BinaryOperation::kSquaredDifference:
      return plain<SquaredDifference, int32_t>;
    default:
      return nullptr;
  }
}
