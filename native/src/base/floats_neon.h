// SPDX-License-Identifier: Apache-2.0
//
// Vectors of 4 floats of Arm. Included inside an unnamed namespace, after <arm_neon.h>; there are
// no smaller ones, so the last lanes take a whole one too.

using V = float32x4_t;
constexpr int kLanes = 4;

inline V broadcast(float a) { return vdupq_n_f32(a); }
inline V multiply_add(V a, V b, V c) { return vfmaq_f32(c, a, b); }
// a[kLane] * b + c. gcc 12 moves products away from their loads and then copies registers.
template <int kLane>
inline V multiply_add_lane(V a, V b, V c) {
  __asm__("fmla %0.4s, %1.4s, %2.s[%3]" : "+w"(c) : "w"(b), "w"(a), "i"(kLane));
  return c;
}
// NaN stays NaN in both
inline V at_least(V v, V low) { return vmaxq_f32(v, low); }
inline V clamp(V v, V low, V high) { return vminq_f32(vmaxq_f32(v, low), high); }
inline void store(V v, float* p) { vst1q_f32(p, v); }
// The first n < 4 lanes.
inline void store_first(V v, int n, float* p) {
  if ((n & 2) != 0) {
    vst1_f32(p, vget_low_f32(v));
    p += 2;
    v = vextq_f32(v, v, 2);
  }
  if ((n & 1) != 0) vst1q_lane_f32(p, v, 0);
}
