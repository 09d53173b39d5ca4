// SPDX-License-Identifier: Apache-2.0
//
// One instruction with its values, for the tests of kernels: places values in an arena with guard
// bytes between them, fills and reads them element by element whatever their layout, and throws
// mutated fields and shapes at a kernel to see that it refuses them or stays inside its values.
#ifndef OCTET_TEST_KERNEL_CASE_H_
#define OCTET_TEST_KERNEL_CASE_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>

#include "blocks.h"

namespace octet::test {

struct Layout {
  std::vector<int32_t> border = {0, 0, 0, 0};  // top, bottom, left, right
  int32_t flip = 0;
  int32_t fill = 0;
};

class KernelCase {
 public:
  int arena(Type type, const std::vector<int32_t>& dims, const Layout& layout = {}) {
    ValueRecord record = value(type, dims, offset_);
    for (int i = 0; i < 4; ++i) record.border[i] = layout.border[i];
    record.flip = layout.flip;
    record.fill = layout.fill;
    offset_ = align_up(offset_ + block_bytes(record) + kGuard);
    spec_.values.push_back(record);
    return static_cast<int>(spec_.values.size()) - 1;
  }
  template <typename T>
  int constant(Type type, const std::vector<int32_t>& dims, const std::vector<T>& data) {
    const int entry = weights("", {}, {bytes_of(data)});
    spec_.values.push_back(test::constant(type, dims, entry));
    return static_cast<int>(spec_.values.size()) - 1;
  }
  int weights(const std::string& kernel, std::vector<int32_t> fields,
              std::vector<std::vector<char>> parts) {
    weights_.push_back({kernel, std::move(fields), std::move(parts)});
    return static_cast<int>(weights_.size()) - 1;
  }
  void instruction(const std::string& kernel, std::vector<int32_t> fields) {
    spec_.instructions.push_back({kernel, std::move(fields)});
  }
  template <typename T>
  static std::vector<char> bytes_of(const std::vector<T>& data) {
    const char* start = reinterpret_cast<const char*>(data.data());
    return {start, start + data.size() * sizeof(T)};
  }

  bool bind(int32_t threads = 1, int32_t isa = -1) {
    spec_.arena_bytes = offset_ + kSlack;
    engine_ = std::make_unique<Engine>(weights_, spec_, threads, isa);
    if (engine_->ok()) {
      std::memset(engine_->at<char>(0), kGuardByte, spec_.arena_bytes);
    }
    return engine_->ok();
  }
  std::string error() const { return engine_->error.message; }
  template <typename T>
  void set(int id, const std::vector<T>& data) {
    for (size_t i = 0; i < data.size(); ++i) {
      T x = data[i];
      if constexpr (sizeof(T) == 1) x = static_cast<T>(x ^ spec_.values[id].flip);
      *element<T>(id, static_cast<int64_t>(i)) = x;
    }
  }
  template <typename T>
  std::vector<T> get(int id) {
    std::vector<T> data(elements(id));
    for (size_t i = 0; i < data.size(); ++i) {
      data[i] = *element<T>(id, static_cast<int64_t>(i));
      if constexpr (sizeof(T) == 1) data[i] = static_cast<T>(data[i] ^ spec_.values[id].flip);
    }
    return data;
  }
  // Runs, and sees that nothing outside the values was written.
  void run() {
    ASSERT_EQ(engine_->run(), OCTET_OK) << engine_->error.message;
    expect_guards();
  }
  // Runs and gives the status, for run-time data that is refused.
  int32_t status(int64_t timeout_nanos = 0) {
    const int32_t code = engine_->run(timeout_nanos);
    expect_guards();
    return code;
  }
  void expect_guards() {
    int64_t at = 0;
    for (const ValueRecord& record : spec_.values) {
      if (record.storage != kStorageArena) continue;
      for (; at < record.location; ++at) {
        ASSERT_EQ(*engine_->at<char>(at), kGuardByte) << "byte " << at;
      }
      at += block_bytes(record);
    }
    for (; at < spec_.arena_bytes; ++at) ASSERT_EQ(*engine_->at<char>(at), kGuardByte);
  }

  // Mutates fields and shapes of this sound case; each mutant is refused or harmless (guards and
  // sanitizers tell). `least` mutants must bind, so that the test reaches run().
  void fuzz(int rounds, int least, uint32_t seed) {
    ASSERT_TRUE(bind()) << error();
    std::mt19937 random(seed);
    const std::vector<int32_t> values = {0,  1,  -1,  2,         3,         4,       5,
                                         -2, 7,  127, -128,      255,       256,     1000,
                                         30, 31, -31, INT32_MAX, INT32_MIN, 1 << 30, 0x3f800000};
    int bound = 0;
    for (int i = 0; i < rounds; ++i) {
      KernelCase mutant;
      mutant.spec_ = spec_;
      mutant.weights_ = weights_;
      mutant.offset_ = offset_;
      for (uint32_t n = 1 + random() % 2; n > 0; --n) {
        const int32_t v = values[random() % values.size()];
        if (random() % 3 == 0) {
          // shrinking keeps blocks inside their guards
          ValueRecord& record = mutant.spec_.values[random() % spec_.values.size()];
          if (record.rank > 0) {
            int32_t& dim = record.dims[random() % record.rank];
            dim = dim == 0 ? 0 : static_cast<int32_t>(random() % dim);
          }
        } else {
          std::vector<int32_t>& fields = mutant.spec_.instructions[0].fields;
          fields[random() % fields.size()] = v;
        }
      }
      if (!mutant.bind()) {
        EXPECT_NE(mutant.engine_->error.code, OCTET_OK);
        continue;
      }
      ++bound;
      mutant.engine_->run();
      mutant.expect_guards();
    }
    EXPECT_GE(bound, least);
    EXPECT_LT(bound, rounds);
  }
  std::vector<int32_t>& fields() { return spec_.instructions[0].fields; }
  ValueRecord& record(int id) { return spec_.values[id]; }

 private:
  static constexpr int64_t kGuard = 128;
  static constexpr char kGuardByte = 0x5a;

  static int64_t block_bytes(const ValueRecord& record) {
    int64_t elements = 1;
    for (int axis = 0; axis < record.rank; ++axis) {
      int64_t dim = record.dims[axis];
      if (axis == 1) dim += record.border[0] + record.border[1];
      if (axis == 2) dim += record.border[2] + record.border[3];
      elements *= dim;
    }
    return elements * type_bytes(static_cast<Type>(record.type));
  }
  int64_t elements(int id) const {
    int64_t product = 1;
    for (int axis = 0; axis < spec_.values[id].rank; ++axis) product *= spec_.values[id].dims[axis];
    return product;
  }
  template <typename T>
  T* element(int id, int64_t linear) {
    const ValueRecord& r = spec_.values[id];
    if (r.rank == 4) {
      const int64_t c = linear % r.dims[3], w = linear / r.dims[3] % r.dims[2];
      const int64_t h = linear / r.dims[3] / r.dims[2] % r.dims[1];
      const int64_t n = linear / r.dims[3] / r.dims[2] / r.dims[1];
      const int64_t wide = r.dims[2] + r.border[2] + r.border[3];
      const int64_t high = r.dims[1] + r.border[0] + r.border[1];
      linear = ((n * high + h + r.border[0]) * wide + w + r.border[2]) * r.dims[3] + c;
    }
    return engine_->at<T>(r.location) + linear;
  }

  BindingSpec spec_;
  std::vector<WeightsSpec> weights_;
  int64_t offset_ = 128;
  std::unique_ptr<Engine> engine_;
};

inline std::vector<float> random_floats(std::mt19937& random, size_t n) {
  std::uniform_real_distribution<float> uniform(-1, 1);
  std::vector<float> result(n);
  for (float& x : result) x = uniform(random);
  return result;
}

template <typename T>
std::vector<T> random_integers(std::mt19937& random, size_t n, int32_t low, int32_t high) {
  std::uniform_int_distribution<int32_t> uniform(low, high);
  std::vector<T> result(n);
  for (T& x : result) x = static_cast<T>(uniform(random));
  return result;
}

// Instruction sets that this machine runs and `isas` names.
inline std::vector<int32_t> runnable(const std::vector<Isa>& isas) {
  std::vector<int32_t> result;
  for (const Isa isa : isas) {
    const auto number = static_cast<int32_t>(isa);
    const bool known = std::find(result.begin(), result.end(), number) != result.end();
    if (!known && isa_covers(active_isa(), isa)) result.push_back(number);
  }
  return result;
}

}  // namespace octet::test

#endif  // OCTET_TEST_KERNEL_CASE_H_
