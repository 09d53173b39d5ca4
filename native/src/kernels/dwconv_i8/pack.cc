// SPDX-License-Identifier: Apache-2.0
#include <cstring>

#include "base/memory.h"
#include "kernels/dwconv_i8/dwconv_i8.h"

namespace octet {
namespace {

constexpr int32_t kMaxChannels = 1 << 20;
constexpr int32_t kMaxTaps = 4096;
constexpr int32_t kFloatOne = 1 << 23;         // a float of this size has ones as its last bit
constexpr int32_t kFloatOneBits = 0x4b000000;  // as float

struct Source {
  const DwconvI8Shape& shape;
  const std::byte* w;
  const std::byte* bias;

  int32_t centered(int32_t tap, int32_t c) const {
    return static_cast<int8_t>(w[int64_t{tap} * shape.channels + c]) - shape.w_zero;
  }
  // Lane parameters of a channel: bias with x_zero folded in, and a bound of |acc|.
  int32_t folded_bias(int32_t c, int64_t* bound) const {
    const int64_t span = shape.x_zero > 127 ? shape.x_zero : 255 - shape.x_zero;
    int32_t b = 0;
    if (bias != nullptr) std::memcpy(&b, bias + int64_t{4} * c, sizeof(b));
    int64_t sum = 0, magnitude = 0;
    for (int32_t t = 0; t < shape.kh * shape.kw; ++t) {
      const int32_t value = centered(t, c);
      sum += value;
      magnitude += value < 0 ? -value : value;
    }
    *bound = (b < 0 ? -int64_t{b} : b) + span * magnitude;
    return static_cast<int32_t>(static_cast<uint32_t>(b - (shape.x_zero - kDotForm) * sum));
  }
};

bool fits_int8(int32_t value) { return value >= -128 && value <= 127; }

float scale_of(const RequantizeSource& requantize, int32_t c) {
  float scale;
  std::memcpy(&scale, requantize.scale + int64_t{4} * c, sizeof(scale));
  return scale;
}

void set_real_lane(const Source& source, const RequantizeSource& requantize, int32_t c,
                   RealBlock* block, int32_t lane) {
  block->scale[lane] = scale_of(requantize, c);
  if (source.bias != nullptr) {
    std::memcpy(&block->offset[lane], source.bias + int64_t{4} * c, sizeof(float));
  }
  for (int32_t t = 0; t < source.shape.kh * source.shape.kw; ++t) {
    block->sums[lane] += source.centered(t, c);
  }
}

// Of a 3x3 strip: the only row with weights beyond int8, kDwconvI8NoRow without such; -1: several
// rows.
int32_t row_beyond_int8(const Source& source, int32_t first, int32_t end) {
  int32_t row = -1;
  for (int32_t t = 0; t < 9; ++t) {
    for (int32_t c = first; c < end; ++c) {
      if (fits_int8(source.centered(t, c))) continue;
      if (row >= 0 && row != t / 3) return -1;
      row = t / 3;
    }
  }
  return row < 0 ? kDwconvI8NoRow : row;
}

int32_t round_up(int32_t value, int32_t to) { return (value + to - 1) / to * to; }

}  // namespace

DwconvI8Weights plan_dwconv_i8(const DwconvI8Shape& shape, Isa isa, const std::byte* w,
                               const std::byte* bias, const RequantizeSource& requantize) {
  DwconvI8Weights plan{};
  plan.shape = shape;
  if (shape.channels < 1 || shape.channels > kMaxChannels || shape.kh < 1 || shape.kw < 1 ||
      shape.kh > kMaxTaps / shape.kw) {
    return plan;
  }
  const Source source{shape, w, bias};
  const int32_t taps = shape.kh * shape.kw;
  plan.vector_exact = 1;
  bool relu = shape.rounding == Rounding::kFloat;
  bool fit = true;    // all results fit int16
  bool pairs = true;  // two products add up within int16
  int32_t low = 0, high = 0;
  alignas(FixedBlock) unsigned char block[sizeof(FixedBlock)];
  for (int32_t c = 0; c < shape.channels; ++c) {
    int64_t bound;
    const int32_t b = source.folded_bias(c, &bound);
    if (shape.rounding != Rounding::kReal &&
        !set_lane(shape.rounding, block, 0, b, requantize, c, bound)) {
      plan.vector_exact = 0;
    }
    if (relu) {
      const float scale = scale_of(requantize, c);
      relu = bound < kFloatOne && scale >= 0 && static_cast<double>(bound) * scale < 1 << 30;
      fit = fit && static_cast<double>(bound) * scale < 32767;
    }
    for (int32_t t = 0; t < taps; ++t) {
      const int32_t value = source.centered(t, c);
      low = value < low ? value : low;
      high = value > high ? value : high;
      const int32_t other = t % 2 == 0 ? 0 : source.centered(t - 1, c);
      pairs = pairs && fits_int8(value) && value + other >= -255;
    }
  }
  // 255 = 127 + 128 is no sum of two int8: only uint8 weights with zero point 0 have it.
  const bool dot = isa_covers(isa, Isa::kAvx512Vnni) || isa_covers(isa, Isa::kNeonDot);
  const bool arm = isa_covers(isa, Isa::kNeon);
  const bool bytes = plan.vector_exact != 0 && (dot ? high <= 254 : arm && pairs);
  plan.words = bytes ? 0 : 1;
  plan.group = bytes && dot ? 4 : arm ? 1 : 2;
  plan.halves = bytes && (low < -128 || high > 127) ? 2 : 1;
  const bool columns = shape.kh > 2 ? shape.kw > 1 : shape.kh == 2 && shape.kw > 2;
  plan.quads = plan.group == 4 && columns ? (shape.kh + 3) / 4 : 0;
  plan.slots =
      plan.quads != 0 ? 4 * plan.quads * shape.kw : round_up(taps, plan.group == 4 ? 4 : 2);
  const bool ring = plan.quads != 0 && shape.kh == 3 && shape.kw == 3;
  const int64_t padded = round_up(shape.channels, kRequantizeLanes);  // so do strips
  const int64_t blocks = padded / kRequantizeLanes;
  int64_t end = align_up(sizeof(DwconvI8Weights));
  const auto place = [&](bool there, int64_t bytes) {
    const int64_t offset = end;
    if (there) end = align_up(end + bytes);
    return there ? offset : 0;
  };
  plan.blocks_offset = place(true, blocks * block_bytes(shape.rounding));
  plan.relu_offset = place(relu && bytes, blocks * int64_t{sizeof(DwconvI8ReluBlock)});
  plan.relu_words = relu && fit ? 1 : 0;
  plan.weights_offset = place(true, padded * plan.slots * (plan.words != 0 ? 2 : plan.halves));
  plan.ring_offset = plan.halves == 1 ? plan.weights_offset : place(ring, padded * 12);
  plan.twice_offset = place(ring, blocks);
  plan.pad_offset = place(true, padded + kSlack);
  plan.bytes = end;
  return plan;
}

void pack_dwconv_i8(const DwconvI8Weights& plan, const std::byte* w, const std::byte* bias,
                    const RequantizeSource& requantize, void* packed) {
  std::memcpy(packed, &plan, sizeof(plan));
  const auto& weights = *static_cast<DwconvI8Weights*>(packed);
  const DwconvI8Shape& shape = plan.shape;
  const Source source{shape, w, bias};
  std::memset(const_cast<uint8_t*>(weights.pad()), shape.x_zero ^ kDotForm,
              plan.bytes - plan.pad_offset);
  for (int32_t first = 0; first < shape.channels; first += weights.strip_width(first)) {
    const int32_t width = weights.strip_width(first);
    auto* out = const_cast<int8_t*>(weights.weights(first));
    const int32_t end = shape.channels - first < width ? shape.channels : first + width;
    const int32_t twice = plan.twice_offset != 0 ? row_beyond_int8(source, first, end) : -1;
    const int32_t last = twice == kDwconvI8NoRow ? 2 : twice;
    if (plan.twice_offset != 0) {
      const_cast<int8_t*>(weights.twices())[first / 16] = static_cast<int8_t>(twice);
    }
    for (int32_t c = first; c < end; ++c) {
      const int32_t i = c - first;
      const DwconvI8Weights::Place place = weights.place(i);
      const int32_t flat = place.vector * (width / 4) + place.lane;
      const int32_t block = flat / kRequantizeLanes, in_block = flat % kRequantizeLanes;
      int64_t bound;
      const int32_t b = source.folded_bias(c, &bound);
      void* lanes = const_cast<void*>(weights.block(first, block));
      if (shape.rounding == Rounding::kReal) {
        set_real_lane(source, requantize, c, static_cast<RealBlock*>(lanes), in_block);
      } else {
        set_lane(shape.rounding, lanes, in_block, b, requantize, c, bound);
      }
      if (plan.relu_offset != 0) {
        auto& relu = const_cast<DwconvI8ReluBlock*>(weights.relu(first))[block];
        const float scale = scale_of(requantize, c);
        relu.bias[in_block] =
            static_cast<int32_t>(static_cast<uint32_t>(b) + uint32_t{kFloatOneBits});
        relu.scale[in_block] = scale;
        relu.offset[in_block] = -scale * static_cast<float>(kFloatOne);
      }
      for (int32_t t = 0; t < shape.kh * shape.kw; ++t) {
        const int32_t slot = weights.slot(t / shape.kw, t % shape.kw);
        const int32_t value = source.centered(t, c);
        if (plan.words != 0) {
          const auto word = static_cast<int16_t>(value);
          std::memcpy(out + 2 * weights.index(slot, 0, place, width), &word, 2);
          continue;
        }
        const int32_t second = plan.halves == 2 ? value - (value >> 1) : 0;
        for (int32_t half = 0; half < plan.halves; ++half) {
          out[weights.index(slot, half, place, width)] =
              static_cast<int8_t>(half == 0 ? value - second : second);
        }
      }
      if (twice < 0 || plan.halves == 1) continue;
      auto* ring = const_cast<int8_t*>(weights.ring(first));
      for (int32_t t = 0; t < 9; ++t) {
        const int32_t value = source.centered(t, c);
        const int32_t rest = fits_int8(value) ? 0 : value - (value >> 1);
        int8_t* quad = ring + (t % 3 * 4 + place.vector) * width + place.lane * 4;
        quad[(t / 3 + 2 - last) % 3] = static_cast<int8_t>(value - rest);
        if (t / 3 == twice) quad[3] = static_cast<int8_t>(rest);
      }
    }
  }
}

void set_real_blocks(const DwconvI8Weights& weights, float x_scale, uint32_t x_zero,
                     RealBlock* blocks) {
  const auto* from = static_cast<const RealBlock*>(weights.block(0, 0));
  for (int32_t i = 0; i < weights.blocks(); ++i) {
    for (int32_t lane = 0; lane < kRequantizeLanes; ++lane) {
      const auto sums = static_cast<uint32_t>(from[i].sums[lane]);
      blocks[i].bias[lane] = static_cast<int32_t>(0u - (x_zero - kDotForm) * sums);
      blocks[i].scale[lane] = x_scale * from[i].scale[lane];
      blocks[i].offset[lane] = from[i].offset[lane];
    }
  }
}

}  // namespace octet
