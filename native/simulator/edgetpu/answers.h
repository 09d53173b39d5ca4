// SPDX-License-Identifier: Apache-2.0
//
// What a simulated device computes: a server at a unix domain socket does it (a test, which runs
// the model that was compiled), or the answers are numbers made of a seed and of the inputs.
//
// Protocol, one connection an execution of one sample, all numbers little-endian:
//   request   u32 0x4d49534f "OSIM", u32 1 (version), u64 FNV-1a of the package,
//             u32 kernel number, u32 batch, u32 batches,
//             u32 inputs, each: u32 length of the name, name, u64 bytes, bytes
//             u32 outputs, each: u32 length of the name, name, u64 bytes
//   response  u32 0, then each output's bytes; or u32 1, u32 length, reason of a failed execution
//
// Seeded answers: byte i of output k is the byte i mod 8, lowest first, of
// mix(seed + inputs + k * 0x9e3779b97f4a7c15 + i / 8), with inputs the xor of the FNV-1a sums of
// the inputs' bytes, each multiplied by its number from 1, and mix the finalizer of splitmix64.
#ifndef OCTET_SIMULATOR_EDGETPU_ANSWERS_H_
#define OCTET_SIMULATOR_EDGETPU_ANSWERS_H_

#include <string>
#include <vector>

#include "package.h"
#include "settings.h"

namespace simulator {

struct Sample {
  const Package* package;
  int kernel;
  int batch;
  int batches;
  std::vector<Bytes> inputs;
};

// Fills outputs, which have their layers' sizes. Returns the empty text or why the execution
// failed.
std::string answer(const Settings& settings, const Sample& sample,
                   std::vector<std::vector<uint8_t>>* outputs);

}  // namespace simulator

#endif  // OCTET_SIMULATOR_EDGETPU_ANSWERS_H_
