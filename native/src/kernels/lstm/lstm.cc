// SPDX-License-Identifier: Apache-2.0
//
// All steps of an LSTM of float32 activations; weights are f32, or int8 with activations quantized
// row by row at run time (hybrid). For every step of x, and aux where there is one:
//   z[gate] = x W + aux A + h R + diagonal * h (+ peephole * c) + bias
//   with `norm`: z = normalize(z without the bias) * norm + bias
//   f = s(zf)   i = s(zi), or 1 - f with three gates   g = activation(zg)
//   c = clip(f * c + i * g)   o = s(zo)   h = o * activation(c), or clip(P (o * activation(c)) + b)
// s the logistic function; the peephole of o sees the new c. Gates in order i, f, g, o; peepholes
// in order i, f, o. h and c are read and written; y, where there is one, gets h of every
// step, `y_offset` into its rows.
//
// Weights entry: `sections` tells which optional vectors there are (kPeephole...). Parts: input,
// aux, recurrent weights as [gates][cells][k] (recurrent empty when all gates are diagonal),
// projection [outputs][cells], floats (bias [gates][cells], peepholes, norm, diagonal, projection
// bias), scales of the int8 matrices' columns (input, aux, recurrent [gates][cells], projection).
#include <cstring>
#include <initializer_list>

#include "kernels/recurrent/float_matrix.h"

namespace octet {
namespace {

#define LSTM_FIELDS(VALUE, WEIGHTS, I32, F32) \
  VALUE(x)                                    \
  VALUE(aux)                                  \
  WEIGHTS(weights)                            \
  VALUE(h)                                    \
  VALUE(c)                                    \
  VALUE(y)                                    \
  I32(y_offset)                               \
  I32(time_major)                             \
  I32(reverse)                                \
  I32(asymmetric)                             \
  I32(activation)                             \
  F32(cell_clip)                              \
  F32(projection_clip)
OCTET_FIELDS(LstmFields, LSTM_FIELDS);

#define LSTM_PACK_FIELDS(VALUE, WEIGHTS, I32, F32) \
  I32(hybrid)                                      \
  I32(gates)                                       \
  I32(inputs)                                      \
  I32(aux_inputs)                                  \
  I32(cells)                                       \
  I32(outputs)                                     \
  I32(sections)
OCTET_FIELDS(LstmPackFields, LSTM_PACK_FIELDS);

// From here on the threads of a run share the product of a step.
constexpr int64_t kThreadedProduct = 1 << 20;

constexpr int32_t kPeephole = 1, kNorm = 2, kDiagonal = 4, kProjection = 8, kProjectionBias = 16;

// What a packed block begins with.
struct Header {
  int32_t gates, inputs, aux_inputs, cells, outputs, sections;
  FloatMatrix input, aux, recurrent, projection;
  int64_t bias, peephole, norm, diagonal, projection_bias;  // offsets

  bool has(int32_t section) const { return (sections & section) != 0; }
};

// Copies floats of a part into a padded place of the block, and steps over them.
void take(const std::byte** from, int64_t count, std::byte* to) {
  std::memcpy(to, *from, count * 4);
  *from += count * 4;
}

bool check_fields(const PackSource& source, const LstmPackFields& f) {
  const auto fits = [](int32_t v) { return v >= 0 && v <= kGreatestDimension; };
  if ((f.gates != 3 && f.gates != 4) || !fits(f.inputs) || !fits(f.aux_inputs) || !fits(f.cells) ||
      !fits(f.outputs) || f.hybrid < 0 || f.hybrid > 1) {
    return source.fail("dimension out of range");
  }
  const bool projection = (f.sections & kProjection) != 0;
  if (f.sections < 0 || f.sections > 31 || (!projection && f.outputs != f.cells) ||
      ((f.sections & kDiagonal) != 0 && f.outputs != f.cells) ||
      (!projection && (f.sections & kProjectionBias) != 0)) {
    return source.fail("sections out of range");
  }
  const int64_t element = f.hybrid != 0 ? 1 : 4, rows = int64_t{f.gates} * f.cells;
  const int64_t recurrent = rows * f.outputs * element;
  if (source.parts[0].bytes != rows * f.inputs * element ||
      source.parts[1].bytes != rows * f.aux_inputs * element ||
      (source.parts[2].bytes != recurrent &&
       (source.parts[2].bytes != 0 || (f.sections & kDiagonal) == 0)) ||
      source.parts[3].bytes != (projection ? int64_t{f.outputs} * f.cells * element : 0)) {
    return source.fail("weights are not of the size that the dimensions give");
  }
  int64_t floats = rows;
  if ((f.sections & kPeephole) != 0) floats += rows - f.cells;
  if ((f.sections & kNorm) != 0) floats += rows;
  if ((f.sections & kDiagonal) != 0) floats += rows;
  if ((f.sections & kProjectionBias) != 0) floats += f.outputs;
  const int64_t scales = 3 * rows + (projection ? f.outputs : 0);
  if (source.parts[4].bytes != floats * 4 ||
      source.parts[5].bytes != (f.hybrid != 0 ? scales * 4 : 0)) {
    return source.fail("vectors are not of the size that the dimensions give");
  }
  return true;
}

bool pack(const PackSource& source, Packed* packed) {
  const auto& f = source.as<LstmPackFields>();
  if (!check_fields(source, f)) return false;
  Header header{f.gates, f.inputs, f.aux_inputs, f.cells, f.outputs, f.sections, {},
                {},      {},       {},           0,       0,         0,          0,
                0};
  const bool hybrid = f.hybrid != 0;
  const int32_t rows = f.gates * f.cells;
  int64_t end = align_up(sizeof(Header));
  end = header.input.place(f.inputs, rows, hybrid, end);
  end = header.aux.place(f.aux_inputs, rows, hybrid, end);
  end = header.recurrent.place(source.parts[2].bytes == 0 ? 0 : f.outputs, rows, hybrid, end);
  end = header.projection.place(f.cells, header.has(kProjection) ? f.outputs : 0, hybrid, end);
  const auto place = [&end](int64_t count) {
    const int64_t offset = align_up(end);
    end = offset + count * 4 + kSlack;
    return offset;
  };
  header.bias = place(rows);
  header.peephole = place(rows);
  header.norm = place(rows);
  header.diagonal = place(rows);
  header.projection_bias = place(f.outputs);
  if (!packed->create(source, end)) return false;
  *packed->as<Header>() = header;
  std::byte* block = packed->data;

  const std::byte* scales = source.parts[5].data;
  const FloatMatrix* matrices[] = {&header.input, &header.aux, &header.recurrent};
  for (int m = 0; m < 3; ++m) {
    const FloatMatrix& matrix = *matrices[m];
    for (int32_t gate = 0; gate < f.gates; ++gate) {
      const int64_t from = int64_t{gate} * f.cells * matrix.k * matrix.element();
      matrix.fill(block, source.parts[m].data + from, gate * f.cells, f.cells, 0);
    }
    if (hybrid) take(&scales, rows, block + matrix.scale);
  }
  if (header.has(kProjection)) {
    header.projection.fill(block, source.parts[3].data, 0, f.outputs, 0);
    if (hybrid) take(&scales, f.outputs, block + header.projection.scale);
  }
  const std::byte* floats = source.parts[4].data;
  take(&floats, rows, block + header.bias);
  if (header.has(kPeephole)) take(&floats, rows - f.cells, block + header.peephole);
  if (header.has(kNorm)) take(&floats, rows, block + header.norm);
  if (header.has(kDiagonal)) take(&floats, rows, block + header.diagonal);
  if (header.has(kProjectionBias)) take(&floats, f.outputs, block + header.projection_bias);
  return true;
}

struct State {
  const RecurrentIsa* isa;
  const std::byte* block;
  const Header* header;
  const float *x, *aux;
  float *h, *c, *y;
  int64_t y_stride;
  Sequence sequence;
  bool asymmetric;
  Squash activation;
  float cell_clip, projection_clip;
  int32_t chunk;
  // offsets into the scratch, behind the gates; h of a plain cell in whole vectors
  int64_t hidden, projected, products, plain_h;
  bool plain;  // a cell of StepsF32

  const float* floats(int64_t offset) const {
    return reinterpret_cast<const float*>(block + offset);
  }
};

bool prepare(Prepare& prepare) {
  const auto& f = prepare.as<LstmFields>();
  const Value *x = prepare.value(f.x), *aux, *y;
  const Value* h = x == nullptr ? nullptr : prepare.value(f.h);
  const Value* c = h == nullptr ? nullptr : prepare.value(f.c);
  const Packed* packed = c == nullptr ? nullptr : prepare.weights(f.weights);
  auto* s = packed == nullptr ? nullptr : prepare.state<State>();
  if (s == nullptr || !prepare.optional_value(f.aux, &aux) || !prepare.optional_value(f.y, &y)) {
    return false;
  }
  for (const Value* value : {x, h, c, y, aux}) {
    if (value != nullptr && !prepare.check(value->type == Type::kF32 && value->dense,
                                           "x, aux, h, c and y are dense f32")) {
      return false;
    }
  }
  const Header& header = *packed->as<Header>();
  if (!prepare.check(!h->constant && !c->constant && (y == nullptr || !y->constant),
                     "h, c and y are no constants") ||
      !prepare.check(f.activation >= 0 && f.activation <= 5, "unknown activation") ||
      !prepare.check(f.cell_clip >= 0 && f.projection_clip >= 0, "negative clip") ||
      !read_sequence(prepare, *x, header.inputs, f.time_major != 0, f.reverse != 0, &s->sequence)) {
    return false;
  }
  Sequence aux_sequence = s->sequence;
  if (!prepare.check((aux != nullptr) == (header.aux_inputs > 0), "aux without its weights") ||
      (aux != nullptr && !read_sequence(prepare, *aux, header.aux_inputs, f.time_major != 0,
                                        f.reverse != 0, &aux_sequence))) {
    return false;
  }
  const int32_t batch = s->sequence.batch;
  const int64_t y_rows = int64_t{s->sequence.steps} * batch;
  const int64_t columns = y == nullptr ? header.outputs : y->rank == 0 ? 0 : y->dim(y->rank - 1);
  if (!prepare.check(aux_sequence.steps == s->sequence.steps && aux_sequence.batch == batch,
                     "x and aux are not of one length") ||
      !prepare.check(h->elements == int64_t{batch} * header.outputs &&
                         c->elements == int64_t{batch} * header.cells,
                     "h or c is not of the weights' size") ||
      !prepare.check((y == nullptr || y->elements == y_rows * columns) && f.y_offset >= 0 &&
                         f.y_offset <= columns - header.outputs,
                     "y is not of the weights' size")) {
    return false;
  }
  s->isa = &choose_recurrent(packed->isa);
  s->block = packed->data;
  s->header = packed->as<Header>();
  s->x = x->as<float>();
  s->aux = aux == nullptr ? nullptr : aux->as<float>();
  s->h = h->as<float>();
  s->c = c->as<float>();
  s->y = y == nullptr ? nullptr : y->as<float>() + f.y_offset;
  s->y_stride = columns;
  s->asymmetric = f.asymmetric != 0;
  s->activation = static_cast<Squash>(f.activation);
  s->cell_clip = f.cell_clip;
  s->projection_clip = f.projection_clip;
  s->plain = header.sections == 0 && header.gates == 4 && s->activation == Squash::kTanh;
  const int64_t wide = padded_columns(header.input.n);
  s->chunk = s->sequence.chunk(wide);
  const int64_t rows = int64_t{s->chunk} * batch;
  s->hidden = align_up(rows * wide * 4) + kSlack;
  s->projected = s->hidden + align_up(int64_t{batch} * header.cells * 4) + kSlack;
  s->products = s->projected + align_up(batch * padded_columns(header.outputs) * 4) + kSlack;
  int64_t products = 0;
  for (const int64_t bytes : {header.input.scratch(rows), header.aux.scratch(rows),
                              header.recurrent.scratch(batch), header.projection.scratch(batch)}) {
    products = bytes > products ? bytes : products;
  }
  s->plain_h = align_up(s->products + products);
  prepare.scratch(s->plain_h + align_up(batch * padded_columns(header.outputs) * 4) + kSlack);
  return true;
}

// z += v * x of one gate
void add_product(const float* v, const float* x, int32_t n, float* z) {
  for (int32_t j = 0; j < n; ++j) z[j] += v[j] * x[j];
}

// The gates of one row to the row's new c, and o * activation(c) to `hidden`.
void update(const State& s, float* z, float* h, float* c, float* hidden) {
  const Header& header = *s.header;
  const int32_t n = header.cells, full = header.gates == 4 ? 1 : 0;
  const bool norm = header.has(kNorm);
  const float* peephole = header.has(kPeephole) ? s.floats(header.peephole) : nullptr;
  float* zi = full ? z : nullptr;
  float *zf = z + full * n, *zg = zf + n, *zo = zg + n;
  const float* pi = full ? peephole : nullptr;
  const float* pf = peephole == nullptr ? nullptr : peephole + full * n;
  const float* po = peephole == nullptr ? nullptr : pf + n;
  if (header.has(kDiagonal)) {
    for (int32_t gate = 0; gate < header.gates; ++gate) {
      add_product(s.floats(header.diagonal) + gate * n, h, n, z + gate * n);
    }
  }
  const float *scale = s.floats(header.norm), *bias = s.floats(header.bias);
  if (norm) {
    if (pi != nullptr) add_product(pi, c, n, zi);
    if (pf != nullptr) add_product(pf, c, n, zf);
    for (int32_t gate = 0; gate + 1 < header.gates; ++gate) {
      s.isa->normalize_f32(z + gate * n, scale + gate * n, bias + gate * n, n, z + gate * n);
    }
    pi = pf = nullptr;
  }
  s.isa->cell_f32({zi, zf, zg, pi, pf, c, n, s.activation, s.cell_clip});
  if (norm) {
    const int32_t o = (header.gates - 1) * n;
    if (po != nullptr) add_product(po, c, n, zo);
    s.isa->normalize_f32(zo, scale + o, bias + o, n, zo);
    po = nullptr;
  }
  s.isa->hidden_f32({zo, po, c, hidden, n, s.activation});
}

void project(const State& s, Run& run, std::byte* scratch) {
  const Header& header = *s.header;
  const int32_t batch = s.sequence.batch, n = header.outputs;
  const int64_t wide = padded_columns(n);
  auto* to = reinterpret_cast<float*>(scratch + s.projected);
  for (int32_t b = 0; b < batch; ++b) {
    std::memcpy(to + b * wide, s.floats(header.projection_bias), sizeof(float) * n);
  }
  header.projection.accumulate(run, *s.isa, s.block, reinterpret_cast<float*>(scratch + s.hidden),
                               header.cells, batch, s.asymmetric, to, wide, scratch + s.products);
  const float limit = s.projection_clip;
  for (int32_t b = 0; b < batch; ++b) {
    for (int32_t j = 0; j < n; ++j) {
      const float v = to[b * wide + j];
      s.h[int64_t{b} * n + j] = limit == 0 ? v : v < -limit ? -limit : v > limit ? limit : v;
    }
  }
}

// z holds the products of the step's inputs.
void step(const State& s, Run& run, int32_t t, float* z, std::byte* scratch) {
  const Header& header = *s.header;
  const int32_t batch = s.sequence.batch;
  const int64_t wide = padded_columns(header.input.n);
  header.recurrent.accumulate(run, *s.isa, s.block, s.h, header.outputs, batch, s.asymmetric, z,
                              wide, scratch + s.products);
  const bool projects = header.has(kProjection);
  float* hidden = projects ? reinterpret_cast<float*>(scratch + s.hidden) : s.h;
  for (int32_t b = 0; b < batch; ++b) {
    const int64_t cells = int64_t{b} * header.cells;
    update(s, z + b * wide, s.h + int64_t{b} * header.outputs, s.c + cells, hidden + cells);
  }
  if (projects) project(s, run, scratch);
  for (int32_t b = 0; b < batch && s.y != nullptr; ++b) {
    std::memmove(s.y + s.sequence.row(t, b) * s.y_stride, s.h + int64_t{b} * header.outputs,
                 sizeof(float) * header.outputs);
  }
}

// Steps `first` to first + count - 1, whose products of inputs are in z.
void run_plain(const State& s, Run& run, int32_t first, int32_t count, float* z,
               std::byte* scratch) {
  const Header& header = *s.header;
  const FloatMatrix& recurrent = header.recurrent;
  const int32_t batch = s.sequence.batch, n = header.cells;
  const int64_t wide = padded_columns(header.input.n), z_step = batch * wide;
  const int32_t sign = s.sequence.reverse ? -1 : 1;
  const int32_t start = s.sequence.reverse ? count - 1 : 0;
  // whole vectors: a load that touches a masked store waits for it to leave the pipeline
  auto* h = reinterpret_cast<float*>(scratch + s.plain_h);
  const int64_t h_stride = padded_columns(n);
  for (int32_t b = 0; b < batch; ++b) {
    std::memcpy(h + b * h_stride, s.h + int64_t{b} * n, sizeof(float) * n);
  }
  StepsF32 p{};
  p.cells = n;
  p.product = {h, h_stride, batch, n, recurrent.n, s.floats(recurrent.w), z + start * z_step, wide};
  p.z_step = sign * z_step;
  p.clip = s.cell_clip;
  p.h = h;
  p.c = s.c;
  p.y_step = sign * s.sequence.row(1, 0) * s.y_stride;
  p.y_row = s.sequence.row(0, 1) * s.y_stride;
  p.y = s.y == nullptr ? nullptr : s.y + s.sequence.row(first + start, 0) * s.y_stride;
  p.multiplied = recurrent.integer || (run.threads() > 1 && panels(recurrent.n) > 1 &&
                                       int64_t{recurrent.n} * n * batch >= kThreadedProduct);
  p.steps = p.multiplied ? 1 : count;
  for (int32_t done = 0; done < count; done += p.steps) {
    if (p.multiplied) {
      recurrent.accumulate(run, *s.isa, s.block, h, h_stride, batch, s.asymmetric, p.product.y,
                           wide, scratch + s.products);
    }
    s.isa->steps_f32(p);
    p.product.y += p.z_step;
    if (p.y != nullptr) p.y += p.y_step;
  }
  for (int32_t b = 0; b < batch; ++b) {
    std::memcpy(s.h + int64_t{b} * n, h + b * h_stride, sizeof(float) * n);
  }
}

void run(const void* opaque, Run& run) {
  const auto& s = *static_cast<const State*>(opaque);
  const Header& header = *s.header;
  const Sequence& sequence = s.sequence;
  const int32_t batch = sequence.batch;
  std::byte* scratch = run.scratch(0);
  auto* z = reinterpret_cast<float*>(scratch);
  const int64_t wide = padded_columns(header.input.n);
  if (batch == 0) return;
  for (int32_t done = 0; done < sequence.steps && !run.stopped(); done += s.chunk) {
    const int32_t left = sequence.steps - done;
    const int32_t count = left < s.chunk ? left : s.chunk;
    const int32_t first = sequence.reverse ? left - count : done;
    for (int32_t i = 0; i < count * batch; ++i) {
      if (header.has(kNorm)) {
        std::memset(z + i * wide, 0, sizeof(float) * header.input.n);
      } else {
        std::memcpy(z + i * wide, s.floats(header.bias), sizeof(float) * header.input.n);
      }
    }
    sequence.accumulate(run, *s.isa, header.input, s.block, s.x, first, count, s.asymmetric, z,
                        wide, scratch + s.products);
    if (s.aux != nullptr) {
      sequence.accumulate(run, *s.isa, header.aux, s.block, s.aux, first, count, s.asymmetric, z,
                          wide, scratch + s.products);
    }
    if (s.plain) run_plain(s, run, first, count, z, scratch);
    for (int32_t i = 0; i < count && !s.plain; ++i) {
      const int32_t at = sequence.reverse ? count - 1 - i : i;
      step(s, run, first + at, z + int64_t{at} * batch * wide, scratch);
    }
  }
}

}  // namespace

extern const Kernel kernel_lstm;
const Kernel kernel_lstm = {
    "lstm", LstmFields::kSignature, LstmPackFields::kSignature, 6, pack, prepare, run};

}  // namespace octet
