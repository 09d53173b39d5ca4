// SPDX-License-Identifier: Apache-2.0
#ifndef OCTET_PROGRAM_BROADCAST_H_
#define OCTET_PROGRAM_BROADCAST_H_

#include <initializer_list>

#include "program/kernel.h"

namespace octet {

// How up to three values are walked together under the broadcasting rule (dimensions aligned at the
// last; each 1 or that of y), with as few loops as the layouts allow. y is dense.
//
// Short rows of which an input is repeated are put in scratch, several at once: that takes less
// than a call for each.
class Broadcast {
 public:
  static constexpr int32_t kInputs = 3;

  // A piece of y that is worked on at once: elements y, y + 1, ... n of them, of input k those at
  // in[k] + i * step[k] elements.
  struct Piece {
    const std::byte* in[kInputs];
    int64_t step[kInputs];  // 0 where an element is repeated, else mostly 1
    int64_t y, n;
  };

  // False (with the error written) when shapes do not go together or y is not their shape. Takes
  // scratch.
  bool prepare(Prepare& prepare, std::initializer_list<const Value*> values, const Value& y);

  // Calls body(state, piece) for all pieces, in tasks of parallel_for.
  template <typename State>
  void run(Run& run, const State& state,
           void (*body)(const State& state, const Piece& piece)) const;

 private:
  static constexpr int64_t kGathered = 1024;  // elements of each input in scratch

  struct Position {
    int32_t at[kMaxRank];  // in the outer loops
    int64_t offset[kInputs];
  };

  template <typename Body>
  void run_task(int32_t task, std::byte* scratch, const Body& body) const;
  void cut(int64_t elements);
  void seek(int64_t row, Position* position) const;
  // Goes on by `count` rows, no further than to the end of the loop next to the innermost.
  void advance(int32_t count, Position* position) const;
  // Points the piece to `count` whole rows from a position on.
  void gather(const Position& position, int32_t count, std::byte* scratch,
              const std::byte** repeated, Piece* piece) const;
  bool flat(int32_t input) const { return step_[input] == 1 && strides_[input][rank_ - 1] == row_; }

  int32_t inputs_;
  int32_t rank_;            // loops outside the innermost
  int32_t dims_[kMaxRank];  // of those loops, outermost first
  int64_t strides_[kInputs][kMaxRank];
  int64_t rows_;  // product of dims
  int64_t row_;   // length of the innermost loop
  int64_t step_[kInputs];
  const std::byte* data_[kInputs];
  int32_t size_[kInputs];  // bytes of an element
  bool gathers_;
  bool whole_;   // one piece is all there is
  Piece piece_;  // that one

  int32_t tasks_;
  int32_t parts_;  // of a row
  int64_t row_part_, rows_per_task_;
};

template <typename Body>
void Broadcast::run_task(int32_t task, std::byte* scratch, const Body& body) const {
  const int64_t part = task % parts_ * row_part_;
  const int64_t first = task / parts_ * rows_per_task_;
  const int64_t last = first + rows_per_task_ < rows_ ? first + rows_per_task_ : rows_;
  const std::byte* repeated[kInputs] = {};
  Position position;
  seek(first, &position);
  Piece piece;
  for (int64_t row = first; row < last;) {
    int64_t count = 1;
    if (gathers_) {
      count = dims_[rank_ - 1] - position.at[rank_ - 1];
      count = count < last - row ? count : last - row;
      count = count < kGathered / row_ ? count : kGathered / row_;
      gather(position, static_cast<int32_t>(count), scratch, repeated, &piece);
      piece.n = count * row_;
    } else {
      for (int32_t k = 0; k < inputs_; ++k) {
        piece.in[k] = data_[k] + (position.offset[k] + part * step_[k]) * size_[k];
        piece.step[k] = step_[k];
      }
      piece.n = row_ - part < row_part_ ? row_ - part : row_part_;
    }
    piece.y = row * row_ + part;
    body(piece);
    row += count;
    advance(static_cast<int32_t>(count), &position);
  }
}

template <typename State>
void Broadcast::run(Run& run, const State& state,
                    void (*body)(const State& state, const Piece& piece)) const {
  if (tasks_ == 0) return;
  if (whole_) {
    body(state, piece_);
    return;
  }
  struct Context {
    const Broadcast* loops;
    const State* state;
    void (*body)(const State& state, const Piece& piece);
    Run* run;
  };
  Context context = {this, &state, body, &run};
  run.parallel_for(
      tasks_,
      [](void* opaque, int32_t task, int32_t thread) {
        const auto& c = *static_cast<const Context*>(opaque);
        c.loops->run_task(task, c.run->scratch(thread),
                          [&c](const Piece& piece) { c.body(*c.state, piece); });
      },
      &context);
}

}  // namespace octet

#endif  // OCTET_PROGRAM_BROADCAST_H_
