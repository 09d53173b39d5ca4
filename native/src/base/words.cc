// SPDX-License-Identifier: Apache-2.0
#include "base/words.h"

#include <cmath>
#include <cstring>

#include "base/fixed_point.h"

namespace octet {
namespace {

template <typename T>
T load(const std::byte* data, int32_t index) {
  T value;
  std::memcpy(&value, data + int64_t{index} * static_cast<int64_t>(sizeof(T)), sizeof(T));
  return value;
}

// floor(acc * reduced + half, 2^distance) of 1 <= distance <= 46 in the high halves of products.
// Bits 32 to 63 of a product shifted left are those that a shift right by less than 32 would leave.
bool set_wide(FixedBlock* b, int32_t lane, int64_t bias, int32_t reduced, int32_t shift) {
  const int32_t distance = 15 - shift;
  const int32_t left = distance < 32 ? 32 - distance : 0;
  if (left > 16) return false;
  const auto round =
      static_cast<uint64_t>(bias) * static_cast<uint64_t>(reduced) + (uint64_t{1} << (14 - shift));
  const auto shifted = static_cast<int64_t>(round << left);
  b->multiplier[lane] = reduced << left;
  if (lane % 2 == 0) {
    b->round_even[lane / 2] = shifted;
  } else {
    b->round_odd[lane / 2] = shifted;
    b->multiplier_odd[lane - 1] = reduced << left;
  }
  b->right[lane] = distance > 32 ? distance - 32 : 0;
  b->shift[lane] = shift;
  return true;
}

int16_t round_real(int64_t sum, double factor, int32_t min, int32_t max) {
  double v = static_cast<double>(sum) * factor;
  v = v < min ? min : v > max ? max : v;
  const auto whole = static_cast<int32_t>(v);
  const double rest = v - whole;
  return static_cast<int16_t>(whole + (rest >= 0.5 ? 1 : 0) - (rest <= -0.5 ? 1 : 0));
}

}  // namespace

const char* check_words(WordForm form, int32_t channels, const WordSource& source) {
  const int64_t four = int64_t{4} * channels;
  if (source.bias_bytes != 0 && source.bias_bytes != four && source.bias_bytes != 2 * four) {
    return "bias is not one i32 or i64 a channel";
  }
  if (form == WordForm::kReal) {
    if (source.multiplier_bytes != 2 * four || source.shift_bytes != 0) {
      return "one factor a channel";
    }
    for (int32_t c = 0; c < channels; ++c) {
      if (!std::isfinite(load<double>(source.multiplier, c))) return "factors are finite";
    }
    return nullptr;
  }
  if (source.multiplier_bytes != four || source.shift_bytes != four) {
    return "one multiplier and one shift a channel";
  }
  const int32_t most = form == WordForm::kWide ? kMaxWideShift : kMaxShift;
  for (int32_t c = 0; c < channels; ++c) {
    const auto shift = load<int32_t>(source.shift, c);
    if (load<int32_t>(source.multiplier, c) < 0 || shift < kMinShift || shift > most) {
      return "multiplier or shift out of range";
    }
  }
  return nullptr;
}

bool set_word_lane(WordForm form, WordBlock* block, int32_t lane, const WordSource& source,
                   int32_t channels, int32_t channel, int64_t bound) {
  int64_t bias = 0;
  if (source.bias_bytes == int64_t{4} * channels) bias = load<int32_t>(source.bias, channel);
  if (source.bias_bytes == int64_t{8} * channels) bias = load<int64_t>(source.bias, channel);
  block->bias[lane] = bias;
  if (form == WordForm::kReal) {
    block->factor[lane] = load<double>(source.multiplier, channel);
    return true;
  }
  block->multiplier[lane] = load<int32_t>(source.multiplier, channel);
  const auto shift = load<int32_t>(source.shift, channel);
  if (form == WordForm::kWide) {
    block->fixed.shift[lane] = shift;
    return set_wide(&block->fixed, lane, bias, wide_multiplier(block->multiplier[lane]), shift);
  }
  const auto low = static_cast<int32_t>(static_cast<uint64_t>(bias));
  const int64_t size = low < 0 ? -int64_t{low} : low;
  const RequantizeSource fixed = {nullptr, source.multiplier,       source.shift,
                                  0,       source.multiplier_bytes, source.shift_bytes};
  return set_lane(form == WordForm::kHalfUp ? Rounding::kHalfUp : Rounding::kHalfAway,
                  &block->fixed, lane, low, fixed, channel, bound + size);
}

int16_t requantize_word(WordForm form, int64_t acc, const WordBlock& block, int32_t lane,
                        int32_t min, int32_t max) {
  const auto sum =
      static_cast<int64_t>(static_cast<uint64_t>(acc) + static_cast<uint64_t>(block.bias[lane]));
  const auto low = static_cast<int32_t>(static_cast<uint64_t>(sum));
  const int32_t multiplier = block.multiplier[lane], shift = block.fixed.shift[lane];
  int32_t y = 0;
  switch (form) {
    case WordForm::kHalfUp:
      y = multiply_half_up(low, multiplier, shift);
      break;
    case WordForm::kHalfAway:
      y = multiply_half_away(low, multiplier, shift);
      break;
    case WordForm::kWide:
      y = multiply_wide(sum, multiplier, shift);
      break;
    case WordForm::kReal:
      return round_real(sum, block.factor[lane], min, max);
  }
  return static_cast<int16_t>(y < min ? min : y > max ? max : y);
}

}  // namespace octet
