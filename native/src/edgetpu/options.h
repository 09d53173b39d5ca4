// SPDX-License-Identifier: Apache-2.0
#ifndef OCTET_EDGETPU_OPTIONS_H_
#define OCTET_EDGETPU_OPTIONS_H_

#include "base/memory.h"
#include "octet/delegate.h"

namespace octet {

// Lines "NAME=VALUE\n" as the two arrays of strings that libraries take.
struct Options {
  int64_t count = 0;
  Array<const char*> names;
  Array<const char*> values;

  // NULL and "" are no options. The last line may lack its end. False and *error for a line without
  // "=" or name, and without memory.
  bool parse(const char* lines, octet_error* error);

 private:
  Array<char> text_;
};

}  // namespace octet

#endif  // OCTET_EDGETPU_OPTIONS_H_
