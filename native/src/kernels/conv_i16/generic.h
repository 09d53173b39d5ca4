// SPDX-License-Identifier: Apache-2.0
//
// Rows by blocks of 16 channels, over the tile that tile.h declares. Included inside an unnamed
// namespace.

using Sums = int32_t[kI16Rows][kI16Lanes];

// The sums in int64, flushed before int32 could overflow.
template <int kRows>
void sum_rows(const I16Call& call, int64_t x, int32_t block, int64_t (&acc)[kI16Rows][kI16Lanes]) {
  const I16Weights& w = *call.w;
  alignas(64) Sums sums;
  const int16_t* data = w.data + block * w.block_step();
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

// A bias may be any int64: the sum wraps.
template <typename Sum>
inline uint64_t with_bias(const I16Block& block, const Sum* sums, int32_t c) {
  return static_cast<uint64_t>(sums[c]) + static_cast<uint64_t>(block.bias[c]);
}

template <typename Sum>
inline void requantize_wide(const I16Block& block, const Sum* sums, int32_t* out) {
  for (int c = 0; c < kI16Lanes; ++c) {
    const auto product = with_bias(block, sums, c) * static_cast<uint64_t>(block.multiplier[c]);
    const uint64_t half = uint64_t{1} << (14 - block.shift[c]);
    out[c] = static_cast<int32_t>(static_cast<int64_t>(product + half) >> (15 - block.shift[c]));
  }
}

// multiply_half_up and multiply_half_away without branches, so that the compiler makes vectors.
template <typename Sum>
inline void requantize(const I16Block& block, const Sum* sums, int32_t away, int32_t* out) {
  for (int c = 0; c < kI16Lanes; ++c) {
    const auto sum = static_cast<uint32_t>(sums[c]) + static_cast<uint32_t>(block.bias[c]);
    const int32_t shift = block.shift[c];
    const int32_t left = shift > 0 ? shift : 0, right = shift > 0 ? 0 : -shift;
    const auto v = static_cast<int32_t>(sum << left);
    const int64_t product = int64_t{v} * block.multiplier[c] + (int64_t{1} << 30);
    const auto high = static_cast<int32_t>(static_cast<uint64_t>(product) >> 31);
    const auto mask = static_cast<int32_t>((uint32_t{1} << right) - 1);
    const int32_t threshold = (mask >> 1) + (high < 0 ? away : 0);
    out[c] = (high >> right) + ((high & mask) > threshold ? 1 : 0);
  }
}

template <typename Sum>
inline void requantize_real(const I16Block& block, const Sum* sums, double min, double max,
                            int32_t* out) {
  for (int c = 0; c < kI16Lanes; ++c) {
    const auto sum = static_cast<int64_t>(with_bias(block, sums, c));
    double v = static_cast<double>(sum) * block.factor[c];
    v = v < min ? min : v > max ? max : v;
    const auto whole = static_cast<int32_t>(v);
    const double rest = v - whole;
    out[c] = whole + (rest >= 0.5 ? 1 : 0) - (rest <= -0.5 ? 1 : 0);
  }
}

template <int kRows, typename Sum>
void store_rows(const I16Call& call, int32_t m, int32_t block,
                const Sum (&sums)[kI16Rows][kI16Lanes]) {
  const I16Block& parameters = call.w->block[block];
  const int32_t first = block * kI16Lanes;
  const int32_t left = call.w->co - first;
  const int32_t columns = left < kI16Lanes ? left : kI16Lanes;
  const int32_t form = call.w->form, min = call.min, max = call.max;
  for (int r = 0; r < kRows; ++r) {
    int32_t out[kI16Lanes];
    if (form == 3) {
      requantize_wide(parameters, sums[r], out);
    } else if (form == 4) {
      requantize_real(parameters, sums[r], min, max, out);
    } else {
      requantize(parameters, sums[r], form == 2 ? 1 : 0, out);
    }
    int16_t narrow[kI16Lanes];
    for (int c = 0; c < kI16Lanes; ++c) {
      const int32_t v = out[c] < min ? min : out[c];
      narrow[c] = static_cast<int16_t>(v > max ? max : v);
    }
    int16_t* y = call.y + (m + r) * call.y_stride + first;
    if (columns == kI16Lanes) {
      __builtin_memcpy(y, narrow, sizeof(narrow));
    } else {
      __builtin_memcpy(y, narrow, sizeof(int16_t) * columns);
    }
  }
}

template <int kRows>
void run_rows(const I16Call& call, int32_t m, int32_t block) {
  const I16Weights& w = *call.w;
  if (w.narrow) {
    alignas(64) Sums sums;
    tile<kRows>({call.x + m * call.x_stride, call.x_stride, call.segment_offset, w.segments,
                 w.pairs, w.data + block * w.block_step()},
                sums[0]);
    store_rows<kRows>(call, m, block, sums);
  } else {
    int64_t sums[kI16Rows][kI16Lanes];
    sum_rows<kRows>(call, m * call.x_stride, block, sums);
    store_rows<kRows>(call, m, block, sums);
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
