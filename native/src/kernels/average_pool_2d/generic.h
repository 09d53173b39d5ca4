// SPDX-License-Identifier: Apache-2.0
//
// The loops, made vectors of by the compiler. Included by one file for each instruction set, inside
// an unnamed namespace that fixes kVectorBytes.

constexpr int32_t kBlock = 128;      // channels summed at a time
constexpr int64_t kExact = 1 << 24;  // integers below are floats, and their quotients truncate well

inline int32_t count(const WindowAxis& axis, int32_t o) { return axis.last(o) - axis.first(o); }

// Clamped means of n sums over as many taps, as y stores them.
struct Store {
  const Pool& pool;
  Quant8 qx, qy;

  explicit Store(const Pool& p) : pool(p), qx{}, qy{} {
    if (is_quant8(p.x)) {
      qx = quant8(p.x);
      qy = quant8(p.y);
    }
  }
  void operator()(const float* sums, int32_t taps, int32_t n, float* y) const {
    const float low = pool.act_min, high = pool.act_max;
    const auto divisor = static_cast<float>(taps);
    for (int32_t i = 0; i < n; ++i) {
      const float mean = sums[i] / divisor;
      y[i] = mean < low ? low : mean > high ? high : mean;
    }
  }
  template <typename T>
  void operator()(const uint32_t* sums, int32_t taps, int32_t n, T* y) const {
    const int32_t low = pool.y_min, high = pool.y_max, half = taps / 2;
    const int32_t out = qy.offset;
    const uint8_t mask = qy.mask;
    const uint32_t zeros = static_cast<uint32_t>(taps) * static_cast<uint32_t>(qx.offset);
    const auto halved = [=](uint32_t raw) {
      const auto sum = static_cast<int32_t>(raw - zeros);
      return static_cast<int32_t>(static_cast<uint32_t>(sum) +
                                  static_cast<uint32_t>(sum > 0 ? half : -half));
    };
    const auto encoded = [=](int32_t q) {
      q = q < low ? low : q;
      q = q > high ? high : q;
      if constexpr (sizeof(T) == 1) return static_cast<T>(static_cast<uint8_t>(q + out) ^ mask);
      return static_cast<T>(q);
    };
    if (int64_t{taps} * (sizeof(T) == 1 ? 256 : 65536) < kExact) {
      const auto divisor = static_cast<float>(taps);
      for (int32_t i = 0; i < n; ++i) {
        y[i] = encoded(static_cast<int32_t>(static_cast<float>(halved(sums[i])) / divisor));
      }
    } else {
      for (int32_t i = 0; i < n; ++i) y[i] = encoded(halved(sums[i]) / taps);
    }
  }
};

template <typename Sum, typename T>
void add(const T* __restrict x, int32_t n, uint8_t mask, Sum* __restrict sums) {
  for (int32_t i = 0; i < n; ++i) {
    if constexpr (sizeof(T) == 1) {
      sums[i] += static_cast<uint8_t>(x[i] ^ mask);
    } else {
      sums[i] += static_cast<Sum>(x[i]);
    }
  }
}

template <typename Sum, typename T>
void row_of_many_channels(const Pool& p, int32_t row) {
  const Store store(p);
  const int32_t c = p.x.dim(3), oh = row % p.h.out;
  const int32_t kh0 = p.h.first(oh), kh1 = p.h.last(oh);
  for (int32_t ow = 0; ow < p.w.out; ++ow) {
    const int32_t kw0 = p.w.first(ow), kw1 = p.w.last(ow);
    T* y = p.y.as<T>() + (int64_t{row} * p.w.out + ow) * c;
    for (int32_t first = 0; first < c; first += kBlock) {
      const int32_t n = c - first < kBlock ? c - first : kBlock;
      Sum sums[kBlock];
      for (int32_t i = 0; i < n; ++i) sums[i] = 0;
      for (int32_t kh = kh0; kh < kh1; ++kh) {
        const T* at = p.x.as<const T>() + p.at(row, kh, ow, kw0, first);
        for (int32_t kw = kw0; kw < kw1; ++kw, at += p.x.strides[2]) {
          add(at, n, store.qx.mask, sums);
        }
      }
      store(sums, (kh1 - kh0) * (kw1 - kw0), n, y + first);
    }
  }
}

// Sums windows of a row of column sums into sums[w.out * c]. With stride 1 a tap is one long loop;
// else a window's taps are added at once.
template <typename Sum>
void add_taps(const WindowAxis& w, int32_t c, const Sum* __restrict columns, Sum* __restrict sums) {
  const int32_t n = w.out * c;
  if (w.stride == 1) {
    std::memcpy(sums, columns, sizeof(Sum) * n);
    for (int32_t kw = 1; kw < w.taps; ++kw) {
      const Sum* at = columns + kw * c;
      for (int32_t i = 0; i < n; ++i) sums[i] += at[i];
    }
    return;
  }
  typedef Sum Vector __attribute__((vector_size(kVectorBytes)));
  constexpr int32_t kLanes = kVectorBytes / sizeof(Sum);
  for (int32_t ow = 0; ow < w.out; ++ow) {
    const Sum* window = columns + ow * w.stride * c;
    // what a vector writes behind its window the next one overwrites, or is scratch
    for (int32_t i = 0; i < c; i += kLanes) {
      Vector sum = {};
      for (int32_t kw = 0; kw < w.taps; ++kw) {
        Vector v;
        std::memcpy(&v, window + kw * c + i, sizeof(v));
        sum += v;
      }
      std::memcpy(sums + ow * c + i, &sum, sizeof(sum));
    }
  }
}

template <typename Sum, typename T>
void row_of_few_channels(const AveragePool& s, int32_t row, std::byte* scratch) {
  const Pool& p = s.pool;
  const Store store(p);
  const int32_t c = p.x.dim(3), oh = row % p.h.out;
  const int32_t kh0 = p.h.first(oh), kh1 = p.h.last(oh);
  auto* columns = reinterpret_cast<Sum*>(scratch);
  Sum* sums = columns + s.padded;
  for (int32_t i = 0; i < s.padded; ++i) columns[i] = 0;
  const int32_t reach = (p.w.out - 1) * p.w.stride + p.w.taps - p.w.pad;
  const int32_t inside = (reach < p.w.in ? reach : p.w.in) * c;
  for (int32_t kh = kh0; kh < kh1; ++kh) {
    const T* at = p.x.as<const T>() + p.at(row, kh, 0, p.w.pad, 0);
    add(at, inside, store.qx.mask, columns + p.w.pad * c);
  }
  add_taps(p.w, c, columns, sums);
  T* y = p.y.as<T>() + int64_t{row} * p.w.out * c;
  for (int32_t ow = 0; ow < p.w.out;) {
    const int32_t taps = count(p.w, ow);
    int32_t end = ow + 1;
    while (end < p.w.out && count(p.w, end) == taps) ++end;
    store(sums + ow * c, taps * (kh1 - kh0), (end - ow) * c, y + ow * c);
    ow = end;
  }
}

template <typename Sum, typename T>
void row_of(const AveragePool& s, int32_t row, std::byte* scratch) {
  if (s.columns) {
    row_of_few_channels<Sum, T>(s, row, scratch);
  } else {
    row_of_many_channels<Sum, T>(s.pool, row);
  }
}

void row(const AveragePool& s, int32_t row, std::byte* scratch) {
  if (s.pool.x.type == Type::kF32) {
    row_of<float, float>(s, row, scratch);
  } else if (s.pool.x.type == Type::kI16) {
    row_of<uint32_t, int16_t>(s, row, scratch);
  } else {
    row_of<uint32_t, uint8_t>(s, row, scratch);
  }
}
