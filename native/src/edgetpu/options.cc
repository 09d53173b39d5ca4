// SPDX-License-Identifier: Apache-2.0
#include "edgetpu/options.h"

#include <cstring>

#include "base/status.h"

namespace octet {

bool Options::parse(const char* lines, octet_error* error) {
  const size_t length = lines == nullptr ? 0 : std::strlen(lines);
  int64_t most = 1;
  for (size_t i = 0; i < length; ++i) most += lines[i] == '\n';
  if (!text_.create(static_cast<int64_t>(length) + 1) || !names.create(most) ||
      !values.create(most)) {
    return fail(error, OCTET_OUT_OF_MEMORY, -1, "no memory for the options of a delegate");
  }
  if (length > 0) std::memcpy(text_.begin(), lines, length);
  char* end = text_.begin() + length;
  for (char* line = text_.begin(); line < end;) {
    auto* line_end = static_cast<char*>(std::memchr(line, '\n', end - line));
    if (line_end == nullptr) line_end = end;
    *line_end = '\0';
    char* equals = std::strchr(line, '=');
    if (equals == nullptr || equals == line) {
      return fail(error, OCTET_INVALID_ARGUMENT, -1, "option %lld is not NAME=VALUE: \"%s\"",
                  static_cast<long long>(count), line);
    }
    *equals = '\0';
    names[count] = line;
    values[count] = equals + 1;
    ++count;
    line = line_end + 1;
  }
  return true;
}

}  // namespace octet
