// SPDX-License-Identifier: Apache-2.0
#include "kernels/conv_f32/conv_f32.h"

namespace octet {

const ConvF32Isa& select_conv_f32(Isa have) {
#define OCTET_CONV_F32(name) \
  if (isa_covers(have, name.isa)) return name;
#include "kernels/conv_f32/kernels.inc"
#undef OCTET_CONV_F32
  return conv_f32__scalar;
}

const ConvF32Isa& select_conv_f32_floats(Isa have) {
  return select_conv_f32(have == Isa::kNeonHalf ? Isa::kNeonDot : have);
}

// Two vectors leave the most rows to a tile; three where that leaves no narrow panel.
// Halves take four, which convert x for more columns at once.
int32_t ConvF32Isa::panel(int32_t n) const {
  const int32_t needed = n == 0 ? 1 : (n - 1) / lanes + 1;
  if (needed <= vectors) return needed * lanes;
  if (halves) return (needed % 4 != 0 && needed % 3 == 0 ? 3 : 4) * lanes;
  return (needed % 3 == 0 && vectors >= 3 ? 3 : 2) * lanes;
}

void ConvF32Isa::run_rows(ConvF32Panels* panels, int32_t m, int32_t most) const {
  ConvF32Tile& tile = panels->tile;
  if (m == 1) {
    run_row(*panels);
    return;
  }
  // Changed in place: a copy made now would wait until what the caller wrote is in the cache.
  const float *w = tile.w, *bias = tile.bias;
  const int32_t n = tile.n;
  float* y = tile.y;
  const int32_t tiles = m <= most ? (m > 0) : (m - 1) / most + 1;
  const int32_t rows = tiles <= 1 ? m : m / tiles;
  for (int32_t i = 0; i < tiles; ++i) {
    const int32_t height = rows + (i < m - rows * tiles);
    tile.ahead = tile.x + height * tile.x_step;
    if (panels->ahead < panels->ahead_end) {
      tile.ahead = panels->ahead;
      panels->ahead += int64_t{tile.taps} * tile.k * kConvF32Ahead;
    }
    for (int32_t j = 0; j < n; j += tile.nr) {
      tile.n = n - j < tile.nr ? n - j : tile.nr;
      tile.bias = bias + j;
      tile.y = y + j;
      run[units(tile.n) - 1][height - 1](tile);
      tile.w += panels->panel_stride;
    }
    tile.x += height * tile.x_step;
    y += height * tile.y_step;
    tile.w = w;
  }
  tile.n = n;
  tile.bias = bias;
}

}  // namespace octet
