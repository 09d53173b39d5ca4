// SPDX-License-Identifier: Apache-2.0
//
// What the simulated driver takes from a compiled package: the layers of the executable that runs.
#ifndef OCTET_SIMULATOR_EDGETPU_PACKAGE_H_
#define OCTET_SIMULATOR_EDGETPU_PACKAGE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "bytes.h"

namespace simulator {

enum DataType : int32_t {
  kFixed8 = 0,
  kFixed16 = 1,
  kSignedFixed32 = 2,
  kBfloat = 3,
  kHalf = 4,
  kSingle = 5,
  kSignedFixed8 = 8,
  kSignedFixed16 = 9
};

struct Layer {
  std::string name;
  int32_t data_type = 0;
  int64_t y = 0, x = 0, z = 0;
  int64_t elements = 0;  // of one sample, without padding
  int64_t bytes = 0;
  // Output layers named "<x>_variable_output": the input layer "<x>" they are written back into,
  // else -1.
  int variable_input = -1;
  bool variable() const;
};

struct Package {
  uint64_t hash = 0;
  uint64_t caching_token = 0;
  std::vector<Layer> inputs;
  std::vector<Layer> outputs;
};

// Reads custom_initial_data of an edgetpu-custom-op for a library of this runtime version. Returns
// the empty text and sets *package, or the reason in libedgetpu's words ("Internal: Package
// verification failed.").
std::string read_package(Bytes custom_options, int runtime, Package* package);

}  // namespace simulator

#endif  // OCTET_SIMULATOR_EDGETPU_PACKAGE_H_
