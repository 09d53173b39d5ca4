// SPDX-License-Identifier: Apache-2.0
//
// Picks boxes by falling score. boxes: f32 [n, 4], two opposite corners (y, x, y, x); scores: f32
// [n]. A box counts when its score is above `least`, and is dropped when its overlap (intersection
// over union, 0 for an empty box) with a picked one is `overlap` or more. With sigma > 0 its score
// falls by exp(-overlap^2 / (2 sigma)) for each box picked before, and it waits for its turn again.
// picks: i32 [most], pick_scores: f32 [most] or absent, count: one i32; unused places are 0.
// overlap, least and sigma (absent: 0) are f32 scalars; a negative sigma is
// OCTET_INDEX_OUT_OF_RANGE. Equal scores come in the order of a binary heap whose hole sinks to the
// bottom before the last element rises from there, as C++'s priority_queue does it. All are dense.
#include <cmath>

#include "program/kernel.h"

namespace octet {
namespace {

#define NON_MAX_SUPPRESSION_FIELDS(VALUE, WEIGHTS, I32, F32) \
  VALUE(boxes)                                               \
  VALUE(scores)                                              \
  VALUE(overlap)                                             \
  VALUE(least)                                               \
  VALUE(sigma)                                               \
  VALUE(picks)                                               \
  VALUE(pick_scores)                                         \
  VALUE(count)
OCTET_FIELDS(NonMaxSuppressionFields, NON_MAX_SUPPRESSION_FIELDS);

constexpr int32_t kRoundsPerPause = 64;

struct Box {
  float top, left, bottom, right, area;
};

struct Candidate {
  float score;
  int32_t box;
  int32_t compared;  // picks that it has been compared with
};

struct State {
  const float* boxes;
  const float* scores;
  const float* overlap;
  const float* least;
  const float* sigma;
  int32_t* picks;
  float* pick_scores;
  int32_t* count;
  int32_t n, most;
};

// As std::min and std::max take a NaN.
float min(float a, float b) { return b < a ? b : a; }
float max(float a, float b) { return a < b ? b : a; }

Box box_of(const float* corners) {
  Box box;
  box.top = min(corners[0], corners[2]);
  box.bottom = max(corners[0], corners[2]);
  box.left = min(corners[1], corners[3]);
  box.right = max(corners[1], corners[3]);
  box.area = (box.bottom - box.top) * (box.right - box.left);
  return box;
}

float overlap_of(const Box& a, const Box& b) {
  if (a.area <= 0 || b.area <= 0) return 0;
  const float height = max(min(a.bottom, b.bottom) - max(a.top, b.top), 0);
  const float width = max(min(a.right, b.right) - max(a.left, b.left), 0);
  const float both = height * width;
  return both / (a.area + b.area - both);
}

struct Heap {
  Candidate* items;
  int32_t size;

  void rise(int32_t hole, const Candidate& item) {
    while (hole > 0 && items[(hole - 1) / 2].score < item.score) {
      items[hole] = items[(hole - 1) / 2];
      hole = (hole - 1) / 2;
    }
    items[hole] = item;
  }
  void push(const Candidate& item) { rise(size++, item); }
  Candidate pop() {
    const Candidate top = items[0], last = items[--size];
    int32_t hole = 0, child = 2;
    while (child < size) {
      if (items[child].score < items[child - 1].score) --child;
      items[hole] = items[child];
      hole = child;
      child = 2 * child + 2;
    }
    if (child == size) {
      items[hole] = items[child - 1];
      hole = child - 1;
    }
    rise(hole, last);
    return top;
  }
};

bool scalar(const Value* value, Type type) {
  return value == nullptr || (value->type == type && value->elements == 1);
}

bool prepare(Prepare& prepare) {
  const auto& fields = prepare.as<NonMaxSuppressionFields>();
  const Value* boxes = prepare.value(fields.boxes);
  const Value* scores = boxes == nullptr ? nullptr : prepare.value(fields.scores);
  const Value* overlap = scores == nullptr ? nullptr : prepare.value(fields.overlap);
  const Value* least = overlap == nullptr ? nullptr : prepare.value(fields.least);
  const Value* picks = least == nullptr ? nullptr : prepare.value(fields.picks);
  const Value* count = picks == nullptr ? nullptr : prepare.value(fields.count);
  const Value *sigma = nullptr, *pick_scores = nullptr;
  if (count == nullptr || !prepare.optional_value(fields.sigma, &sigma) ||
      !prepare.optional_value(fields.pick_scores, &pick_scores)) {
    return false;
  }
  auto* s = prepare.state<State>();
  if (s == nullptr) return false;
  const bool dense = boxes->dense && scores->dense && picks->dense && count->dense &&
                     overlap->dense && least->dense && (sigma == nullptr || sigma->dense) &&
                     (pick_scores == nullptr || pick_scores->dense);
  const bool constant =
      picks->constant || count->constant || (pick_scores != nullptr && pick_scores->constant);
  if (!prepare.check(dense && !constant, "all are dense, results no constants") ||
      !prepare.check(boxes->type == Type::kF32 && boxes->rank == 2 && boxes->dim(1) == 4,
                     "boxes are not f32 [n, 4]") ||
      !prepare.check(
          scores->type == Type::kF32 && scores->rank == 1 && scores->dim(0) == boxes->dim(0),
          "scores are not f32 [n]") ||
      !prepare.check(scalar(overlap, Type::kF32) && scalar(least, Type::kF32) &&
                         scalar(sigma, Type::kF32) && scalar(count, Type::kI32),
                     "a scalar is none") ||
      !prepare.check(picks->type == Type::kI32 && picks->rank == 1, "picks are not i32 [most]") ||
      !prepare.check(
          pick_scores == nullptr || (pick_scores->type == Type::kF32 && pick_scores->rank == 1 &&
                                     pick_scores->dim(0) == picks->dim(0)),
          "scores of the picks are not f32 [most]")) {
    return false;
  }
  *s = {boxes->as<const float>(),
        scores->as<const float>(),
        overlap->as<const float>(),
        least->as<const float>(),
        sigma == nullptr ? nullptr : sigma->as<const float>(),
        picks->as<int32_t>(),
        pick_scores == nullptr ? nullptr : pick_scores->as<float>(),
        count->as<int32_t>(),
        boxes->dim(0),
        picks->dim(0)};
  prepare.scratch(int64_t{s->n} * static_cast<int64_t>(sizeof(Box) + sizeof(Candidate)));
  return true;
}

int32_t pick(const State& s, float scale, Run& run) {
  auto* boxes = reinterpret_cast<Box*>(run.scratch(0));
  Heap heap{reinterpret_cast<Candidate*>(boxes + s.n), 0};
  const float overlap = *s.overlap, least = *s.least;
  for (int32_t i = 0; i < s.n; ++i) {
    boxes[i] = box_of(s.boxes + int64_t{4} * i);
    if (s.scores[i] > least) heap.push({s.scores[i], i, 0});
  }
  const int32_t wanted = heap.size < s.most ? heap.size : s.most;
  int32_t count = 0;
  for (int32_t round = 1; count < wanted && heap.size > 0; ++round) {
    if (round % kRoundsPerPause == 0 && run.stopped()) return count;
    Candidate next = heap.pop();
    const float before = next.score;
    bool drop = false;
    for (int32_t j = count - 1; j >= next.compared; --j) {
      const float iou = overlap_of(boxes[next.box], boxes[s.picks[j]]);
      drop = iou >= overlap;
      if (drop) break;
      if (scale != 0) next.score *= std::exp(scale * iou * iou);
      if (next.score <= least) break;
    }
    if (drop) continue;
    next.compared = count;
    if (next.score == before) {
      s.picks[count] = next.box;
      if (s.pick_scores != nullptr) s.pick_scores[count] = next.score;
      ++count;
    }
    if (next.score > least) heap.push(next);
  }
  return count;
}

void run(const void* state, Run& run) {
  const auto& s = *static_cast<const State*>(state);
  const float sigma = s.sigma == nullptr ? 0 : *s.sigma;
  if (sigma < 0) {
    run.fail(OCTET_INDEX_OUT_OF_RANGE, "sigma %g is negative", static_cast<double>(sigma));
    return;
  }
  const int32_t count = pick(s, sigma > 0 ? static_cast<float>(-0.5 / sigma) : 0, run);
  for (int32_t i = count; i < s.most; ++i) {
    s.picks[i] = 0;
    if (s.pick_scores != nullptr) s.pick_scores[i] = 0;
  }
  *s.count = count;
}

}  // namespace

extern const Kernel kernel_non_max_suppression;
const Kernel kernel_non_max_suppression = {
    "non_max_suppression", NonMaxSuppressionFields::kSignature, "", 0, nullptr, prepare, run};

}  // namespace octet
