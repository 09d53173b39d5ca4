// SPDX-License-Identifier: Apache-2.0
#include <cstring>

#include "base/memory.h"
#include "kernels/gemm_i8/gemm_i8.h"

namespace octet {
namespace {

constexpr int32_t kMaxDimension = 1 << 20;
constexpr int32_t kMaxGroupBlocks = 4;

struct Sums {
  int32_t sum, magnitude;  // of at most 2^20 weights less their zero point
};

Sums sums(const std::byte* w, int32_t count, int32_t zero) {
  Sums s = {0, 0};
  for (int32_t i = 0; i < count; ++i) {
    const int32_t centered = static_cast<int8_t>(w[i]) - zero;
    s.sum += centered;
    s.magnitude += centered < 0 ? -centered : centered;
  }
  return s;
}

// False where an int8 x could take the sum of two products to 2^15.
bool pairs_fit(const std::byte* w, int32_t count) {
  constexpr std::byte kLeast{0x80};
  for (int32_t i = 0; kDotForm != 0 && i + 4 < count; i += i % 4 == 3 ? 5 : 1) {
    if (w[i] == kLeast && w[i + 4] == kLeast) return false;
  }
  return true;
}

}  // namespace

GemmI8Weights gemm_i8_layout(const GemmI8Shape& shape) {
  GemmI8Weights w{};
  w.shape = shape;
  w.quads = (shape.segment_bytes + 3) / 4;
  w.blocks = (shape.n + kRequantizeLanes - 1) / kRequantizeLanes;
  w.groups = (w.blocks + kMaxGroupBlocks - 1) / kMaxGroupBlocks;
  w.group_blocks = w.blocks / w.groups;
  w.wide_groups = w.blocks % w.groups;
  w.vector_exact = 1;
  w.blocks_offset = align_up(sizeof(GemmI8Weights));
  w.weights_offset = w.blocks_offset + w.blocks * block_bytes(shape.rounding);
  return w;
}

int64_t gemm_i8_packed_bytes(const GemmI8Shape& shape) {
  if (shape.n < 1 || shape.segments < 1 || shape.segment_bytes < 1) return 0;
  if (shape.n > kMaxDimension || shape.segments > kMaxDimension / shape.segment_bytes) return 0;
  const GemmI8Weights w = gemm_i8_layout(shape);
  return w.weights_offset + int64_t{64} * w.blocks * shape.segments * w.quads;
}

void gemm_i8_pack(const GemmI8Shape& shape, const std::byte* w, const std::byte* bias,
                  const RequantizeSource& requantize, void* packed) {
  auto* header = static_cast<GemmI8Weights*>(packed);
  *header = gemm_i8_layout(shape);
  header->pairs_fit = kDotForm != 0 ? 1 : 0;
  const int64_t k = int64_t{shape.segments} * shape.segment_bytes;
  const int64_t x_span = shape.x_zero > 255 - shape.x_zero ? shape.x_zero : 255 - shape.x_zero;
  for (int32_t g = 0; g < header->groups; ++g) {
    const int32_t first = header->first_block(g), count = header->blocks_of(g);
    auto* out = const_cast<int8_t*>(header->weights(g));
    for (int32_t c = 0; c < count * kRequantizeLanes; ++c) {
      const int32_t n = first * kRequantizeLanes + c;
      if (n >= shape.n) break;
      const std::byte* row = w + k * n;
      int64_t sum = 0, magnitude = 0;
      for (int32_t s = 0; s < shape.segments; ++s) {
        const std::byte* from = row + int64_t{s} * shape.segment_bytes;
        const Sums part = sums(from, shape.segment_bytes, shape.w_zero);
        sum += part.sum;
        magnitude += part.magnitude;
        const int64_t step = int64_t{4} * count * kRequantizeLanes;
        int8_t* to = out + s * header->quads * step + 4 * c;
        const int32_t whole = shape.segment_bytes / 4;
        for (int32_t quad = 0; quad < whole; ++quad) {
          std::memcpy(to + quad * step, from + 4 * quad, 4);
        }
        std::memcpy(to + whole * step, from + 4 * whole, shape.segment_bytes % 4);
        if (!pairs_fit(from, shape.segment_bytes)) header->pairs_fit = 0;
      }
      void* block = const_cast<void*>(header->block(n / kRequantizeLanes));
      if (shape.rounding == Rounding::kReal) {
        auto* real = static_cast<RealBlock*>(block);
        const int32_t lane = n % kRequantizeLanes;
        std::memcpy(&real->scale[lane], requantize.scale + int64_t{4} * n, sizeof(float));
        if (bias != nullptr) {
          std::memcpy(&real->offset[lane], bias + int64_t{4} * n, sizeof(float));
        }
        real->sums[lane] = static_cast<int32_t>(sum);
        continue;
      }
      int32_t b = 0;
      if (bias != nullptr) std::memcpy(&b, bias + int64_t{4} * n, sizeof(b));
      const int64_t bound = (b < 0 ? -int64_t{b} : b) + x_span * magnitude;
      // -x_zero * sum of centered weights; the rest, -w_zero * sum of x, is known at run time only
      const auto folded = static_cast<int32_t>(static_cast<uint32_t>(b - header->x_zero() * sum));
      if (!set_lane(shape.rounding, block, n % kRequantizeLanes, folded, requantize, n, bound)) {
        header->vector_exact = 0;
      }
    }
  }
}

}  // namespace octet
