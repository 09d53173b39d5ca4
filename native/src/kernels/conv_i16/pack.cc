// SPDX-License-Identifier: Apache-2.0
#include "base/memory.h"
#include "kernels/conv_i16/conv_i16.h"

namespace octet {
namespace {

constexpr int32_t kMaxDimension = 1 << 20;
// Rows that share a pass over the weights of a group: as many as keep their x in the L2 cache.
constexpr int64_t kMaxRows = 96, kMinRows = 24, kBytesOfX = 128 * 1024;

// Of a tile: more would leave too few registers for rows.
int32_t most_vectors(int32_t lanes) { return lanes == 8 ? 2 : 4; }

bool is_arm(Isa isa) { return isa_covers(isa, Isa::kNeon); }

// Cycles for a row, roughly: its dot products, the sums of the lanes of a channel, and its share of
// the requantization, which takes `spread` rows at a time. Zen 4 repeats 16 and 32 bytes in half a
// cycle of the units that multiply, and loads 64 unaligned ones in two.
double cost(const ConvI16Shape& shape, int32_t lanes, int32_t spread) {
  const int32_t channels = lanes / spread;
  const int32_t vectors = (shape.n + channels - 1) / channels;
  const int32_t groups = (vectors - 1) / most_vectors(lanes) + 1;
  const int64_t steps = int64_t{shape.segments} * ((shape.segment - 1) / (2 * spread) + 1);
  double step = vectors;
  if (lanes == 16 && spread == 16) step = vectors > 2 * groups ? vectors : 2 * groups;
  if (lanes == 16 && (spread == 4 || spread == 8)) step += 0.5 * groups;
  return static_cast<double>(steps) * step + vectors * (5.0 / spread + (spread > 1 ? 2 : 0));
}

struct Sums {
  int64_t magnitude, all;
};

// Of channel n, from its row of w.
Sums set_weights(const ConvI16Weights& packed, const std::byte* row, int32_t n) {
  const ConvI16Shape& shape = packed.shape;
  const int32_t vector = n / packed.channels();
  const int32_t wide = packed.wide_groups * (packed.group_vectors + 1);
  const int32_t group = vector < wide ? vector / (packed.group_vectors + 1)
                                      : packed.wide_groups + (vector - wide) / packed.group_vectors;
  const int32_t run = packed.run;
  const int64_t unit = int64_t{run} * packed.columns_of(group);
  auto* out = const_cast<int8_t*>(packed.weights(group)) +
              run * (n - packed.first_vector(group) * packed.channels());
  Sums sums{};
  for (int32_t s = 0; s < shape.segments; ++s) {
    const std::byte* from = row + int64_t{s} * shape.segment;
    int8_t* to = out + int64_t{s} * packed.steps * (packed.step_k / run) * unit;
    for (int32_t k = 0; k < shape.segment; ++k) {
      const auto value = static_cast<int8_t>(from[k]);
      sums.magnitude += value < 0 ? -value : value;
      sums.all += value;
      to[k / run * unit + k % run] = value;
    }
  }
  return sums;
}

}  // namespace

const char* check_conv_i16(const ConvI16Shape& shape) {
  if (shape.n < 1 || shape.n > kMaxDimension || shape.segments < 1 || shape.segment < 1 ||
      shape.segment > kMaxDimension || shape.segments * int64_t{shape.segment} > kI16MostK) {
    return "dimension out of range";
  }
  return shape.form < WordForm::kHalfUp || shape.form > WordForm::kReal ? "form is 1, 2, 3 or 4"
                                                                        : nullptr;
}

ConvI16Weights conv_i16_layout(const ConvI16Shape& shape, Isa isa) {
  ConvI16Weights w{};
  w.shape = shape;
  w.lanes = isa == Isa::kAvx2 ? 8 : kRequantizeLanes;
  w.spread = 1;
  if (isa_covers(isa, Isa::kAvx2)) {
    for (int32_t spread = 2; spread <= w.lanes; spread *= 2) {
      if (cost(shape, w.lanes, spread) < cost(shape, w.lanes, w.spread)) w.spread = spread;
    }
  }
  w.step_k = w.run = 2 * w.spread;
  if (is_arm(isa)) {
    const bool planes = isa_covers(isa, Isa::kNeonDot) &&
                        shape.segments * int64_t{shape.segment} <= kI16MostPlanesK;
    w.step_k = planes ? 4 : 2;
    w.run = planes ? 4 : 1;
  }
  w.steps = (shape.segment - 1) / w.step_k + 1;
  w.vectors = (shape.n - 1) / w.channels() + 1;
  w.columns = is_arm(isa) ? (shape.n + 3) / 4 * 4 : w.vectors * w.channels();
  w.groups = is_arm(isa) ? w.vectors : (w.vectors - 1) / most_vectors(w.lanes) + 1;
  w.group_vectors = w.vectors / w.groups;
  w.wide_groups = w.vectors % w.groups;
  const int64_t rows = kBytesOfX / (2 * int64_t{shape.segments} * shape.segment);
  w.rows = static_cast<int32_t>(rows > kMaxRows ? kMaxRows : rows < kMinRows ? kMinRows : rows);
  w.blocks_offset = align_up(sizeof(ConvI16Weights));
  w.start_offset = w.blocks_offset + w.vectors * static_cast<int64_t>(sizeof(WordBlock));
  w.weights_offset =
      w.start_offset + (w.run == 4 && is_arm(isa) ? align_up(int64_t{4} * w.columns) : 0);
  return w;
}

int64_t conv_i16_packed_bytes(const ConvI16Weights& layout) {
  return layout.weights_offset +
         int64_t{layout.step_k} * layout.columns * layout.shape.segments * layout.steps;
}

bool conv_i16_pack(const ConvI16Weights& layout, const std::byte* w, const WordSource& source,
                   void* packed) {
  auto* header = static_cast<ConvI16Weights*>(packed);
  *header = layout;
  header->narrow = 1;
  header->vector_exact = 1;
  const ConvI16Shape& shape = layout.shape;
  const int64_t k = int64_t{shape.segments} * shape.segment;
  for (int32_t n = 0; n < shape.n; ++n) {
    const auto [magnitude, all] = set_weights(*header, w + k * n, n);
    header->narrow &= 32768 * magnitude <= INT32_MAX ? 1 : 0;
    if (layout.start_offset != layout.weights_offset) {
      const_cast<int32_t*>(header->start(0))[n] = static_cast<int32_t>(128 * all);
    }
    auto& block = const_cast<WordBlock&>(header->block(n / layout.channels()));
    // a vector of sums holds the channels of as many rows as a channel has lanes
    for (int32_t lane = n % layout.channels(); lane < layout.lanes; lane += layout.channels()) {
      if (!set_word_lane(shape.form, &block, lane, source, shape.n, n, 32768 * magnitude)) {
        header->vector_exact = 0;
      }
    }
  }
  return header->vector_exact != 0;
}

ConvI16Function select_conv_i16(Isa isa, const ConvI16Weights& weights) {
  if (weights.vector_exact == 0) return conv_i16__scalar;
#define OCTET_CONV_I16(need, function) \
  if (isa_covers(isa, need) && (need != Isa::kNeonDot || weights.run == 4)) return function;
#include "kernels/conv_i16/kernels.inc"
#undef OCTET_CONV_I16
  return conv_i16__scalar;
}

}  // namespace octet
