// SPDX-License-Identifier: Apache-2.0
//
// Rows by whole vectors. Included inside an unnamed namespace after the lanes of an instruction set
// and lanes.h, with whole_rows and estimated_rows of pairs.h.

inline V masks(uint8_t mask, const uint8_t*) { return splat(mask); }
inline V masks(uint8_t, const int16_t*) { return splat(0); }

// Calls body(a_of, b_of): a repeated input is scaled once.
template <typename T, typename A, typename B, typename Body>
inline void inputs(const T* a, int64_t a_step, const T* b, int64_t b_step, const A& scale_a,
                   const B& scale_b, const Body& body) {
  const auto a_of = [&](int64_t i) { return scale_a(load(a + i)); };
  const auto b_of = [&](int64_t i) { return scale_b(load(b + i)); };
  if (a_step == 0) {
    const V one = scale_a(splat(*a));
    body([one](int64_t) { return one; }, b_of);
  } else if (b_step == 0) {
    const V one = scale_b(splat(*b));
    body(a_of, [one](int64_t) { return one; });
  } else {
    body(a_of, b_of);
  }
}

void row_single(const AddQuantized& s, const uint8_t* a, int64_t a_step, const uint8_t* b,
                int64_t b_step, uint8_t* y, int64_t n) {
  if (a_step == 1 && b_step == 1) {
    const int64_t done = whole_rows(s, a, b, y, n, nullptr);
    a += done;
    b += done;
    y += done;
    n -= done;
  }
  const int32_t zeros = s.a.zero * s.a.multiplier + s.b.zero * s.b.multiplier;
  const V start = splat((1 << (-s.y_shift - 1)) - zeros);
  const V fa = splat(s.a.multiplier), fb = splat(s.b.multiplier);
  const V a_mask = splat(s.a.mask), b_mask = splat(s.b.mask);
  const Ending<uint8_t> ending(s.y_zero, s.y_min, s.y_max, s.y_offset, s.y_mask);
  inputs(
      a, a_step, b, b_step, [=](V x) { return low_product(exclusive_or(x, a_mask), fa); },
      [=](V x) { return low_product(exclusive_or(x, b_mask), fb); },
      [&](const auto& a_of, const auto& b_of) {
        each_vector(a_of, b_of, y, n, [=, &s](V sa, V sb) {
          return ending(shift_right(add(add(sa, sb), start), -s.y_shift));
        });
      });
}

template <bool kSubtract, typename T>
void row_steps(const AddQuantized& s, const T* a, int64_t a_step, const T* b, int64_t b_step, T* y,
               int64_t n) {
  const Factor fa = factor(s.a.multiplier, s.a.shift), fb = factor(s.b.multiplier, s.b.shift);
  const Factor fy = factor(s.y_multiplier, s.y_shift);
  const V a_mask = masks(s.a.mask, a), b_mask = masks(s.b.mask, b);
  const V a_zero = splat(s.a.zero), b_zero = splat(s.b.zero);
  const Ending<T> ending(s.y_zero, s.y_min, s.y_max, s.y_offset, s.y_mask);
  const int32_t left = s.left_shift;
  inputs(
      a, a_step, b, b_step,
      [=](V x) { return half_away(shift_left(sub(exclusive_or(x, a_mask), a_zero), left), fa); },
      [=](V x) { return half_away(shift_left(sub(exclusive_or(x, b_mask), b_zero), left), fb); },
      [&](const auto& a_of, const auto& b_of) {
        each_vector(a_of, b_of, y, n, [=](V sa, V sb) {
          return ending(half_away(kSubtract ? sub(sa, sb) : add(sa, sb), fy));
        });
      });
}

// half_away(x << 15, multiplier, shift) of an int16 x, whose product with the halves of the
// multiplier fit int32.
struct WordFactor {
  Factor factor;
  V high, low, half;
};

inline WordFactor word_factor(const AddInput& input) {
  return {factor(input.multiplier, input.shift), splat(input.multiplier >> 16),
          splat(input.multiplier & 0xffff), splat(1 << 15)};
}

inline V scaled_word(V x, const WordFactor& f) {
  if constexpr (kOneStepHighProduct) return half_away(shift_left(x, 15), f.factor);
  const V low = shift_right(add(low_product(x, f.low), f.half), 16);
  return rounded_shift(add(low_product(x, f.high), low), f.factor);
}

// Calls body(scale); the input of the larger scale has the factor 1/2.
template <typename Body>
inline void with_scale(const AddInput& input, const Body& body) {
  if (input.multiplier == 1 << 30 && input.shift == 0) {
    body([](V x) { return shift_left(x, 14); });
  } else {
    const WordFactor f = word_factor(input);
    body([f](V x) { return scaled_word(x, f); });
  }
}

template <bool kSubtract>
void row_words(const AddQuantized& s, const int16_t* a, int64_t a_step, const int16_t* b,
               int64_t b_step, int16_t* y, int64_t n) {
  const Factor fy = factor(s.y_multiplier, s.y_shift);
  const Ending<int16_t> ending(s.y_zero, s.y_min, s.y_max, 0, 0);
  with_scale(s.a, [&](const auto& scale_a) {
    with_scale(s.b, [&](const auto& scale_b) {
      inputs(a, a_step, b, b_step, scale_a, scale_b, [&](const auto& a_of, const auto& b_of) {
        each_vector(a_of, b_of, y, n, [=](V sa, V sb) {
          return ending(half_away(kSubtract ? sub(sa, sb) : add(sa, sb), fy));
        });
      });
    });
  });
}

template <typename T>
void row(const AddQuantized& s, const T* a, int64_t a_step, const T* b, int64_t b_step, T* y,
         int64_t n) {
  const bool even = (a_step == 0 || a_step == 1) && (b_step == 0 || b_step == 1);
  if (!even) {
    const AddIsa& plain = add__scalar;
    if constexpr (sizeof(T) == 1)
      plain.row8(s, a, a_step, b, b_step, y, n);
    else
      plain.row16(s, a, a_step, b, b_step, y, n);
    return;
  }
  if constexpr (sizeof(T) == 1) {
    if (s.single) return row_single(s, a, a_step, b, b_step, y, n);
  } else if (s.left_shift == 15) {
    return (s.subtract ? row_words<true> : row_words<false>)(s, a, a_step, b, b_step, y, n);
  }
  const auto exact = s.subtract ? row_steps<true, T> : row_steps<false, T>;
  if constexpr (sizeof(T) == 1) {
    if (s.estimate.usable && a_step == 1 && b_step == 1) {
      const int64_t done = estimated_rows(s, a, b, y, n, exact);
      a += done;
      b += done;
      y += done;
      n -= done;
    }
  }
  exact(s, a, a_step, b, b_step, y, n);
}
