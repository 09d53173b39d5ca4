// SPDX-License-Identifier: Apache-2.0
//
// Products with packed matrices, tile by tile. Included by generic.h, whose names it uses.

constexpr int32_t kVectorsPerUnit = kColumns / kLanes;

template <int rows, int vectors, int unroll>
OCTET_INLINE void tile_f32(const ProductF32& p, int32_t first_row, const float* w, int64_t width,
                           float* y) {
  const float* x = p.x + first_row * p.x_stride;
  F sums[unroll][rows][vectors];
#pragma GCC unroll 8
  for (int r = 0; r < rows; ++r) {
#pragma GCC unroll 8
    for (int v = 0; v < vectors; ++v) {
      sums[0][r][v] = load(y + r * p.y_stride + v * kLanes);
#pragma GCC unroll 8
      for (int u = 1; u < unroll; ++u) sums[u][r][v] = splat(0.0f);
    }
  }
  int32_t l = 0;
  for (; l + unroll <= p.k; l += unroll) {
#pragma GCC unroll 8
    for (int u = 0; u < unroll; ++u, w += width) {
#pragma GCC unroll 8
      for (int r = 0; r < rows; ++r) {
        const F a = splat(x[r * p.x_stride + l + u]);
#pragma GCC unroll 8
        for (int v = 0; v < vectors; ++v) {
          sums[u][r][v] = multiply_add(a, load(w + v * kLanes), sums[u][r][v]);
        }
      }
    }
  }
  for (; l < p.k; ++l, w += width) {
#pragma GCC unroll 8
    for (int r = 0; r < rows; ++r) {
      const F a = splat(x[r * p.x_stride + l]);
#pragma GCC unroll 8
      for (int v = 0; v < vectors; ++v) {
        sums[0][r][v] = multiply_add(a, load(w + v * kLanes), sums[0][r][v]);
      }
    }
  }
#pragma GCC unroll 8
  for (int r = 0; r < rows; ++r) {
#pragma GCC unroll 8
    for (int v = 0; v < vectors; ++v) {
#pragma GCC unroll 8
      for (int u = 1; u < unroll; ++u) sums[0][r][v] += sums[u][r][v];
      store(sums[0][r][v], y + r * p.y_stride + v * kLanes);
    }
  }
}

template <int rows>
OCTET_INLINE void panel_f32(const ProductF32& p, int32_t first_row, const float* w, int64_t width,
                            float* y) {
  // enough sums at once that the additions of one do not wait for each other
  constexpr int wide = rows == 1 ? 4 : kVectorsPerUnit < 2 ? 4 : kVectorsPerUnit;
  constexpr int narrow = kVectorsPerUnit;
  int64_t j = 0;
  for (; j + wide * kLanes <= width; j += wide * kLanes) {
    tile_f32<rows, wide, rows == 1 ? 2 : 1>(p, first_row, w + j, width, y + j);
  }
  if constexpr (narrow < wide) {
    for (; j < width; j += narrow * kLanes) {
      tile_f32<rows, narrow, rows == 1 ? 4 : 1>(p, first_row, w + j, width, y + j);
    }
  }
}

int64_t width_of(int32_t n, int32_t panel) {
  const int64_t left = padded_columns(n) - int64_t{panel} * kPanel;
  return left < kPanel ? left : kPanel;
}

void product_f32(const ProductF32& p, int32_t first, int32_t last) {
  for (int32_t panel = first; panel < last; ++panel) {
    const int64_t width = width_of(p.n, panel);
    const float* w = p.w + int64_t{panel} * kPanel * p.k;
    float* y = p.y + int64_t{panel} * kPanel;
    int32_t row = 0;
    for (; row + kRowsF32 <= p.m; row += kRowsF32) {
      panel_f32<kRowsF32>(p, row, w, width, y + row * p.y_stride);
    }
    for (; row < p.m; ++row) panel_f32<1>(p, row, w, width, y + row * p.y_stride);
  }
}

template <int rows, int units>
OCTET_INLINE void tile_i8(const ProductI8& p, int32_t first_row, const int8_t* w, int64_t width,
                          int64_t column) {
  const uint8_t* x = p.x + first_row * p.x_stride;
  Unit sums[rows][units];
#pragma GCC unroll 8
  for (int r = 0; r < rows; ++r) {
#pragma GCC unroll 8
    for (int u = 0; u < units; ++u) clear(&sums[r][u]);
  }
  for (int32_t l = 0; l < p.k; l += 4, w += width * 4) {
#pragma GCC unroll 8
    for (int r = 0; r < rows; ++r) {
#pragma GCC unroll 8
      for (int u = 0; u < units; ++u) {
        add(&sums[r][u], x + r * p.x_stride + l, w + u * kColumns * 4);
      }
    }
  }
#pragma GCC unroll 8
  for (int r = 0; r < rows; ++r) {
#pragma GCC unroll 8
    for (int u = 0; u < units; ++u) {
      const int64_t at = column + u * kColumns;
      finish(sums[r][u], p.start + at, p.y + (first_row + r) * p.y_stride + at);
    }
  }
}

template <int rows>
OCTET_INLINE void panel_i8(const ProductI8& p, int32_t first_row, const int8_t* w, int64_t width,
                           int64_t column) {
  int64_t j = 0;
  for (; j + kUnitsI8 * kColumns <= width; j += kUnitsI8 * kColumns) {
    tile_i8<rows, kUnitsI8>(p, first_row, w + j * 4, width, column + j);
  }
  if constexpr (kUnitsI8 > 1) {
    for (; j < width; j += kColumns) {
      tile_i8<rows, 1>(p, first_row, w + j * 4, width, column + j);
    }
  }
}

void product_i8(const ProductI8& p, int32_t first, int32_t last) {
  for (int32_t panel = first; panel < last; ++panel) {
    const int64_t width = width_of(p.n, panel);
    const int8_t* w = p.w + int64_t{panel} * kPanel * padded_rows_i8(p.k);
    int32_t row = 0;
    for (; row + kRowsI8 <= p.m; row += kRowsI8) {
      panel_i8<kRowsI8>(p, row, w, width, int64_t{panel} * kPanel);
    }
    if constexpr (kRowsI8 > 1) {
      for (; row < p.m; ++row) panel_i8<1>(p, row, w, width, int64_t{panel} * kPanel);
    }
  }
}
