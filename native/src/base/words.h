// SPDX-License-Identifier: Apache-2.0
//
// y = clamp(requantize(s), min, max) of int16 outputs without zero point: the end of the kernels
// that sum products of int16 and int8. Per channel, one of four forms of the exact sum s with its
// bias, modulo 2^64:
//   kHalfUp, kHalfAway   of the low 32 bits of s, as in base/requantize.h
//   kWide                multiply_wide of base/fixed_point.h
//   kReal                round(double(s) * factor), halves away from zero
// multiplier >= 0, -31 <= shift <= 30 (kWide: 14), factor finite.
#ifndef OCTET_BASE_WORDS_H_
#define OCTET_BASE_WORDS_H_

#include <cstdint>

#include "base/requantize.h"

namespace octet {

enum class WordForm : int32_t { kHalfUp = 1, kHalfAway = 2, kWide = 3, kReal = 4 };

// Parameters of 16 lanes. Vectors take kHalfUp and kHalfAway as requantize.h has them, and kWide as
//   ((acc * fixed.multiplier + fixed.round) >> 32) >> fixed.right
// where bias and half are in the rounding and the multiplier makes up for shifts below 32.
struct alignas(64) WordBlock {
  FixedBlock fixed;
  int64_t bias[kRequantizeLanes];
  double factor[kRequantizeLanes];
  int32_t multiplier[kRequantizeLanes];
};

// Per-channel parameters as a program has them, any alignment.
struct WordSource {
  const std::byte *bias, *multiplier, *shift;  // kReal: factors, f64, in the place of multipliers
  int64_t bias_bytes, multiplier_bytes, shift_bytes;
};

// NULL, or the rule that the parameters of so many channels break. No bias counts as zeros.
const char* check_words(WordForm form, int32_t channels, const WordSource& source);

// Fills one lane of a zeroed block for one of `channels`; bound >= |sum| without bias. False when
// vectors would not be exact: only requantize_word() is then.
bool set_word_lane(WordForm form, WordBlock* block, int32_t lane, const WordSource& source,
                   int32_t channels, int32_t channel, int64_t bound);

// The definition on one lane: acc is the sum without its bias.
int16_t requantize_word(WordForm form, int64_t acc, const WordBlock& block, int32_t lane,
                        int32_t min, int32_t max);

}  // namespace octet

#endif  // OCTET_BASE_WORDS_H_
