// SPDX-License-Identifier: Apache-2.0
#include <cstring>

#include "base/memory.h"
#include "kernels/dwconv_i8/dwconv_i8.h"

namespace octet {
namespace {

constexpr int32_t kMaxChannels = 1 << 20;
constexpr int32_t kMaxTaps = 4096;

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
    return static_cast<int32_t>(static_cast<uint32_t>(b - shape.x_zero * sum));
  }
};

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
  int32_t low = 0, high = 0;
  alignas(FixedBlock) unsigned char block[sizeof(FixedBlock)];
  for (int32_t c = 0; c < shape.channels; ++c) {
    int64_t bound;
    const int32_t b = source.folded_bias(c, &bound);
    if (!set_lane(shape.rounding, block, 0, b, requantize, c, bound)) plan.vector_exact = 0;
    for (int32_t t = 0; t < taps; ++t) {
      const int32_t value = source.centered(t, c);
      low = value < low ? value : low;
      high = value > high ? value : high;
    }
  }
  // 255 = 127 + 128 is no sum of two int8: only uint8 weights with zero point 0 have it.
  const bool bytes = isa_covers(isa, Isa::kAvx512Vnni) && high <= 254 && plan.vector_exact != 0;
  plan.words = bytes ? 0 : 1;
  plan.halves = bytes && (low < -128 || high > 127) ? 2 : 1;
  plan.columns = bytes && shape.kh == 3 ? 1 : 0;
  plan.slots = plan.columns != 0 ? 4 * shape.kw : round_up(taps, bytes ? 4 : 2);
  // strips end at a multiple of 16 channels
  const int64_t padded = round_up(shape.channels, kRequantizeLanes);
  plan.blocks_offset = align_up(sizeof(DwconvI8Weights));
  plan.weights_offset =
      plan.blocks_offset + padded / kRequantizeLanes * block_bytes(shape.rounding);
  plan.pad_offset =
      align_up(plan.weights_offset + padded * plan.slots * (plan.words != 0 ? 2 : plan.halves));
  plan.bytes = align_up(plan.pad_offset + padded + kSlack);
  return plan;
}

void pack_dwconv_i8(const DwconvI8Weights& plan, const std::byte* w, const std::byte* bias,
                    const RequantizeSource& requantize, void* packed) {
  std::memcpy(packed, &plan, sizeof(plan));
  const auto& weights = *static_cast<DwconvI8Weights*>(packed);
  const DwconvI8Shape& shape = plan.shape;
  const Source source{shape, w, bias};
  std::memset(const_cast<uint8_t*>(weights.pad()), shape.x_zero, plan.bytes - plan.pad_offset);
  for (int32_t first = 0; first < shape.channels; first += weights.strip_width(first)) {
    const int32_t width = weights.strip_width(first);
    auto* out = const_cast<int8_t*>(weights.weights(first));
    for (int32_t i = 0; i < width && first + i < shape.channels; ++i) {
      const int32_t c = first + i;
      const int32_t vector = i % 16 / 4, lane = i / 16 * 4 + i % 4;
      const int32_t flat = vector * (width / 4) + lane;
      int64_t bound;
      const int32_t b = source.folded_bias(c, &bound);
      set_lane(shape.rounding, const_cast<void*>(weights.block(first, flat / kRequantizeLanes)),
               flat % kRequantizeLanes, b, requantize, c, bound);
      for (int32_t t = 0; t < shape.kh * shape.kw; ++t) {
        const int32_t slot = weights.slot(t / shape.kw, t % shape.kw);
        const int32_t value = source.centered(t, c);
        if (plan.words != 0) {
          const auto word = static_cast<int16_t>(value);
          std::memcpy(out + ((slot / 2 * 4 + vector) * width + lane * 4 + slot % 2 * 2), &word, 2);
          continue;
        }
        const int32_t second = plan.halves == 2 ? value - (value >> 1) : 0;
        for (int32_t half = 0; half < plan.halves; ++half) {
          out[((slot / 4 * plan.halves + half) * 4 + vector) * width + lane * 4 + slot % 4] =
              static_cast<int8_t>(half == 0 ? value - second : second);
        }
      }
    }
  }
}

}  // namespace octet
