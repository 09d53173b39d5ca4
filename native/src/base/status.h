// SPDX-License-Identifier: Apache-2.0
#ifndef OCTET_BASE_STATUS_H_
#define OCTET_BASE_STATUS_H_

#include "octet/octet.h"

namespace octet {

// Writes code, instruction and a formatted message; returns false so that checks read
// `return fail(...)`. A NULL error is allowed.
__attribute__((format(printf, 4, 5))) bool fail(octet_error* error, octet_code code,
                                                int32_t instruction, const char* format, ...);
void clear(octet_error* error);

}  // namespace octet

#endif  // OCTET_BASE_STATUS_H_
