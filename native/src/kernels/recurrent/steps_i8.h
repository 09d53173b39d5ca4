// SPDX-License-Identifier: Apache-2.0
//
// All steps of an int8 LSTM. Included by generic.h, whose names it uses.

// Two vectors of sums in the order of `plain_column` to one of int16 in the order of cells, added
// to `add` and saturated.
OCTET_INLINE H gate_i16(const int32_t* sums, const Scale& scale, H add) {
  const I low = scaled(load(sums), scale) + widen_low(add);
  const I high = scaled(load(sums + kLanes), scale) + widen_high(add);
  return pack16(low, high);
}

OCTET_INLINE H load_h(const int16_t* p) {
  H v;
  __builtin_memcpy(&v, p, sizeof(v));
  return v;
}

OCTET_INLINE H divided(H a, H b, int32_t right) {
  return pack16(divide(product_low(a, b), right), divide(product_high(a, b), right));
}

OCTET_INLINE H tanh16_of(int32_t integer_bits, H x) {
  switch (integer_bits) {
    case 0:
      return tanh16_lanes<0>(x);
    case 1:
      return tanh16_lanes<1>(x);
    case 2:
      return tanh16_lanes<2>(x);
    case 3:
      return tanh16_lanes<3>(x);
    case 4:
      return tanh16_lanes<4>(x);
    case 5:
      return tanh16_lanes<5>(x);
    default:
      return tanh16_lanes<6>(x);
  }
}

void narrow_i16(const int32_t* sums, Factor factor, int32_t n, int16_t* y) {
  const Scale scale(factor);
  for (int32_t j = 0; j < n; j += 2 * kLanes) {
    const H v = gate_i16(sums + j, scale, splat16(0));
    __builtin_memcpy(y + j, &v, sizeof(v));
  }
}

void steps_i8(const StepsI8& p) {
  const int32_t full = p.gates - 3;
  const Scale of_i(p.recurrent[0]), of_f(p.recurrent[full]), of_g(p.recurrent[full + 1]),
      of_o(p.recurrent[full + 2]), of_h(p.hidden);
  const H zero = splat16(p.hidden_zero), ones = splat16(32767);
  const H low = splat16(-p.clip), high = splat16(p.clip);
  const int16_t* z = p.z;
  for (int32_t t = 0; t < p.steps; ++t) {
    if (!p.multiplied) product_i8(p.product, 0, panels(p.product.n));
    for (int32_t b = 0; b < p.batch; ++b, z += int64_t{p.gates} * p.columns) {
      const int32_t* sums = p.product.y + b * p.product.y_stride;
      for (int32_t j = 0; j < p.cells; j += 2 * kLanes) {
        const auto gate = [&](int32_t g, const Scale& scale) __attribute__((always_inline)) {
          const int32_t at = g * p.columns + j;
          return gate_i16(sums + at, scale, load_h(z + at));
        };
        const H f = logistic16_lanes(gate(full, of_f));
        const H i = full != 0 ? logistic16_lanes(gate(0, of_i)) : ones - f;
        const H g = tanh16_lanes<3>(gate(full + 1, of_g));
        int16_t* cell = p.c + int64_t{b} * p.columns + j;
        H c = adds16(divided(f, load_h(cell), 15), divided(i, g, p.right));
        if (p.clip > 0) c = greatest16(low, least16(high, c));
        __builtin_memcpy(cell, &c, sizeof(c));
        // not needed before tanh(c), whose steps wait for each other
        const H o = logistic16_lanes(gate(full + 2, of_o));
        const H squashed = tanh16_of(p.right - 15, c);
        const H m = adds16(
            pack16(scaled(product_low(o, squashed), of_h), scaled(product_high(o, squashed), of_h)),
            zero);
        store_bytes(m, p.cells - j, p.h + b * p.product.x_stride + j,
                    p.y + t * p.y_step + b * p.y_row + j);
      }
    }
  }
}
