// SPDX-License-Identifier: Apache-2.0
#include "base/status.h"

#include <cstdarg>
#include <cstdio>

namespace octet {

bool fail(octet_error* error, octet_code code, int32_t instruction, const char* format, ...) {
  if (error == nullptr) return false;
  error->code = code;
  error->instruction = instruction;
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(error->message, sizeof(error->message), format, arguments);
  va_end(arguments);
  return false;
}

void clear(octet_error* error) {
  if (error == nullptr) return;
  error->code = OCTET_OK;
  error->instruction = -1;
  error->message[0] = '\0';
}

}  // namespace octet
