// SPDX-License-Identifier: Apache-2.0
#ifndef OCTET_KERNELS_REDUCE_WINDOW_JOINS_H_
#define OCTET_KERNELS_REDUCE_WINDOW_JOINS_H_

#include <cstdint>
#include <cstring>
#include <type_traits>

#include "program/kernel.h"

namespace octet {

enum class Join : int32_t { kAdd, kMultiply, kMinimum, kMaximum, kAll, kAny };

template <Join kJoin, typename T>
T join(T a, T b) {
  using U = std::conditional_t<std::is_floating_point_v<T>, T, uint64_t>;
  switch (kJoin) {
    case Join::kAdd:
      return static_cast<T>(static_cast<U>(a) + static_cast<U>(b));
    case Join::kMultiply:
      return static_cast<T>(static_cast<U>(a) * static_cast<U>(b));
    case Join::kMinimum:
      return a <= b ? a : b;
    case Join::kMaximum:
      return a >= b ? a : b;
    case Join::kAll:
      return static_cast<T>(a != 0 && b != 0);
    default:
      return static_cast<T>(a != 0 || b != 0);
  }
}

// Asks a run after every kJoins joins whether it goes on.
struct Pace {
  static constexpr int64_t kJoins = 1 << 17;
  const Run& run;
  int64_t joins = 0;
  bool stopped = false;

  void add(int64_t more) {
    joins += more;
    if (joins < kJoins) return;
    joins = 0;
    stopped = stopped || run.interrupted();
  }
};

// Bit for bit join(...join(join(a, b), b)..., b) with b `count` times, for floats too. Integers and
// joins that change nothing the second time take no longer for more; float sums and products only
// until they stay as they are or alternate. Gives up when `pace` has stopped.
template <Join kJoin, typename T>
T join_times(T a, T b, int64_t count, Pace* pace) {
  if (count == 0) return a;
  if constexpr (kJoin != Join::kAdd && kJoin != Join::kMultiply) {
    return join<kJoin>(a, b);
  } else if constexpr (std::is_integral_v<T>) {
    const auto b64 = static_cast<uint64_t>(b);
    if constexpr (kJoin == Join::kAdd) {
      return static_cast<T>(static_cast<uint64_t>(a) + b64 * static_cast<uint64_t>(count));
    }
    auto product = static_cast<uint64_t>(a);
    for (uint64_t power = b64; count > 0; count >>= 1, power *= power) {
      if ((count & 1) != 0) product *= power;
    }
    return static_cast<T>(product);
  } else {
    constexpr int64_t kSome = 64;
    const auto same = [](T x, T y) { return std::memcmp(&x, &y, sizeof(T)) == 0; };
    T before = a;
    for (; count > 0; --count) {
      const T next = join<kJoin>(a, b);
      if (same(next, a)) return a;
      if (same(next, before)) return count % 2 == 1 ? next : a;
      before = a;
      a = next;
      if (count % kSome != 0) continue;
      pace->add(kSome);
      if (pace->stopped) break;
    }
    return a;
  }
}

}  // namespace octet

#endif  // OCTET_KERNELS_REDUCE_WINDOW_JOINS_H_
