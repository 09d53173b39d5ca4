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
    const int32_t tap = at >= 0 ? 0 : (-at + dilation - 1) / dilation;
    return tap < taps ? tap : taps;
  }
  // One past the last tap inside the input; not below first().
  int32_t last(int32_t o) const {
    const int32_t room = in - origin(o);
    const int32_t end = room <= 0 ? 0 : (room + dilation - 1) / dilation;
    const int32_t low = first(o);
    return end < low ? low : end < taps ? end : taps;
  }
  // One past the last output from o on, below `limit`, that reads the same taps as o. More than one
  // output is found only where they read all taps.
  int32_t span(int32_t o, int32_t limit) const {
    if (first(o) > 0 || last(o) < taps) return o + 1;
    const int32_t end = (in - 1 - (taps - 1) * dilation + pad) / stride + 1;
    return end < limit ? end : limit;
  }
};

}  // namespace octet

#endif  // OCTET_BASE_WINDOW_H_
