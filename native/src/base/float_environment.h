// SPDX-License-Identifier: Apache-2.0
#ifndef OCTET_BASE_FLOAT_ENVIRONMENT_H_
#define OCTET_BASE_FLOAT_ENVIRONMENT_H_

#include <cstdint>

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace octet {

// Round to nearest even and denormals as zero (as TensorFlow Lite's interpreter sets them around an
// invocation) for its lifetime; then the thread's own setting again. Work on integers alone, whose
// scales are normal numbers, gives the same with denormals: without `floats` a thread that rounds
// to nearest keeps its setting, since changing it twice takes 13 ns.
class FloatEnvironment {
 public:
#if defined(__x86_64__)
  explicit FloatEnvironment(bool floats = true)
      : before_(_mm_getcsr()), changes_(floats || (before_ & kRounding) != 0) {
    constexpr uint32_t kMaskAll = 0x1f80, kFlushToZero = 0x8000, kDenormalsAreZero = 0x0040;
    if (changes_) _mm_setcsr(kMaskAll | kFlushToZero | kDenormalsAreZero);
  }
  ~FloatEnvironment() {
    if (changes_) _mm_setcsr(before_);
  }

 private:
  static constexpr uint32_t kRounding = 0x6000;
  const uint32_t before_;
  const bool changes_;
#elif defined(__aarch64__)
  explicit FloatEnvironment(bool floats = true) {
    constexpr uint64_t kFlushToZero = 1ull << 24;
    __asm__ volatile("mrs %0, fpcr" : "=r"(before_));
    changes_ = floats || (before_ & kRounding) != 0;
    if (changes_) __asm__ volatile("msr fpcr, %0" : : "r"(kFlushToZero));
  }
  ~FloatEnvironment() {
    if (changes_) __asm__ volatile("msr fpcr, %0" : : "r"(before_));
  }

 private:
  static constexpr uint64_t kRounding = 3ull << 22;
  uint64_t before_;
  bool changes_;
#endif

 public:
  FloatEnvironment(const FloatEnvironment&) = delete;
  FloatEnvironment& operator=(const FloatEnvironment&) = delete;
};

}  // namespace octet

#endif  // OCTET_BASE_FLOAT_ENVIRONMENT_H_
