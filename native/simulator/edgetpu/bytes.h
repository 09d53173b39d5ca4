// SPDX-License-Identifier: Apache-2.0
//
// Checked reading of flatbuffers and of a flexbuffer's map, as much of them as compiled packages
// use. Nothing here reads outside of the bytes given; what is damaged is absent.
#ifndef OCTET_SIMULATOR_EDGETPU_BYTES_H_
#define OCTET_SIMULATOR_EDGETPU_BYTES_H_

#include <cstdint>
#include <optional>
#include <string>

namespace simulator {

struct Bytes {
  const uint8_t* data = nullptr;
  size_t size = 0;

  // Little-endian number of 1, 2, 4 or 8 bytes.
  std::optional<uint64_t> number(size_t at, size_t width) const;
  std::optional<Bytes> part(size_t at, size_t length) const;
  std::string text() const { return std::string(reinterpret_cast<const char*>(data), size); }
  // FNV-1a, 64 bits.
  uint64_t hash() const;
};

// A flatbuffer's table. Fields are counted from 0.
class Table {
 public:
  static std::optional<Table> root(Bytes bytes);

  bool has(int field) const { return place(field) != 0; }
  // The number in a field of `width` bytes, sign-extended; `absent` when the field is not there.
  std::optional<int64_t> number(int field, size_t width, int64_t absent) const;
  // The bytes of a vector (elements of `width` bytes) or string; none when damaged, empty and
  // without data when absent.
  std::optional<Bytes> vector(int field, size_t width) const;
  std::optional<Table> table(int field) const;
  // Element of a vector of tables or strings; `count` of them.
  std::optional<int64_t> count(int field) const;
  std::optional<Table> table(int field, size_t index) const;
  std::optional<Bytes> string(int field, size_t index) const;

 private:
  Table(Bytes bytes, size_t at, size_t vtable, size_t vtable_bytes)
      : bytes_(bytes), at_(at), vtable_(vtable), vtable_bytes_(vtable_bytes) {}
  static std::optional<Table> at(Bytes bytes, size_t place);
  size_t place(int field) const;
  std::optional<size_t> target(size_t place) const;
  std::optional<Bytes> vector_at(size_t place, size_t width) const;
  std::optional<size_t> element(int field, size_t index) const;

  Bytes bytes_;
  size_t at_;
  size_t vtable_;
  size_t vtable_bytes_;
};

// A value of a flexbuffer's map.
struct FlexValue {
  enum Kind { kAbsent, kString, kVector, kOther } kind = kAbsent;
  Bytes string;      // kString
  size_t count = 0;  // kVector
};
// The value of `key` in the map that `bytes` are; kAbsent also where they are not a sound map.
FlexValue flex_map_value(Bytes bytes, const std::string& key);

}  // namespace simulator

#endif  // OCTET_SIMULATOR_EDGETPU_BYTES_H_
