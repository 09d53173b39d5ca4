// SPDX-License-Identifier: Apache-2.0
#ifndef OCTET_BASE_WINDOW_H_
#define OCTET_BASE_WINDOW_H_

#include <cstdint>

namespace octet {

// One spatial axis of a sliding window: output o reads the inputs o * stride - pad + t * dilation
// for 0 <= t < taps, except those outside [0, in).
struct WindowAxis {
  int32_t in, out, taps, stride, dilation, pad;

  // True when parameters are in range and no index overflows int32. Then first() and last() keep
  // every access inside [0, in).
  bool valid() const {
    if (in < 0 || out < 0 || taps < 1 || stride < 1 || dilation < 1 || pad < 0) return false;
    const int64_t reach = int64_t{out} * stride + int64_t{taps} * dilation + in + int64_t{pad};
    return reach <= INT32_MAX / 2;
  }
  // True when every output reads at least one input.
  bool covered() const {
    return out == 0 || (first(0) < last(0) && first(out - 1) < last(out - 1));
  }
  int32_t origin(int32_t o) const { return o * stride - pad; }
  // First tap inside the input; may be as large as taps.
  int32_t first(int32_t o) const {
    const int32_t at = origin(o);
    const int32_t tap = at >= 0 ? 0 : steps(-at);
    return tap < taps ? tap : taps;
  }
  // One past the last tap inside the input; not below first().
  int32_t last(int32_t o) const {
    const int32_t room = in - origin(o);
    const int32_t end = room <= 0 ? 0 : steps(room);
    const int32_t low = first(o);
    return end < low ? low : end < taps ? end : taps;
  }
  // Outputs [begin, end) that read the taps [first, last). More than one only where they read all.
  struct Span {
    int32_t begin, end, first, last;
  };
  // The span from o on, as long as it can be below `limit`.
  Span span(int32_t o, int32_t limit) const {
    Span result = {o, o + 1, first(o), last(o)};
    if (result.first > 0 || result.last < taps) return result;
    const int32_t room = in - 1 - (taps - 1) * dilation + pad;
    const int32_t end = (stride == 1 ? room : room / stride) + 1;
    result.end = end < limit ? end : limit;
    return result;
  }

 private:
  // Dilations that make up a distance, rounded up. Hardly any window is dilated, and a division
  // takes longer than all else here.
  int32_t steps(int32_t distance) const {
    return dilation == 1 ? distance : (distance + dilation - 1) / dilation;
  }
};

}  // namespace octet

#endif  // OCTET_BASE_WINDOW_H_
