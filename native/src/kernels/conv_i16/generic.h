// SPDX-License-Identifier: Apache-2.0
//
// Rows by blocks of 16 channels, over the tile that tile.h declares. Included inside an unnamed
// namespace.

using Sums = int32_t[kI16Rows][kI16Lanes];

template <int kRows>
void sum_rows(const I16Call& call, int64_t x, int32_t block, int64_t (&acc)[kI16Rows][kI16Lanes]) {
  const I16Weights& w = *call.w;
  alignas(64) Sums sums;
  const int16_t* data = w.data + block * w.block_step();
  if (w.narrow) {
    tile<kRows>({call.x + x, call.x_stride, call.segment_offset, w.segments, w.pairs, data},
                sums[0]);
    for (int r = 0; r < kRows; ++r) {
      for (int c = 0; c < kI16Lanes; ++c) acc[r][c] = sums[r][c];
    }
    return;
  }
  for (int r = 0; r < kRows; ++r) {
    for (int c = 0; c < kI16Lanes; ++c) acc[r][c] = 0;
  }
  for (int32_t s = 0; s < w.segments; ++s) {
    for (int32_t first = 0; first < w.pairs; first += kFlushPairs) {
      const int32_t pairs = w.pairs - first < kFlushPairs ? w.pairs - first : kFlushPairs;
      const int64_t pair = int64_t{s} * w.pairs + first;
      const int64_t none = 0;
      tile<kRows>({call.x + x + call.segment_offset[s] + 2 * first, call.x_stride, &none, 1, pairs,
                   data + 2 * kI16Lanes * pair},
                  sums[0]);
      for (int r = 0; r < kRows; ++r) {
        for (int c = 0; c < kI16Lanes; ++c) acc[r][c] += sums[r][c];
      }
    }
  }
}

inline void requantize_row(const I16Call& call, const I16Block& block, const int64_t* acc,
                           int32_t* out) {
  if (call.w->form == 3) {
    for (int c = 0; c < kI16Lanes; ++c) {
      const auto product = static_cast<uint64_t>(acc[c] + block.bias[c]) *
                           static_cast<uint64_t>(block.multiplier[c]);
      const uint64_t half = uint64_t{1} << (14 - block.shift[c]);
      out[c] = static_cast<int32_t>(static_cast<int64_t>(product + half) >> (15 - block.shift[c]));
    }
    return;
  }
  for (int c = 0; c < kI16Lanes; ++c) {
    const auto sum = static_cast<int32_t>(acc[c] + block.bias[c]);
    out[c] = call.w->form == 1 ? multiply_half_up(sum, block.multiplier[c], block.shift[c])
                               : multiply_half_away(sum, block.multiplier[c], block.shift[c]);
  }
}

template <int kRows>
void run_rows(const I16Call& call, int32_t m, int32_t block) {
  int64_t acc[kI16Rows][kI16Lanes];
  sum_rows<kRows>(call, m * call.x_stride, block, acc);
  const int32_t first = block * kI16Lanes;
  const int32_t left = call.w->co - first;
  const int32_t columns = left < kI16Lanes ? left : kI16Lanes;
  for (int r = 0; r < kRows; ++r) {
    int32_t out[kI16Lanes];
    requantize_row(call, call.w->block[block], acc[r], out);
    int16_t narrow[kI16Lanes];
    for (int c = 0; c < kI16Lanes; ++c) {
      const int32_t v = out[c] < call.min ? call.min : out[c];
      narrow[c] = static_cast<int16_t>(v > call.max ? call.max : v);
    }
    int16_t* y = call.y + (m + r) * call.y_stride + first;
    if (columns == kI16Lanes) {
      __builtin_memcpy(y, narrow, sizeof(narrow));
    } else {
      __builtin_memcpy(y, narrow, sizeof(int16_t) * columns);
    }
  }
}

void run(const I16Call& call) {
  for (int32_t block = call.first_block; block < call.last_block; ++block) {
    int32_t m = 0;
    for (; m + 8 <= call.m; m += 8) run_rows<8>(call, m, block);
    for (; m + 4 <= call.m; m += 4) run_rows<4>(call, m, block);
    for (; m < call.m; ++m) run_rows<1>(call, m, block);
  }
}
