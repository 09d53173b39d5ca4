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

void set_weights(const ConvI16Weights& layout, const ConvI16Weights& packed, const std::byte* row,
                 int32_t n, int64_t* magnitude) {
  const ConvI16Shape& shape = layout.shape;
  const int32_t vector = n / layout.channels(), channel = n % layout.channels();
  const int32_t wide = layout.wide_groups * (layout.group_vectors + 1);
  const int32_t group = vector < wide ? vector / (layout.group_vectors + 1)
                                      : layout.wide_groups + (vector - wide) / layout.group_vectors;
  const int32_t count = layout.vectors_of(group);
  auto* out =
      const_cast<int8_t*>(packed.weights(group)) +
      2 * (int64_t{vector - layout.first_vector(group)} * layout.lanes + channel * layout.spread);
  const int32_t run = 2 * layout.spread;
  for (int32_t s = 0; s < shape.segments; ++s) {
    const std::byte* from = row + int64_t{s} * shape.segment;
    int8_t* to = out + int64_t{s} * layout.steps * count * 2 * layout.lanes;
    for (int32_t k = 0; k < shape.segment; ++k) {
      const auto value = static_cast<int8_t>(from[k]);
      *magnitude += value < 0 ? -value : value;
      to[int64_t{k / run} * count * 2 * layout.lanes + k % run] = value;
    }
  }
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
  w.steps = (shape.segment - 1) / (2 * w.spread) + 1;
  w.vectors = (shape.n - 1) / w.channels() + 1;
  w.groups = (w.vectors - 1) / most_vectors(w.lanes) + 1;
  w.group_vectors = w.vectors / w.groups;
  w.wide_groups = w.vectors % w.groups;
  const int64_t rows = kBytesOfX / (2 * int64_t{shape.segments} * shape.segment);
  w.rows = static_cast<int32_t>(rows > kMaxRows ? kMaxRows : rows < kMinRows ? kMinRows : rows);
  w.blocks_offset = align_up(sizeof(ConvI16Weights));
  w.weights_offset = w.blocks_offset + w.vectors * static_cast<int64_t>(sizeof(WordBlock));
  return w;
}

int64_t conv_i16_packed_bytes(const ConvI16Weights& layout) {
  return layout.weights_offset +
         int64_t{2} * layout.lanes * layout.vectors * layout.shape.segments * layout.steps;
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
    int64_t magnitude = 0;
    set_weights(layout, *header, w + k * n, n, &magnitude);
    header->narrow &= 32768 * magnitude <= INT32_MAX ? 1 : 0;
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
  if (isa_covers(isa, need)) return function;
#include "kernels/conv_i16/kernels.inc"
#undef OCTET_CONV_I16
  return conv_i16__scalar;
}

}  // namespace octet
