// SPDX-License-Identifier: Apache-2.0
//
// The loops of reductions, made into vectors by the compiler. Included inside an unnamed namespace
// by one file for each instruction set. Lanes are explicit, so that each gives the same floats.

template <typename A>
struct Sum {
  using Accumulator = A;
  static constexpr A kStart = 0;
  static A join(A a, A b) { return a + b; }
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

  A fold(const T* x, int32_t n) const {
    A lanes[kLanes];
    for (A& lane : lanes) lane = Op::kStart;
    int32_t i = 0;
    for (; i + kLanes <= n; i += kLanes) {
      for (int32_t l = 0; l < kLanes; ++l) lanes[l] = Op::join(lanes[l], number(x[i + l]));
    }
    for (int32_t l = 0; i + l < n; ++l) lanes[l] = Op::join(lanes[l], number(x[i + l]));
    for (int32_t half = kLanes / 2; half > 0; half /= 2) {
      for (int32_t l = 0; l < half; ++l) lanes[l] = Op::join(lanes[l], lanes[l + half]);
    }
    return lanes[0];
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
  for (int64_t i = from; i < to; ++i) {
    const auto sum = static_cast<int32_t>(sums[i] + start);
    if (fixed) {
      store<T>(reduce, i,
               int64_t{multiply_half_away(sum, reduce.multiplier, reduce.shift)} + reduce.y_zero);
    } else {
      float v = std::round(static_cast<float>(sum) * reduce.scale + reduce.bias);
      v = v > -1e6f ? v : -1e6f;
      v = v < 1e6f ? v : 1e6f;
      store<T>(reduce, i, int64_t{static_cast<int32_t>(v)} + reduce.y_zero);
    }
  }
}

// The product is rounded after every factor, so that their order matters.
template <typename T>
void quantized_product(const Reduce& reduce, int32_t* products) {
  const T* x = reinterpret_cast<const T*>(reduce.x);
  int32_t at[kMaxRank] = {};
  for (int64_t done = 0; !reduce.empty; ++done) {
    int64_t to = 0;
    bool start = true;
    for (int32_t i = 0; i < reduce.rank; ++i) {
      to += at[i] * reduce.y_strides[i];
      start = start && (reduce.y_strides[i] != 0 || at[i] == 0);
    }
    int32_t v = x[done];
    if constexpr (sizeof(T) == 1)
      v = static_cast<uint8_t>(x[done] ^ reduce.x_mask) - reduce.x_offset;
    v += reduce.offset;
    products[to] =
        start ? v : multiply_wide(int64_t{products[to]} * v, reduce.multiplier, reduce.shift);
    int32_t axis = reduce.rank - 1;
    for (; axis >= 0 && ++at[axis] == reduce.dims[axis]; --axis) at[axis] = 0;
    if (axis < 0) break;
  }
}

template <typename T>
void product(const Reduce& reduce, int64_t elements, std::byte* sums) {
  auto* products = reinterpret_cast<int32_t*>(sums);
  for (int64_t i = 0; i < elements; ++i) products[i] = 0;
  quantized_product<T>(reduce, products);
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
