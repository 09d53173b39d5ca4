// SPDX-License-Identifier: Apache-2.0
#ifndef OCTET_BASE_FLOAT_ENVIRONMENT_H_
#define OCTET_BASE_FLOAT_ENVIRONMENT_H_

#include <cstdint>

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace octet {

// Round to nearest even and denormals as zero (as TensorFlow Lite's interpreter sets them around an
// invocation) for its lifetime; then the thread's own setting again.
class FloatEnvironment {
 public:
#if defined(__x86_64__)
  FloatEnvironment() : before_(_mm_getcsr()) {
    constexpr uint32_t kMaskAll = 0x1f80, kFlushToZero = 0x8000, kDenormalsAreZero = 0x0040;
    _mm_setcsr(kMaskAll | kFlushToZero | kDenormalsAreZero);
  }
  ~FloatEnvironment() { _mm_setcsr(before_); }

 private:
  uint32_t before_;
#elif defined(__aarch64__)
  FloatEnvironment() {
    __asm__ volatile("mrs %0, fpcr" : "=r"(before_));
    const uint64_t flush_to_zero = 1ull << 24;
    __asm__ volatile("msr fpcr, %0" : : "r"(flush_to_zero));
  }
  ~FloatEnvironment() { __asm__ volatile("msr fpcr, %0" : : "r"(before_)); }

 private:
  uint64_t before_;
#endif

 public:
  FloatEnvironment(const FloatEnvironment&) = delete;
  FloatEnvironment& operator=(const FloatEnvironment&) = delete;
};

}  // namespace octet

#endif  // OCTET_BASE_FLOAT_ENVIRONMENT_H_
