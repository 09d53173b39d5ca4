// SPDX-License-Identifier: Apache-2.0
#ifndef OCTET_PROGRAM_ELEMENTS_H_
#define OCTET_PROGRAM_ELEMENTS_H_

#include "program/kernel.h"

namespace octet {

// Calls part(state, first, last) for stretches of at most kElementsPerTask of `elements` that are
// independent of each other, on the run's threads. 32768 of the cheapest are about 5 us.
template <typename Part, typename State>
void run_elements(const State& state, int64_t elements, Part part, Run& run) {
  constexpr int64_t kElementsPerTask = 32768;
  struct Context {
    const State& state;
    int64_t elements;
    Part part;
  } context{state, elements, part};
  if (elements == 0) return;
  run.parallel_for(
      static_cast<int32_t>((elements - 1) / kElementsPerTask + 1),
      [](void* c, int32_t task, int32_t) {
        const auto& context = *static_cast<const Context*>(c);
        const int64_t first = task * kElementsPerTask;
        const int64_t left = context.elements - first;
        context.part(context.state, first,
                     first + (left < kElementsPerTask ? left : kElementsPerTask));
      },
      &context);
}

}  // namespace octet

#endif  // OCTET_PROGRAM_ELEMENTS_H_
