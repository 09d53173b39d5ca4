// SPDX-License-Identifier: Apache-2.0
//
// All steps of a basic recurrent network of float32 activations; weights are f32, or int8 with
// activations quantized row by row at run time (hybrid):
//   h = activation(x W + aux A + h R + bias)
// h is read and written; y gets h of every step, `y_offset` into its rows.
//
// Weights entry. Parts: input [units][inputs], aux [units][aux_inputs], recurrent [units][units],
// bias f32[units], scales of the three int8 matrices.
#include <cstring>
#include <initializer_list>

#include "kernels/recurrent/float_matrix.h"

namespace octet {
namespace {

#define RNN_FIELDS(VALUE, WEIGHTS, I32, F32) \
  VALUE(x)                                   \
  VALUE(aux)                                 \
  WEIGHTS(weights)                           \
  VALUE(h)                                   \
  VALUE(y)                                   \
  I32(y_offset)                              \
  I32(time_major)                            \
  I32(reverse)                               \
  I32(asymmetric)                            \
  I32(activation)
OCTET_FIELDS(RnnFields, RNN_FIELDS);

#define RNN_PACK_FIELDS(VALUE, WEIGHTS, I32, F32) \
  I32(hybrid)                                     \
  I32(inputs)                                     \
  I32(aux_inputs)                                 \
  I32(units)
OCTET_FIELDS(RnnPackFields, RNN_PACK_FIELDS);

struct Header {
  int32_t inputs, aux_inputs, units;
  FloatMatrix input, aux, recurrent;
  int64_t bias;
};

bool pack(const PackSource& source, Packed* packed) {
  const auto& f = source.as<RnnPackFields>();
  const auto fits = [](int32_t v) { return v >= 0 && v <= kGreatestDimension; };
  if (!fits(f.inputs) || !fits(f.aux_inputs) || !fits(f.units) || f.hybrid < 0 || f.hybrid > 1) {
    return source.fail("dimension out of range");
  }
  const bool hybrid = f.hybrid != 0;
  Header header{};
  header.inputs = f.inputs;
  header.aux_inputs = f.aux_inputs;
  header.units = f.units;
  int64_t end = align_up(sizeof(Header));
  FloatMatrix* matrices[] = {&header.input, &header.aux, &header.recurrent};
  const int32_t k[] = {f.inputs, f.aux_inputs, f.units};
  for (int m = 0; m < 3; ++m) {
    end = matrices[m]->place(k[m], f.units, hybrid, end);
    if (source.parts[m].bytes != int64_t{k[m]} * f.units * matrices[m]->element()) {
      return source.fail("weights are not of the size that the dimensions give");
    }
  }
  if (source.parts[3].bytes != int64_t{f.units} * 4 || source.parts[4].bytes != (hybrid ? 12 : 0)) {
    return source.fail("bias or scales are not of the size that the dimensions give");
  }
  header.bias = align_up(end);
  if (!packed->create(source, header.bias + int64_t{f.units} * 4)) return false;
  *packed->as<Header>() = header;
  float scales[3] = {};
  std::memcpy(scales, source.parts[4].data, source.parts[4].bytes);
  for (int m = 0; m < 3; ++m) {
    matrices[m]->fill(packed->data, source.parts[m].data, 0, f.units, scales[m]);
  }
  std::memcpy(packed->data + header.bias, source.parts[3].data, int64_t{f.units} * 4);
  return true;
}

struct State {
  const RecurrentIsa* isa;
  const std::byte* block;
  const Header* header;
  const float *x, *aux;
  float *h, *y;
  int64_t y_stride;
  Sequence sequence;
  bool asymmetric;
  Squash activation;
  int32_t chunk;
  int64_t products;  // offset into the scratch, behind the sums
};

bool prepare(Prepare& prepare) {
  const auto& f = prepare.as<RnnFields>();
  const Value *x = prepare.value(f.x), *aux;
  const Value* h = x == nullptr ? nullptr : prepare.value(f.h);
  const Value* y = h == nullptr ? nullptr : prepare.value(f.y);
  const Packed* packed = y == nullptr ? nullptr : prepare.weights(f.weights);
  auto* s = packed == nullptr ? nullptr : prepare.state<State>();
  if (s == nullptr || !prepare.optional_value(f.aux, &aux)) return false;
  for (const Value* value : {x, h, y, aux}) {
    if (value != nullptr && !prepare.check(value->type == Type::kF32 && value->dense,
                                           "x, aux, h and y are dense f32")) {
      return false;
    }
  }
  const Header& header = *packed->as<Header>();
  if (!prepare.check(!h->constant && !y->constant, "h and y are no constants") ||
      !prepare.check(f.activation >= 0 && f.activation <= 5, "unknown activation") ||
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
  const int64_t columns = y->rank == 0 ? 0 : y->dim(y->rank - 1);
  if (!prepare.check(aux_sequence.steps == s->sequence.steps && aux_sequence.batch == batch,
                     "x and aux are not of one length") ||
      !prepare.check(h->elements == int64_t{batch} * header.units,
                     "h is not of the weights' size") ||
      !prepare.check(y->elements == int64_t{s->sequence.steps} * batch * columns &&
                         f.y_offset >= 0 && f.y_offset <= columns - header.units,
                     "y is not of the weights' size")) {
    return false;
  }
  s->isa = &choose_recurrent(packed->isa);
  s->block = packed->data;
  s->header = packed->as<Header>();
  s->x = x->as<float>();
  s->aux = aux == nullptr ? nullptr : aux->as<float>();
  s->h = h->as<float>();
  s->y = y->as<float>() + f.y_offset;
  s->y_stride = columns;
  s->asymmetric = f.asymmetric != 0;
  s->activation = static_cast<Squash>(f.activation);
  const int64_t wide = padded_columns(header.units);
  s->chunk = s->sequence.chunk(wide);
  const int64_t rows = int64_t{s->chunk} * batch;
  s->products = align_up(rows * wide * 4) + kSlack;
  int64_t products = header.recurrent.scratch(batch);
  for (const int64_t bytes : {header.input.scratch(rows), header.aux.scratch(rows)}) {
    products = bytes > products ? bytes : products;
  }
  prepare.scratch(s->products + products);
  return true;
}

void step(const State& s, Run& run, int32_t t, float* z, std::byte* scratch) {
  const Header& header = *s.header;
  const int32_t batch = s.sequence.batch, n = header.units;
  const int64_t wide = padded_columns(n);
  header.recurrent.accumulate(run, *s.isa, s.block, s.h, n, batch, s.asymmetric, z, wide,
                              scratch + s.products);
  for (int32_t b = 0; b < batch; ++b) {
    float* h = s.h + int64_t{b} * n;
    s.isa->squash(s.activation, z + b * wide, n, h);
    std::memmove(s.y + s.sequence.row(t, b) * s.y_stride, h, sizeof(float) * n);
  }
}

void run(const void* opaque, Run& run) {
  const auto& s = *static_cast<const State*>(opaque);
  const Header& header = *s.header;
  const Sequence& sequence = s.sequence;
  const int32_t batch = sequence.batch;
  std::byte* scratch = run.scratch(0);
  auto* z = reinterpret_cast<float*>(scratch);
  const int64_t wide = padded_columns(header.units);
  if (batch == 0) return;
  for (int32_t done = 0; done < sequence.steps && !run.stopped(); done += s.chunk) {
    const int32_t left = sequence.steps - done;
    const int32_t count = left < s.chunk ? left : s.chunk;
    const int32_t first = sequence.reverse ? left - count : done;
    for (int32_t i = 0; i < count * batch; ++i) {
      std::memcpy(z + i * wide, s.block + header.bias, sizeof(float) * header.units);
    }
    sequence.accumulate(run, *s.isa, header.input, s.block, s.x, first, count, s.asymmetric, z,
                        wide, scratch + s.products);
    if (s.aux != nullptr) {
      sequence.accumulate(run, *s.isa, header.aux, s.block, s.aux, first, count, s.asymmetric, z,
                          wide, scratch + s.products);
    }
    for (int32_t i = 0; i < count; ++i) {
      const int32_t at = sequence.reverse ? count - 1 - i : i;
      step(s, run, first + at, z + int64_t{at} * batch * wide, scratch);
    }
  }
}

}  // namespace

extern const Kernel kernel_rnn;
const Kernel kernel_rnn = {
    "rnn", RnnFields::kSignature, RnnPackFields::kSignature, 5, pack, prepare, run};

}  // namespace octet
