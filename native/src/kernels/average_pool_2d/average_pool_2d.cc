// SPDX-License-Identifier: Apache-2.0
//
// y[n,oh,ow,c] = clamp(mean over kh, kw of x[n, oh*stride_h - pad_top + kh,
//                                            ow*stride_w - pad_left + kw, c])
// over the positions inside x. f32: sum / count, clamped to [act_min, act_max]. int8, uint8, int16:
// the mean of the stored numbers, halves away from zero, clamped to [y_min, y_max], sums in int32
// that wrap; x and y are of one type, scale and zero point.
#include "kernels/average_pool_2d/average_pool_2d.h"

namespace octet {
namespace {

constexpr int32_t kFewChannels = 32;  // below, columns are summed first

const AveragePoolIsa& select(Isa have) {
#define OCTET_AVERAGE_POOL(name) \
  if (isa_covers(have, name.isa)) return name;
#include "kernels/average_pool_2d/kernels.inc"
#undef OCTET_AVERAGE_POOL
  return average_pool_2d__scalar;
}

bool prepare(Prepare& prepare) {
  constexpr int64_t kMostColumns = 1 << 20;
  auto* s = prepare.state<AveragePool>();
  if (s == nullptr || !s->pool.prepare(prepare)) return false;
  s->row = select(prepare.isa()).row;
  const Pool& p = s->pool;
  const int64_t width = int64_t{p.w.out - 1} * p.w.stride + p.w.taps;
  const int64_t c = p.x.dim(3);
  if (c >= kFewChannels || c == 0 || width * c > kMostColumns) return true;
  s->columns = true;
  s->padded = static_cast<int32_t>(width * c);
  prepare.scratch((width + p.w.out) * c * 4 + kSlack);
  return true;
}

void run(const void* state, Run& run) {
  const auto* s = static_cast<const AveragePool*>(state);
  struct Job {
    const AveragePool* state;
    Run* run;
  } job{s, &run};
  const Pool& p = s->pool;
  if (p.rows == 0) return;
  run.parallel_for((p.rows - 1) / p.rows_per_task + 1,
                   [](void* context, int32_t task, int32_t thread) {
                     const auto& job = *static_cast<const Job*>(context);
                     const AveragePool& s = *job.state;
                     const Pool& p = s.pool;
                     std::byte* scratch = job.run->scratch(thread);
                     const int32_t first = task * p.rows_per_task, left = p.rows - first;
                     const int32_t last = first + (left < p.rows_per_task ? left : p.rows_per_task);
                     for (int32_t i = first; i < last; ++i) {
                       s.row(s, i, scratch);
                     }
                   },
                   &job);
}

}  // namespace

extern const Kernel kernel_average_pool_2d;
const Kernel kernel_average_pool_2d = {
    "average_pool_2d", PoolFields::kSignature, "", 0, nullptr, prepare, run};

}  // namespace octet
