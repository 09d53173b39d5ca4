// SPDX-License-Identifier: Apache-2.0
//
// Shapes that broadcast, and where an element of the result comes from.
#ifndef OCTET_TEST_BROADCAST_CASE_H_
#define OCTET_TEST_BROADCAST_CASE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

namespace octet::test {

struct Shapes {
  std::vector<int32_t> a, b, y;
};

inline const std::vector<Shapes> kShapes = {
    {{2, 3, 4, 5}, {2, 3, 4, 5}, {2, 3, 4, 5}},
    {{2, 3, 4, 5}, {5}, {2, 3, 4, 5}},
    {{1}, {2, 3, 4, 5}, {2, 3, 4, 5}},
    {{2, 1, 4, 1}, {3, 1, 5}, {2, 3, 4, 5}},
    {{2, 3, 1, 1}, {1, 1, 4, 5}, {2, 3, 4, 5}},
    {{2, 1, 2, 1, 2, 1, 2, 1}, {1, 3, 1, 3, 1, 3, 1, 3}, {2, 3, 2, 3, 2, 3, 2, 3}},
    {{}, {}, {}},
    {{0, 3}, {1, 3}, {0, 3}},
    {{300, 301}, {300, 301}, {300, 301}},
    {{300, 301}, {300, 1}, {300, 301}},
};

inline size_t product(const std::vector<int32_t>& dims) {
  size_t result = 1;
  for (const int32_t dim : dims) result *= dim;
  return result;
}

// Index in `dims` of element `linear` of `y`.
inline size_t source(const std::vector<int32_t>& y, const std::vector<int32_t>& dims,
                     size_t linear) {
  size_t index = 0, stride = 1;
  for (size_t i = 0; i < y.size(); ++i) {
    const size_t axis = y.size() - 1 - i, at = linear % y[axis];
    linear /= y[axis];
    if (i >= dims.size()) continue;
    const int32_t dim = dims[dims.size() - 1 - i];
    if (dim != 1) index += at * stride;
    stride *= dim;
  }
  return index;
}

}  // namespace octet::test

#endif  // OCTET_TEST_BROADCAST_CASE_H_
