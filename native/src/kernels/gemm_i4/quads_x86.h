// SPDX-License-Identifier: Apache-2.0
//
// What generic.h asks for, on x86: over V and dot(sums, x, w), sums + sums of four products of u8 x
// and of int8 w in [-8, 7]. Included inside an unnamed namespace.

constexpr int kTileRows = 4, kTilePanels = 2;

OCTET_INLINE V::Bytes low_quad(V::Bytes pairs) {
  return V::sub8(V::and8(pairs, V::splat_bytes(15)), V::splat_bytes(8));
}
OCTET_INLINE V::Bytes high_quad(V::Bytes pairs) { return low_quad(V::halve_bytes(pairs)); }
OCTET_INLINE void add_dots(V::Int* sums, V::Int x, V::Bytes w, V::Int x2, V::Bytes w2) {
  *sums = dot(dot(*sums, x, w), x2, w2);
}
OCTET_INLINE void in_order() {}
OCTET_INLINE V::Float add_scaled(V::Float sums, V::Int dots, const float* scale) {
  return V::add_scaled(sums, dots, scale);
}
