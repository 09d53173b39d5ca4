// SPDX-License-Identifier: Apache-2.0
#ifndef OCTET_KERNELS_AVERAGE_POOL_2D_AVERAGE_POOL_2D_H_
#define OCTET_KERNELS_AVERAGE_POOL_2D_AVERAGE_POOL_2D_H_

#include "program/pool.h"

namespace octet {

struct AveragePool {
  Pool pool;
  void (*row)(const AveragePool& pool, int32_t row, std::byte* scratch);
  bool columns;    // are summed first, in scratch
  int32_t padded;  // elements of a row of column sums, with zeros for what lies outside x
};

struct AveragePoolIsa {
  Isa isa;
  void (*row)(const AveragePool& pool, int32_t row, std::byte* scratch);
};

#define OCTET_AVERAGE_POOL(name) extern const AveragePoolIsa name;
#include "kernels/average_pool_2d/kernels.inc"
#undef OCTET_AVERAGE_POOL

}  // namespace octet

#endif  // OCTET_KERNELS_AVERAGE_POOL_2D_AVERAGE_POOL_2D_H_
