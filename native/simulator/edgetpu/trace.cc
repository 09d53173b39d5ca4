// SPDX-License-Identifier: Apache-2.0
#include "trace.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>

#include "settings.h"

namespace simulator {

void trace(const std::string& line) {
  std::string path = Settings::read().trace;
  if (path.empty()) {
    return;
  }
  int file = open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) {
    return;
  }
  std::string text = line;
  for (char& c : text) {
    if (c == '\n') {
      c = ' ';
    }
  }
  text += '\n';
  // one write a line: those of several threads do not mix
  ssize_t written = write(file, text.data(), text.size());
  static_cast<void>(written);
  close(file);
}

bool violation(const std::string& text) {
  trace("VIOLATION " + text);
  return false;
}

void check_failed(const std::string& text) {
  trace("abort " + text);
  if (Settings::read().abort) {
    std::abort();
  }
}

}  // namespace simulator
