// SPDX-License-Identifier: Apache-2.0
#include "base/requantize.h"

#include <cstring>

#include "base/isa.h"

namespace octet {
namespace {

template <typename T>
T load(const std::byte* data, int32_t index) {
  T value;
  std::memcpy(&value, data + int64_t{index} * static_cast<int64_t>(sizeof(T)), sizeof(T));
  return value;
}

bool finite(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  return (bits & 0x7f800000u) != 0x7f800000u;
}

int64_t power_of_two(int32_t exponent) { return int64_t{1} << exponent; }

#if OCTET_ARM64
constexpr bool kSaturates = true;  // fcvtns does, and fixed point is as it is defined

bool set_fixed(Rounding, FixedBlock* b, int32_t lane, int32_t multiplier, int32_t shift, int64_t) {
  b->left[lane] = shift > 0 ? shift : 0;
  b->multiplier[lane] = multiplier;
  b->right[lane] = shift < 0 ? shift : 0;
  return true;
}
#else
constexpr bool kSaturates = false;

// 2^exponent, not denormal.
double real_power_of_two(int32_t exponent) {
  const uint64_t bits = static_cast<uint64_t>(1023 + exponent) << 52;
  double value;
  std::memcpy(&value, &bits, sizeof(value));
  return value;
}

void set_fine(Rounding rounding, FixedBlock* block, int32_t lane, int32_t multiplier, int32_t shift,
              int64_t acc_bound) {
  const int32_t r = shift < 0 ? -shift : 0;
  const double scale = multiplier * real_power_of_two(shift - 31 + 16);
  const double excess = r > 0 ? real_power_of_two(16 - (r + 1)) : 0;
  const auto bound = static_cast<double>(acc_bound);
  const bool fits = bound * scale < 2147400000.0 && (rounding == Rounding::kHalfUp || r <= 16);
  block->fine_scale[lane] = fits ? static_cast<float>(scale) : 0;
  block->fine_offset[lane] = fits ? static_cast<float>(32768 + excess - 3) : -1;
  block->fine_step[lane] = fits ? static_cast<int32_t>(2 * excess) : 0;
}

bool set_fixed(Rounding rounding, FixedBlock* b, int32_t lane, int32_t multiplier, int32_t shift,
               int64_t acc_bound) {
  const int32_t r = shift < 0 ? -shift : 0;
  int32_t left = shift > 0 ? shift + 1 : 1, right = r;
  int64_t round = power_of_two(31);
  if (rounding == Rounding::kHalfUp && r > 0) {
    left = 0;
    right = r - 1;
    round = power_of_two(30) + power_of_two(30 + r);
  }
  b->left[lane] = left;
  b->multiplier[lane] = multiplier;
  if (lane % 2 == 0) {
    b->round_even[lane / 2] = round;
  } else {
    b->round_odd[lane / 2] = round;
    b->multiplier_odd[lane - 1] = multiplier;
  }
  b->right[lane] = right;
  b->round[lane] = r > 0 ? static_cast<int32_t>(power_of_two(r - 1)) : 0;
  b->sign[lane] = r > 0 ? 31 : 32;
  set_fine(rounding, b, lane, multiplier, shift, acc_bound);
  return left == 0 || acc_bound <= (INT32_MAX >> left);
}
#endif

}  // namespace

const char* check_requantize(Rounding rounding, int32_t channels, const RequantizeSource& source) {
  const int64_t bytes = 4 * int64_t{channels};
  switch (rounding) {
    case Rounding::kFloat:
    case Rounding::kReal:
      if (source.scale_bytes != bytes) return "one scale a channel";
      for (int32_t i = 0; i < channels; ++i) {
        if (!finite(load<float>(source.scale, i))) return "scales are finite";
      }
      return nullptr;
    case Rounding::kHalfUp:
    case Rounding::kHalfAway:
      if (source.multiplier_bytes != bytes || source.shift_bytes != bytes) {
        return "one multiplier and one shift a channel";
      }
      for (int32_t i = 0; i < channels; ++i) {
        const int32_t shift = load<int32_t>(source.shift, i);
        if (load<int32_t>(source.multiplier, i) < 0 || shift < -31 || shift > 30) {
          return "multipliers are at least 0 and shifts in [-31, 30]";
        }
      }
      return nullptr;
    case Rounding::kSum:
      return nullptr;
  }
  return "unknown rounding";
}

bool set_lane(Rounding rounding, void* block, int32_t lane, int32_t bias,
              const RequantizeSource& source, int32_t channel, int64_t acc_bound) {
  if (acc_bound > power_of_two(31)) acc_bound = power_of_two(31);  // beyond it, sums wrap
  if (rounding == Rounding::kFloat) {
    auto* b = static_cast<FloatBlock*>(block);
    constexpr float kMost = 512;  // already takes any sum but 0 beyond all bytes
    auto scale = load<float>(source.scale, channel);
    scale = scale > kMost ? kMost : scale < -kMost ? -kMost : scale;
    b->bias[lane] = bias;
    b->scale[lane] = scale;
    const double size = scale < 0 ? -double{scale} : double{scale};
    return kSaturates || size < 1 || static_cast<double>(acc_bound) * size < 2147483000.0;
  }
  auto* b = static_cast<FixedBlock*>(block);
  const auto multiplier = load<int32_t>(source.multiplier, channel);
  const auto shift = load<int32_t>(source.shift, channel);
  b->bias[lane] = bias;
  b->shift[lane] = shift;
  return set_fixed(rounding, b, lane, multiplier, shift, acc_bound);
}

uint8_t requantize(Rounding rounding, int32_t acc, const void* block, int32_t lane,
                   const OutputRange& range) {
  int64_t y;
  if (rounding == Rounding::kFloat) {
    constexpr float kToInteger = 12582912.0f;  // 1.5 * 2^23: the sum has no fraction bits
    const auto low = static_cast<float>(range.min - range.zero);
    const auto high = static_cast<float>(range.max - range.zero);
    float value = static_cast<float>(acc) * static_cast<const FloatBlock*>(block)->scale[lane];
    value = value < low ? low : value > high ? high : value;
    y = static_cast<int32_t>((value + kToInteger) - kToInteger);
  } else {
    const auto* b = static_cast<const FixedBlock*>(block);
    const int32_t shift = b->shift[lane];
    const int32_t r = shift < 0 ? -shift : 0;
    const auto v = static_cast<int32_t>(static_cast<uint32_t>(acc) << (shift > 0 ? shift : 0));
    const int64_t d = (int64_t{v} * b->multiplier[lane] + power_of_two(30)) >> 31;
    int64_t nudge = r > 0 ? power_of_two(r - 1) : 0;
    if (rounding == Rounding::kHalfAway && r > 0 && d < 0) nudge -= 1;
    y = (d + nudge) >> r;
  }
  y += range.zero;
  y = y < range.min ? range.min : y > range.max ? range.max : y;
  return static_cast<uint8_t>(y) ^ range.flip;
}

}  // namespace octet
