// SPDX-License-Identifier: Apache-2.0
//
// Float fully connected layer with packed weights.
//   y[i,j] = clamp(bias[j] + sum over c of x[i,c] * w[j,c], act_min, act_max)
// Weights entry: w [n,k] f32, then bias of n f32 or nothing. x and y are dense f32 of any shape
// with m*k and m*n elements; y is apart from x. Weights that are float16 numbers without exception
// are kept as float16 where the instruction set converts them. Error: see gemm_f32.h.
#include "kernels/gemm_f32/gemm_f32.h"

#include <cstring>

#include "base/f16.h"
#include "base/tasks.h"
#include "program/kernel.h"

namespace octet {
namespace {

#define GEMM_F32_FIELDS(VALUE, WEIGHTS, I32, F32) \
  VALUE(x)                                        \
  WEIGHTS(weights)                                \
  VALUE(y)                                        \
  F32(act_min)                                    \
  F32(act_max)
OCTET_FIELDS(GemmF32Fields, GEMM_F32_FIELDS);

#define GEMM_F32_PACK_FIELDS(VALUE, WEIGHTS, I32, F32) \
  I32(n)                                               \
  I32(k)
OCTET_FIELDS(GemmF32PackFields, GEMM_F32_PACK_FIELDS);

constexpr int64_t kMacsPerTask = 1000000;  // at most: 20 us
constexpr int64_t kBytesPerNano = 90;      // of weights from the L2 or L3 cache
constexpr int64_t kRowsAtATime = 8;
constexpr int32_t kMaxGroupBlocks = 4;
constexpr int32_t kMaxGroupColumns = 6;
constexpr int32_t kPackedAtOnce = 64;  // steps that stay in the cache while they are filled
// Instructions that fold the vector of a sum, in products.
constexpr int64_t kFold = 4;

int64_t ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }

const GemmF32Isa& select(Isa have) {
#define OCTET_GEMM_F32(name) \
  if (isa_covers(have, name.isa)) return name;
#include "kernels/gemm_f32/kernels.inc"
#undef OCTET_GEMM_F32
  return gemm_f32__scalar;
}

constexpr int32_t kExponents = 31;
constexpr int64_t kSearched = 4096;
constexpr int32_t kMostTop = 24;

// Biased exponent of the greatest weight, or -1 where narrow weights are not the same numbers.
int32_t narrow_exponent(const std::byte* w, int64_t count) {
  int32_t least = 255, greatest = 0;
  for (int64_t part = 0; part < count; part += kSearched) {
    const int64_t end = count - part < kSearched ? count : part + kSearched;
    int32_t beyond = 0;
    for (int64_t i = part; i < end; ++i) {  // without branches, so that it becomes vectors
      int32_t bits;
      std::memcpy(&bits, w + 4 * i, 4);
      beyond |= bits & 0x1fff;
      const int32_t exponent = bits >> 23 & 0xff, zero = (bits & INT32_MAX) == 0 ? 255 : 0;
      least = least < (exponent | zero) ? least : exponent | zero;
      greatest = greatest > exponent ? greatest : exponent;
    }
    if (beyond != 0) return -1;
  }
  if (greatest == 0) return 127;
  const bool usual = greatest >= 127 - kMostTop && greatest <= 127 + kMostTop;
  return usual && greatest - least < kExponents ? greatest : -1;
}

bool are_halves(const std::byte* w, int64_t count) {
  for (int64_t part = 0; part < count; part += kSearched) {
    const int64_t end = count - part < kSearched ? count : part + kSearched;
    bool all = true;
    for (int64_t i = part; i < end; ++i) {
      float v;
      std::memcpy(&v, w + 4 * i, 4);
      const float same = f16_to_f32(f32_to_f16(v));
      all = all && std::memcmp(&same, &v, 4) == 0;
    }
    if (!all) return false;
  }
  return true;
}

uint16_t narrow(int32_t bits, int32_t top) {
  if ((bits & INT32_MAX) == 0) return static_cast<uint16_t>(bits >> 16 & 0x8000);
  const int32_t exponent = (bits >> 23 & 0xff) - 127 - top + kExponents;
  return static_cast<uint16_t>((bits >> 16 & 0x8000) | exponent << 10 | (bits >> 13 & 0x3ff));
}

// `top` is the exponent of the greatest weight where they are narrow, but no halves.
GemmF32Packed layout(int32_t n, int32_t k, bool narrow, int32_t top) {
  GemmF32Packed p{};
  p.n = n;
  p.k = k;
  p.narrow = narrow;
  p.top = top;
  const int64_t by_columns = ceil_div(n, kGemmF32Lanes) * k;
  p.by_rows = int64_t{n} * (ceil_div(k, kGemmF32Lanes) + kFold) < by_columns;
  p.units = p.by_rows != 0 ? n : static_cast<int32_t>(ceil_div(n, kGemmF32Lanes));
  const int64_t steps = p.by_rows != 0 ? ceil_div(k, kGemmF32Lanes) : k;
  p.lines = p.narrow != 0 ? ceil_div(steps, 2) : steps;
  p.groups =
      static_cast<int32_t>(ceil_div(p.units, p.by_rows != 0 ? kMaxGroupColumns : kMaxGroupBlocks));
  p.group_units = p.units / p.groups;
  p.wide_groups = p.units % p.groups;
  p.bias_offset = align_up(sizeof(GemmF32Packed));
  p.weights_offset = p.bias_offset + align_up(ceil_div(n, kGemmF32Lanes) * kGemmF32Lanes * 4);
  p.bytes = p.weights_offset + 64 * p.lines * p.units;
  return p;
}

enum Numbers { kFloats, kNarrow, kHalves };

// Number `lane` of a step of a unit, in a group of `units`.
template <Numbers kNumbers>
void put(std::byte* to, int32_t top, int64_t units, int32_t unit, int64_t step, int32_t lane,
         const std::byte* from) {
  int32_t bits;
  std::memcpy(&bits, from, 4);
  if (kNumbers == kFloats) {
    std::memcpy(to + 64 * (step * units + unit) + 4 * lane, &bits, 4);
    return;
  }
  std::byte* line = to + 64 * (step / 2 * units + unit);
  if (kNumbers == kHalves) {
    float v;
    std::memcpy(&v, from, 4);
    const uint16_t half = f32_to_f16(v);
    std::memcpy(line + lane / 4 * 16 + step % 2 * 8 + lane % 4 * 2, &half, 2);
    return;
  }
  const uint16_t half = narrow(bits, top);
  std::memcpy(line + 4 * lane + 2 * (step % 2), &half, 2);
}

// All of a group, as many steps at once as stay in the cache.
template <Numbers kNumbers>
void pack_group(const GemmF32Packed& p, int32_t group, const std::byte* w, std::byte* to) {
  const bool rows = p.by_rows != 0;
  const int32_t first = p.first_unit(group), units = p.units_of(group);
  for (int32_t u = 0; u < units; ++u) {
    const int32_t column = rows ? first + u : (first + u) * kGemmF32Lanes;
    const int32_t left = p.n - column < kGemmF32Lanes ? p.n - column : kGemmF32Lanes;
    for (int32_t part = 0; part < p.k; part += kPackedAtOnce) {
      const int32_t end = p.k - part < kPackedAtOnce ? p.k : part + kPackedAtOnce;
      for (int32_t c = 0; c < (rows ? 1 : left); ++c) {
        const std::byte* row = w + int64_t{4} * p.k * (column + c);
        for (int32_t i = part; i < end; ++i) {
          put<kNumbers>(to, p.top, units, u, rows ? i / kGemmF32Lanes : i,
                        rows ? i % kGemmF32Lanes : c, row + int64_t{4} * i);
        }
      }
    }
  }
}

bool pack(const PackSource& source, Packed* packed) {
  const auto& f = source.as<GemmF32PackFields>();
  if (f.n < 1 || f.k < 1 || f.n > INT32_MAX / 64 || f.k > INT32_MAX / 64) {
    return source.fail("dimension out of range");
  }
  const int64_t elements = source.parts[0].bytes / 4;
  if (f.n > elements / f.k || int64_t{f.n} * f.k * 4 != source.parts[0].bytes) {
    return source.fail("w is not of the size that its dimensions give");
  }
  if (source.parts[1].bytes != 0 && source.parts[1].bytes != int64_t{f.n} * 4) {
    return source.fail("bias is not n floats");
  }
  const std::byte* w = source.parts[0].data;
  const bool halves = select(source.isa).halves;
  const int64_t count = int64_t{f.n} * f.k;
  const int32_t exponent = halves ? 0 : narrow_exponent(w, count);
  const bool narrow = halves ? are_halves(w, count) : exponent >= 0;
  const GemmF32Packed p = layout(f.n, f.k, narrow, exponent - 127);
  if (!packed->create(source, p.bytes)) return false;
  *packed->as<GemmF32Packed>() = p;
  const auto& header = *packed->as<GemmF32Packed>();
  if (source.parts[1].bytes > 0) {
    std::memcpy(packed->data + p.bias_offset, source.parts[1].data, source.parts[1].bytes);
  }
  for (int32_t g = 0; g < p.groups; ++g) {
    auto* to = const_cast<std::byte*>(static_cast<const std::byte*>(header.weights(g)));
    const auto fill = p.narrow == 0 ? pack_group<kFloats>
                      : halves      ? pack_group<kHalves>
                                    : pack_group<kNarrow>;
    fill(p, g, w, to);
  }
  return true;
}

struct State {
  const GemmF32Packed* w;
  void (*function)(const GemmF32Call& call);
  const float* x;
  float* y;
  int64_t m;
  float act_min, act_max;
  int32_t rows, group_tasks, tasks;
};

// Rows are cut first, and groups of columns where there are too few. What a single row takes is
// the time to read its weights.
void cut(const Prepare& prepare, State* s) {
  const GemmF32Packed& w = *s->w;
  const int64_t macs = int64_t{w.n} * w.k;
  const int64_t products = f32_nanos(prepare.isa(), s->m * macs);
  const int64_t reading = (w.bytes - w.weights_offset) / kBytesPerNano;
  const int64_t nanos = products > reading ? products : reading;
  int64_t rows = units_per_task(s->m, nanos, prepare.threads());
  const int64_t enough = kMacsPerTask / macs + 1;
  if (rows > enough) rows = enough;
  rows = ceil_div(rows, kRowsAtATime) * kRowsAtATime;
  if (rows > s->m) rows = s->m;
  s->rows = rows < 1 ? 1 : static_cast<int32_t>(rows);
  const int64_t parts = ceil_div(s->m, s->rows);
  const int64_t shared = parts == 0 ? 1 : (task_count(nanos, prepare.threads()) - 1) / parts + 1;
  const int64_t large = s->rows * macs / (2 * kMacsPerTask) + 1;
  const int64_t cuts = shared > large ? shared : large;
  s->group_tasks = static_cast<int32_t>(cuts < w.groups ? cuts : w.groups);
}

bool prepare(Prepare& prepare) {
  const auto& fields = prepare.as<GemmF32Fields>();
  const Value* x = prepare.value(fields.x);
  const Value* y = x == nullptr ? nullptr : prepare.value(fields.y);
  const Packed* packed = y == nullptr ? nullptr : prepare.weights(fields.weights);
  auto* s = packed == nullptr ? nullptr : prepare.state<State>();
  if (s == nullptr) return false;
  s->w = packed->as<GemmF32Packed>();
  s->m = y->elements / s->w->n;
  if (!prepare.check(x->type == Type::kF32 && y->type == Type::kF32, "x and y are f32") ||
      !prepare.check(x->dense && y->dense && !y->constant, "x and y are dense, y is no constant") ||
      !prepare.check(x->elements == s->m * s->w->k && y->elements == s->m * s->w->n,
                     "x, weights and y do not go together") ||
      !prepare.check(fields.act_min <= fields.act_max, "empty output range")) {
    return false;
  }
  s->function = select(packed->isa).run;
  s->x = x->as<float>();
  s->y = y->as<float>();
  s->act_min = fields.act_min;
  s->act_max = fields.act_max;
  cut(prepare, s);
  if (s->w->narrow != 0) prepare.scratch(int64_t{4} * (s->w->k + kGemmF32Lanes));
  const int64_t tasks = ceil_div(s->m, s->rows) * s->group_tasks;
  s->tasks = static_cast<int32_t>(tasks);
  return prepare.check(tasks <= INT32_MAX, "too much work");
}

struct Context {
  const State* state;
  Run* run;
};

void run_task(void* opaque, int32_t task, int32_t thread) {
  const auto& context = *static_cast<const Context*>(opaque);
  const State& s = *context.state;
  const int64_t first = int64_t{task / s.group_tasks} * s.rows;
  const int32_t part = task % s.group_tasks;
  GemmF32Call call;
  call.w = s.w;
  call.x_stride = s.w->k;
  call.y_stride = s.w->n;
  call.x = s.x + first * call.x_stride;
  call.y = s.y + first * call.y_stride;
  call.m = s.m - first < s.rows ? static_cast<int32_t>(s.m - first) : s.rows;
  const int64_t groups = s.w->groups;
  call.first_group = static_cast<int32_t>(groups * part / s.group_tasks);
  call.groups = static_cast<int32_t>(groups * (part + 1) / s.group_tasks) - call.first_group;
  call.low = s.act_min;
  call.high = s.act_max;
  call.scratch = reinterpret_cast<float*>(context.run->scratch(thread));
  s.function(call);
}

void run(const void* state, Run& run) {
  Context context = {static_cast<const State*>(state), &run};
  if (context.state->tasks > 0) run.parallel_for(context.state->tasks, run_task, &context);
}

}  // namespace

extern const Kernel kernel_gemm_f32;
const Kernel kernel_gemm_f32 = {
    "gemm_f32", GemmF32Fields::kSignature, GemmF32PackFields::kSignature, 2, pack, prepare, run};

}  // namespace octet
