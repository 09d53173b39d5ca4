// SPDX-License-Identifier: Apache-2.0
//
// For compilers without libFuzzer: mutate FOLDER ROUNDS [SEED] runs every file of the folder, then
// ROUNDS seeded mutations of each. Mutations set aligned 32-bit words, of which the blocks consist,
// to small, extreme, neighbouring or random numbers.
#include <dirent.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "blocks.h"

namespace {

std::vector<uint8_t> read(const std::string& path) {
  std::vector<uint8_t> bytes;
  FILE* file = fopen(path.c_str(), "rb");
  if (file == nullptr) return bytes;
  uint8_t chunk[65536];
  for (size_t n; (n = fread(chunk, 1, sizeof(chunk), file)) > 0;) {
    bytes.insert(bytes.end(), chunk, chunk + n);
  }
  fclose(file);
  return bytes;
}

int32_t mutated(int32_t before, std::mt19937& random) {
  static const int32_t kExtremes[] = {0,  1,  -1,  2,    3,       7,       8,         9,        16,
                                      64, -2, 127, -128, 1 << 20, 1 << 30, INT32_MAX, INT32_MIN};
  switch (random() % 4) {
    case 0:
      return kExtremes[random() % (sizeof(kExtremes) / sizeof(kExtremes[0]))];
    case 1:
      return static_cast<int32_t>(static_cast<uint32_t>(before) + random() % 9 - 4);
    case 2:
      return static_cast<int32_t>(random() % 64);
    default:
      return static_cast<int32_t>(random());
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    fprintf(stderr, "mutate FOLDER ROUNDS [SEED]\n");
    return 2;
  }
  const long rounds = atol(argv[2]);
  std::mt19937 random(argc > 3 ? atol(argv[3]) : 1);
  DIR* folder = opendir(argv[1]);
  if (folder == nullptr) return 2;
  long files = 0, runs = 0;
  for (dirent* entry; (entry = readdir(folder)) != nullptr;) {
    if (entry->d_name[0] == '.') continue;
    const std::vector<uint8_t> original = read(std::string(argv[1]) + "/" + entry->d_name);
    if (original.size() < 8) continue;
    ++files;
    fuzz_blocks(original.data(), original.size());
    uint32_t program_bytes;
    std::memcpy(&program_bytes, original.data(), 4);
    for (long round = 0; round < rounds; ++round, ++runs) {
      std::vector<uint8_t> bytes = original;
      for (uint32_t i = 0; i <= random() % 3; ++i) {
        // three in four in the binding block, where kernels' parameters are
        const size_t first =
            random() % 4 != 0 && program_bytes + 4 < bytes.size() ? (program_bytes + 4) / 4 : 1;
        const size_t word = first + random() % (bytes.size() / 4 - first);
        int32_t value;
        std::memcpy(&value, &bytes[4 * word], 4);
        value = mutated(value, random);
        std::memcpy(&bytes[4 * word], &value, 4);
      }
      fuzz_blocks(bytes.data(), bytes.size());
    }
  }
  closedir(folder);
  printf("%ld files, %ld mutations\n", files, runs);
  return files > 0 ? 0 : 1;
}
