// SPDX-License-Identifier: Apache-2.0
//
// All steps of a float LSTM. Included by generic.h, whose names it uses.

// 1 + e^-x and, by itself and less 2, e^2x + 1: logistic(x) is 1 / of the first, tanh(x) the
// quotient of the others.
OCTET_INLINE F logistic_divisor(F x) {
  return splat(2.0f) + expm1_lanes(-least(splat(87.0f), greatest(splat(-87.0f), x)));
}
OCTET_INLINE F tanh_dividend(F x) {
  const F limited = least(splat(10.0f), greatest(splat(-10.0f), x));
  return expm1_lanes(limited + limited);
}

void steps_f32(const StepsF32& p) {
  const int32_t n = p.cells;
  const F low = splat(-p.clip), high = splat(p.clip);
  ProductF32 product = p.product;
  for (int32_t t = 0; t < p.steps; ++t) {
    if (!p.multiplied) product_f32(product, 0, panels(product.n));
    for (int32_t b = 0; b < p.product.m; ++b) {
      const float* z = product.y + b * product.y_stride;
      float *c = p.c + int64_t{b} * n, *h = p.h + b * product.x_stride;
      float* y = p.y == nullptr ? nullptr : p.y + t * p.y_step + b * p.y_row;
      for (int32_t j = 0; j < n; j += kLanes) {
        const F g = tanh_dividend(load(z + 2 * n + j));
        // a divisor that overflows gives 0, as it should
        const F added = g / (logistic_divisor(load(z + j)) * (g + splat(2.0f)));
        F next = load(c + j) / logistic_divisor(load(z + n + j)) + added;
        if (p.clip > 0) next = least(high, greatest(low, next));
        store_first(next, n - j, c + j);
        const F e = tanh_dividend(next);
        const F hidden = e / (logistic_divisor(load(z + 3 * n + j)) * (e + splat(2.0f)));
        store(hidden, h + j);
        if (y != nullptr) store_first(hidden, n - j, y + j);
      }
    }
    product.y += p.z_step;
  }
}
