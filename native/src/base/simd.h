// SPDX-License-Identifier: Apache-2.0
//
// The vectors of this processor family, for loops that all ISA files share.
#ifndef OCTET_BASE_SIMD_H_
#define OCTET_BASE_SIMD_H_

#if defined(__aarch64__)
#include "base/simd_arm.h"
#else
#include "base/simd_x86.h"
#endif

#endif  // OCTET_BASE_SIMD_H_
