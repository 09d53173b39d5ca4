// SPDX-License-Identifier: Apache-2.0
#include "base/memory.h"
#include "kernels/dwconv_i16/dwconv_i16.h"

namespace octet {
namespace {

struct Place {
  int32_t block, lane;
};

// Where a channel's sum is: each 16 bytes of words become two of 4 lanes.
Place place_of(const DwconvI16Weights& plan, int32_t channel) {
  if (plan.width == 0) return {channel / kRequantizeLanes, channel % kRequantizeLanes};
  const int32_t at = channel % plan.width;
  return {channel / plan.width * 2 + at / 4 % 2, at / 8 * 4 + at % 4};
}

int64_t magnitude_of(const DwconvI16Shape& shape, const std::byte* w, int32_t channel) {
  int64_t sum = 0;
  for (int32_t t = 0; t < shape.taps; ++t) {
    const auto value = static_cast<int8_t>(w[int64_t{t} * shape.channels + channel]);
    sum += value < 0 ? -value : value;
  }
  return sum;
}

bool exact(const DwconvI16Shape& shape, const std::byte* w, const WordSource& source) {
  for (int32_t c = 0; c < shape.channels; ++c) {
    const int64_t bound = 32768 * magnitude_of(shape, w, c);
    WordBlock block{};
    if (bound > INT32_MAX ||
        !set_word_lane(WordForm::kWide, &block, 0, source, shape.channels, c, bound)) {
      return false;
    }
  }
  return true;
}

}  // namespace

DwconvI16Weights plan_dwconv_i16(const DwconvI16Shape& shape, Isa isa, const std::byte* w,
                                 const WordSource& source) {
  DwconvI16Weights plan{};
  plan.shape = shape;
  plan.vector_exact = exact(shape, w, source) ? 1 : 0;
  if (isa_covers(isa, Isa::kAvx2) && plan.vector_exact != 0) {
    // vectors of 64 bytes unless half of the last one would be empty
    const int32_t rest = shape.channels % 32;
    plan.width = isa == Isa::kAvx2 || (rest >= 1 && rest <= 16) ? 16 : 32;
  }
  int64_t words = int64_t{shape.taps} * shape.channels;
  if (plan.width == 0) {
    plan.blocks = (shape.channels - 1) / kRequantizeLanes + 1;
  } else {
    plan.blocks = 2 * ((shape.channels - 1) / plan.width + 1);
    words = int64_t{plan.blocks} * plan.pairs() * plan.width;
  }
  plan.blocks_offset = align_up(sizeof(DwconvI16Weights));
  plan.weights_offset = plan.blocks_offset + plan.blocks * static_cast<int64_t>(sizeof(WordBlock));
  plan.bytes = plan.weights_offset + 2 * words;
  return plan;
}

void pack_dwconv_i16(const DwconvI16Weights& plan, const std::byte* w, const WordSource& source,
                     void* packed) {
  auto* header = static_cast<DwconvI16Weights*>(packed);
  *header = plan;
  const DwconvI16Shape& shape = plan.shape;
  auto* out = const_cast<int16_t*>(header->weights());
  for (int32_t c = 0; c < shape.channels; ++c) {
    const Place place = place_of(plan, c);
    set_word_lane(WordForm::kWide, &const_cast<WordBlock&>(header->block(place.block)), place.lane,
                  source, shape.channels, c, 32768 * magnitude_of(shape, w, c));
    for (int32_t t = 0; t < shape.taps; ++t) {
      const auto value = static_cast<int8_t>(w[int64_t{t} * shape.channels + c]);
      if (plan.width == 0) {
        out[int64_t{t} * shape.channels + c] = value;
        continue;
      }
      const int64_t half = (int64_t{place.block / 2} * plan.pairs() + t / 2) * 2 + place.block % 2;
      out[half * plan.width + 2 * place.lane + t % 2] = value;
    }
  }
}

DwconvI16Function select_dwconv_i16(Isa isa, const DwconvI16Weights& weights) {
  if (weights.vector_exact == 0) return dwconv_i16__scalar;
#define OCTET_DWCONV_I16(need, function) \
  if (isa_covers(isa, need)) return function;
#include "kernels/dwconv_i16/kernels.inc"
#undef OCTET_DWCONV_I16
  return dwconv_i16__scalar;
}

}  // namespace octet
