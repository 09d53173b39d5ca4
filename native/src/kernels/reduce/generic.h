// SPDX-License-Identifier: Apache-2.0
//
// The loops of reductions, made into vectors by the compiler. Included inside an unnamed namespace
// by one file for each instruction set. Lanes are explicit, so that each gives the same floats.

template <typename A>
struct Sum {
  using Accumulator = A;
  static constexpr A kStart = 0;
  static A join(A a, A b) { return static_cast<A>(a + b); }
};

template <typename A>
struct Product {
  using Accumulator = A;
  static constexpr A kStart = 1;
  static A join(A a, A b) {
    if constexpr (sizeof(A) < 4) {
      return static_cast<A>(uint32_t{a} * uint32_t{b});
    } else {
      return a * b;
    }
  }
};

template <typename A>
struct Largest {
  using Accumulator = A;
  static constexpr A kStart = std::numeric_limits<A>::has_infinity
                                  ? -std::numeric_limits<A>::infinity()
                                  : std::numeric_limits<A>::lowest();
  static A join(A a, A b) { return a > b ? a : b; }
};

template <typename A>
struct Smallest {
  using Accumulator = A;
  static constexpr A kStart = std::numeric_limits<A>::has_infinity
                                  ? std::numeric_limits<A>::infinity()
                                  : std::numeric_limits<A>::max();
  static A join(A a, A b) { return a < b ? a : b; }
};

struct Any {
  using Accumulator = uint8_t;
  static constexpr uint8_t kStart = 0;
  static uint8_t join(uint8_t a, uint8_t b) { return a | b; }
};

struct All {
  using Accumulator = uint8_t;
  static constexpr uint8_t kStart = 1;
  static uint8_t join(uint8_t a, uint8_t b) { return a & b; }
};

template <class Op, typename T>
struct Loops {
  using A = typename Op::Accumulator;
  static constexpr int32_t kLanes = 32;
  static constexpr int32_t kShort = 128;   // rows below have fewer lanes to join at their end
  static constexpr int32_t kBlock = 2048;  // accumulators that stay in the first cache

  const Reduce& reduce;
  int32_t first, last;

  A number(T v) const {
    if constexpr (std::is_same_v<Op, Any> || std::is_same_v<Op, All>) {
      return v != 0;
    } else if constexpr (sizeof(T) == 1) {
      return static_cast<A>(static_cast<uint8_t>(v ^ reduce.x_mask));
    } else {
      return static_cast<A>(v);
    }
  }

  // B: Op with an accumulator that is wide enough for n elements.
  template <class B, int32_t kWidth>
  A fold_lanes(const T* __restrict x, int32_t n) const {
    using L = typename B::Accumulator;
    L lanes[kWidth];
    for (L& lane : lanes) lane = B::kStart;
    int32_t i = 0;
    for (; i + kWidth <= n; i += kWidth) {
      for (int32_t l = 0; l < kWidth; ++l) {
        lanes[l] = B::join(lanes[l], static_cast<L>(number(x[i + l])));
      }
    }
    for (int32_t half = kWidth / 2; half > 0; half /= 2) {
      for (int32_t l = 0; l < half; ++l) lanes[l] = B::join(lanes[l], lanes[l + half]);
    }
    A all = lanes[0];
    for (; i < n; ++i) all = Op::join(all, number(x[i]));
    return all;
  }

  A fold(const T* x, int32_t n) const {
    if (n >= kShort) return fold_lanes<Op, kLanes>(x, n);
    if constexpr (sizeof(T) == 1 && sizeof(A) == 4) {
      return fold_lanes<Sum<uint16_t>, 16>(x, n);
    } else {
      return fold_lanes < Op, sizeof(A) == 1 ? 16 : 8 > (x, n);
    }
  }

  // y[i] over rows of n elements; few elements are taken several rows at a time.
  void rows(const T* __restrict x, int32_t count, int32_t n, A* __restrict y) const {
    constexpr int32_t kWide = 2 * kLanes;
    if (n > kLanes || int64_t{count} * n < 4 * kWide) {
      for (int32_t from = 0; from < n; from += kBlock) {
        const int32_t block = n - from < kBlock ? n - from : kBlock;
        for (int32_t row = 0; row < count; ++row) {
          const T* at = x + int64_t{row} * n + from;
          for (int32_t i = 0; i < block; ++i) y[from + i] = Op::join(y[from + i], number(at[i]));
        }
      }
      return;
    }
    const int32_t together = kWide / n, width = together * n;
    A wide[kWide];
    for (A& a : wide) a = Op::kStart;
    const int64_t all = int64_t{count} * n;
    int64_t at = 0;
    for (; at + width <= all; at += width) {
      for (int32_t i = 0; i < width; ++i) wide[i] = Op::join(wide[i], number(x[at + i]));
    }
    for (int32_t i = 0; at + i < all; ++i) wide[i] = Op::join(wide[i], number(x[at + i]));
    for (int32_t i = 0; i < width; ++i) y[i % n] = Op::join(y[i % n], wide[i]);
  }

  void walk(int32_t axis, const T* x, A* y) const {
    const int32_t from = axis == reduce.split ? first : 0;
    const int32_t to = axis == reduce.split ? last : reduce.dims[axis];
    const int64_t x_stride = reduce.x_strides[axis], y_stride = reduce.y_strides[axis];
    if (axis == reduce.rank - 1) {
      if (y_stride == 0) {
        y[0] = Op::join(y[0], fold(x, to));
      } else {
        for (int32_t i = from; i < to; ++i) y[i] = Op::join(y[i], number(x[i]));
      }
      return;
    }
    if (axis == reduce.rank - 2 && y_stride != 0) {
      const int32_t n = reduce.dims[axis + 1];
      for (int32_t i = from; i < to; ++i) y[i] = Op::join(y[i], fold(x + i * x_stride, n));
      return;
    }
    if (axis == reduce.rank - 2 && y_stride == 0 && axis + 1 != reduce.split) {
      rows(x, to, reduce.dims[axis + 1], y);
      return;
    }
    if (axis == reduce.rank - 2 && y_stride == 0 && first == 0 && last == reduce.dims[axis + 1]) {
      rows(x, to, last, y);
      return;
    }
    for (int32_t i = from; i < to; ++i) walk(axis + 1, x + i * x_stride, y + i * y_stride);
  }
};

template <class Op, typename T>
typename Op::Accumulator* accumulate(const Reduce& reduce, int32_t first, int32_t last, void* sums,
                                     int64_t from, int64_t to) {
  auto* y = static_cast<typename Op::Accumulator*>(sums);
  for (int64_t i = from; i < to; ++i) y[i] = Op::kStart;
  if (!reduce.empty) {
    Loops<Op, T>{reduce, first, last}.walk(0, reinterpret_cast<const T*>(reduce.x), y);
  }
  return y;
}

inline int32_t clamped(int64_t v, int32_t low, int32_t high) {
  return static_cast<int32_t>(v < low ? low : v > high ? high : v);
}

// The numbers that T's integers stand for, as y stores them.
template <typename T>
void store(const Reduce& reduce, int64_t i, int64_t value) {
  if constexpr (sizeof(T) == 1) {
    const int32_t v = clamped(value, -reduce.y_offset, 255 - reduce.y_offset);
    reinterpret_cast<uint8_t*>(reduce.y)[i] =
        static_cast<uint8_t>(v + reduce.y_offset) ^ reduce.y_mask;
  } else {
    reinterpret_cast<T*>(reduce.y)[i] = static_cast<T>(clamped(value, INT16_MIN, INT16_MAX));
  }
}

template <typename T>
void requantize(const Reduce& reduce, const uint32_t* sums, int64_t from, int64_t to) {
  if (reduce.empty) {
    const int64_t nothing = reduce.reduction == Reduction::kSum ? reduce.y_zero : 0;
    for (int64_t i = from; i < to; ++i) store<T>(reduce, i, nothing);
    return;
  }
  const bool fixed = reduce.form == ReduceForm::kFixed;
  const uint32_t start =
      static_cast<uint32_t>(fixed ? reduce.offset : 0) -
      static_cast<uint32_t>(reduce.count) * static_cast<uint32_t>(reduce.x_offset);
  for (int64_t i = from; i < to && fixed; ++i) {
    const auto sum = static_cast<int32_t>(sums[i] + start);
    store<T>(reduce, i,
             int64_t{multiply_half_away(sum, reduce.multiplier, reduce.shift)} + reduce.y_zero);
  }
  for (int64_t i = from; i < to && !fixed; ++i) {
    const auto sum = static_cast<int32_t>(sums[i] + start);
    float v = static_cast<float>(sum) * reduce.scale + reduce.bias;
    // far outside both types, and what is no number
    v = v > -1e6f ? v : -1e6f;
    v = v < 1e6f ? v : 1e6f;
    const auto whole = static_cast<int32_t>(v);
    const float rest = v - static_cast<float>(whole);
    store<T>(reduce, i, int64_t{whole} + (rest >= 0.5f) - (rest <= -0.5f) + reduce.y_zero);
  }
}

// The product is rounded after every factor, so that their order matters. `start`: no factor of
// the products at y was seen.
template <typename T>
void multiply(const Reduce& reduce, int32_t axis, const T* x, int32_t* y, bool start) {
  const auto factor = [&](T v) {
    int32_t number = v;
    if constexpr (sizeof(T) == 1)
      number = static_cast<uint8_t>(v ^ reduce.x_mask) - reduce.x_offset;
    return number + reduce.offset;
  };
  const auto next = [&](int32_t product, T v) {
    return multiply_wide(int64_t{product} * factor(v), reduce.multiplier, reduce.shift);
  };
  const int32_t n = reduce.dims[axis];
  const int64_t y_stride = reduce.y_strides[axis];
  if (axis < reduce.rank - 1) {
    for (int32_t i = 0; i < n; ++i, x += reduce.x_strides[axis], y += y_stride) {
      multiply<T>(reduce, axis + 1, x, y, start && (y_stride != 0 || i == 0));
    }
  } else if (y_stride == 0) {
    int32_t product = start ? factor(x[0]) : next(*y, x[0]);
    for (int32_t i = 1; i < n; ++i) product = next(product, x[i]);
    *y = product;
  } else {
    for (int32_t i = 0; i < n; ++i) y[i] = start ? factor(x[i]) : next(y[i], x[i]);
  }
}

template <typename T>
void product(const Reduce& reduce, int64_t elements, std::byte* sums) {
  auto* products = reinterpret_cast<int32_t*>(sums);
  if (reduce.empty) {
    for (int64_t i = 0; i < elements; ++i) store<T>(reduce, i, reduce.y_zero);
    return;
  }
  multiply<T>(reduce, 0, reinterpret_cast<const T*>(reduce.x), products, true);
  for (int64_t i = 0; i < elements; ++i) {
    store<T>(reduce, i,
             int64_t{multiply_wide(products[i], reduce.multiplier, reduce.shift)} + reduce.y_zero);
  }
}

template <typename T, typename Sums, typename Wrapping>
void numbers(const Reduce& reduce, int32_t first, int32_t last, void* sums, int64_t from,
             int64_t to) {
  T* y = reinterpret_cast<T*>(reduce.y);
  const auto no_infinity = [&] {
    // an empty x gives the type's own ends
    const bool largest = reduce.reduction == Reduction::kLargest;
    const T end = largest ? std::numeric_limits<T>::lowest() : std::numeric_limits<T>::max();
    for (int64_t i = from; i < to && reduce.empty; ++i) y[i] = end;
  };
  switch (reduce.reduction) {
    case Reduction::kSum:
      accumulate<Sum<Wrapping>, T>(reduce, first, last, y, from, to);
      break;
    case Reduction::kMean: {
      const Sums* all = reinterpret_cast<const Sums*>(accumulate<Sum<Sums>, T>(
          reduce, first, last, sums == nullptr ? static_cast<void*>(y) : sums, from, to));
      for (int64_t i = from; i < to; ++i) {
        if constexpr (std::numeric_limits<T>::has_infinity) {
          y[i] = all[i] / static_cast<T>(reduce.count);
        } else {
          y[i] =
              reduce.count == 0 ? 0 : static_cast<T>(static_cast<int64_t>(all[i]) / reduce.count);
        }
      }
      break;
    }
    case Reduction::kProduct:
      accumulate<Product<Wrapping>, T>(reduce, first, last, y, from, to);
      break;
    case Reduction::kLargest:
      accumulate<Largest<T>, T>(reduce, first, last, y, from, to);
      no_infinity();
      break;
    default:
      accumulate<Smallest<T>, T>(reduce, first, last, y, from, to);
      no_infinity();
      break;
  }
}

void bytes(const Reduce& reduce, int32_t first, int32_t last, int64_t from, int64_t to) {
  uint8_t* y = nullptr;
  switch (reduce.reduction) {
    case Reduction::kProduct:
      y = accumulate<Product<uint8_t>, uint8_t>(reduce, first, last, reduce.y, from, to);
      break;
    case Reduction::kLargest:
      y = accumulate<Largest<uint8_t>, uint8_t>(reduce, first, last, reduce.y, from, to);
      break;
    case Reduction::kSmallest:
      y = accumulate<Smallest<uint8_t>, uint8_t>(reduce, first, last, reduce.y, from, to);
      break;
    case Reduction::kAny:
      y = accumulate<Any, uint8_t>(reduce, first, last, reduce.y, from, to);
      break;
    default:
      y = accumulate<All, uint8_t>(reduce, first, last, reduce.y, from, to);
      break;
  }
  for (int64_t i = from; i < to && reduce.y_mask != 0; ++i) y[i] ^= reduce.y_mask;
}

template <typename T>
void quantized(const Reduce& reduce, int32_t first, int32_t last, int64_t from, int64_t to,
               std::byte* sums) {
  if (reduce.reduction == Reduction::kProduct) {
    product<T>(reduce, to, sums);
  } else {
    requantize<T>(reduce, accumulate<Sum<uint32_t>, T>(reduce, first, last, sums, from, to), from,
                  to);
  }
}

void run(const Reduce& reduce, int32_t first, int32_t last, std::byte* sums) {
  const int64_t from = first * reduce.y_per_split, to = last * reduce.y_per_split;
  const bool plain = reduce.form == ReduceForm::kPlain;
  switch (reduce.type) {
    case Type::kF32:
      return numbers<float, float, float>(reduce, first, last, nullptr, from, to);
    case Type::kI32:
      return numbers<int32_t, uint64_t, uint32_t>(reduce, first, last, sums, from, to);
    case Type::kI64:
      return numbers<int64_t, uint64_t, uint64_t>(reduce, first, last, nullptr, from, to);
    case Type::kI16:
      if (!plain) return quantized<int16_t>(reduce, first, last, from, to, sums);
      return numbers<int16_t, uint16_t, uint16_t>(reduce, first, last, nullptr, from, to);
    default:
      if (!plain) return quantized<uint8_t>(reduce, first, last, from, to, sums);
      return bytes(reduce, first, last, from, to);
  }
}
