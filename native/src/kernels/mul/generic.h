// SPDX-License-Identifier: Apache-2.0
//
// Rows by whole vectors. Included inside an unnamed namespace after the lanes of an instruction
// set.

inline Number repeated(const MulInput& input, const uint8_t* x) {
  return splat_number((*x ^ input.mask) - input.zero);
}
inline Number repeated(const MulInput&, const int16_t* x) { return splat_number(*x); }

// Calls body(a_of, b_of), which give the numbers from an index on.
template <typename T, typename Body>
inline void inputs(const MulQuantized& s, const T* a, int64_t a_step, const T* b, int64_t b_step,
                   const Body& body) {
  const auto a_of = [&s, a](int64_t i) { return load_number(a + i, s.a.mask, s.a.zero); };
  const auto b_of = [&s, b](int64_t i) { return load_number(b + i, s.b.mask, s.b.zero); };
  if (a_step == 0) {
    const Number one = repeated(s.a, a);
    body([one](int64_t) { return one; }, b_of);
  } else if (b_step == 0) {
    const Number one = repeated(s.b, b);
    body(a_of, [one](int64_t) { return one; });
  } else {
    body(a_of, b_of);
  }
}

template <typename T, typename Y, typename R>
inline void rounded(const MulQuantized& s, const T* a, int64_t a_step, const T* b, int64_t b_step,
                    Y* y, int64_t n, const R& round) {
  const Ending<Y> ending(s.y_zero, s.y_min, s.y_max, s.y_offset, s.y_mask);
  inputs(s, a, a_step, b, b_step, [&](const auto& a_of, const auto& b_of) {
    each_vector(a_of, b_of, y, n, [=](Number p, Number q) { return ending(round(product(p, q))); });
  });
}

template <typename T>
void row(const MulQuantized& s, const T* a, int64_t a_step, const T* b, int64_t b_step, T* y,
         int64_t n) {
  const bool even = (a_step == 0 || a_step == 1) && (b_step == 0 || b_step == 1);
  if (!even) {
    if constexpr (sizeof(T) == 1) {
      mul__scalar.row8(s, a, a_step, b, b_step, y, n);
    } else {
      mul__scalar.row16(s, a, a_step, b, b_step, y, n);
    }
  } else if (s.real) {
    const float scale = s.scale, low = static_cast<float>(s.y_min - s.y_zero);
    const float high = static_cast<float>(s.y_max - s.y_zero);
    rounded(s, a, a_step, b, b_step, y, n, [=](V p) { return scaled(p, scale, low, high); });
  } else {
    const Factor f = factor(s.multiplier, s.shift);
    rounded(s, a, a_step, b, b_step, y, n,
            [=](V p) { return half_away(shift_left(p, f.left), f); });
  }
}

void row16_8(const MulQuantized& s, const int16_t* a, int64_t a_step, const int16_t* b,
             int64_t b_step, uint8_t* y, int64_t n) {
  const bool even = (a_step == 0 || a_step == 1) && (b_step == 0 || b_step == 1);
  if (!even) return mul__scalar.row16_8(s, a, a_step, b, b_step, y, n);
  const V half = splat(1 << 14), most = splat(INT16_MAX), round = splat(1 << 7);
  rounded(s, a, a_step, b, b_step, y, n, [=](V p) {
    const V h = least(most, shift_right(add(p, half), 15));
    return shift_right(add(add(h, round), shift_right(h, 31)), 8);
  });
}
