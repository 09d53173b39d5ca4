// SPDX-License-Identifier: Apache-2.0
//
// Writes packages as the Edge TPU compiler lays them out, without instructions or parameters: what
// the simulators of libedgetpu read of one, and the map of an edgetpu-custom-op around it.
#ifndef OCTET_TEST_EDGETPU_PACKAGE_H_
#define OCTET_TEST_EDGETPU_PACKAGE_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace octet {

using ByteString = std::vector<uint8_t>;

inline void put(ByteString* bytes, size_t at, uint64_t value, size_t width) {
  for (size_t i = 0; i < width; i++) {
    (*bytes)[at + i] = static_cast<uint8_t>(value >> (8 * i));
  }
}

inline size_t append(ByteString* bytes, uint64_t value, size_t width) {
  size_t at = bytes->size();
  bytes->resize(at + width);
  put(bytes, at, value, width);
  return at;
}

// A flatbuffer's value: a number, a vector of bytes (or string), a vector of tables or strings, or
// a table.
class Flat {
 public:
  static Flat number(uint64_t value, size_t width) {
    Flat flat;
    flat.value_ = value;
    flat.width_ = width;
    return flat;
  }
  static Flat bytes(const ByteString& bytes) {
    Flat flat;
    flat.bytes_ = bytes;
    flat.kind_ = kBytes;
    return flat;
  }
  static Flat text(const std::string& text) { return bytes(ByteString(text.begin(), text.end())); }
  static Flat list(std::vector<Flat> items) {
    Flat flat;
    flat.items_ = std::move(items);
    flat.kind_ = kList;
    return flat;
  }
  static Flat table(std::map<int, Flat> fields) {
    Flat flat;
    flat.fields_ = std::move(fields);
    flat.kind_ = kTable;
    return flat;
  }

  // The flatbuffer whose root this table is.
  ByteString write(const std::string& identifier) const {
    ByteString out(4 + identifier.size());
    std::copy(identifier.begin(), identifier.end(), out.begin() + 4);
    size_t root = write_to(&out);
    put(&out, 0, root, 4);
    return out;
  }

 private:
  enum Kind { kNumber, kBytes, kList, kTable };

  size_t write_to(ByteString* out) const {
    out->resize((out->size() + 3) / 4 * 4);
    if (kind_ == kBytes) {
      size_t at = append(out, bytes_.size(), 4);
      out->insert(out->end(), bytes_.begin(), bytes_.end());
      out->push_back(0);
      return at;
    }
    if (kind_ == kList) {
      size_t at = append(out, items_.size(), 4);
      out->resize(at + 4 + 4 * items_.size());
      for (size_t i = 0; i < items_.size(); i++) {
        size_t place = at + 4 + 4 * i;
        put(out, place, items_[i].write_to(out) - place, 4);
      }
      return at;
    }
    size_t slots = fields_.empty() ? 0 : fields_.rbegin()->first + 1;
    size_t vtable = out->size();
    out->resize((vtable + 4 + 2 * slots + 3) / 4 * 4);
    size_t at = append(out, out->size() - vtable, 4);
    put(out, vtable, 4 + 2 * slots, 2);
    for (const auto& [field, value] : fields_) {
      put(out, vtable + 4 + 2 * field, append(out, value.value_, value.width_) - at, 2);
    }
    put(out, vtable + 2, out->size() - at, 2);
    for (const auto& [field, value] : fields_) {
      if (value.kind_ != kNumber) {
        size_t place = at + (*out)[vtable + 4 + 2 * field];
        put(out, place, value.write_to(out) - place, 4);
      }
    }
    return at;
  }

  Kind kind_ = kNumber;
  uint64_t value_ = 0;
  size_t width_ = 4;
  ByteString bytes_;
  std::vector<Flat> items_;
  std::map<int, Flat> fields_;
};

struct PackageLayer {
  std::string name;
  int y, x, z;
  int data_type;  // 0 uint8, 2 int32, 5 float32, 8 int8, 9 int16
};

inline Flat layers(const std::vector<PackageLayer>& layers, bool output) {
  std::vector<Flat> list;
  for (const PackageLayer& layer : layers) {
    list.push_back(Flat::table({{0, Flat::text(layer.name)},
                                {1, Flat::number(layer.y * layer.x * layer.z, 4)},
                                {2, Flat::number(layer.y, 4)},
                                {3, Flat::number(layer.x, 4)},
                                {4, Flat::number(layer.z, 4)},
                                {6, Flat::number(layer.data_type, 2)},
                                {7, Flat::number(output ? 1 : 2, 1)},
                                {8, Flat::table({})}}));
  }
  return Flat::list(list);
}

inline ByteString package_of(const std::vector<PackageLayer>& inputs,
                             const std::vector<PackageLayer>& outputs, int runtime = 12,
                             uint64_t caching_token = 0) {
  ByteString executable = Flat::table({{1, Flat::text("model")},
                                       {3, Flat::number(1, 4)},
                                       {8, layers(inputs, false)},
                                       {9, layers(outputs, true)},
                                       {13, Flat::number(2, 2)},
                                       {14, Flat::number(caching_token, 8)}})
                              .write("DWN1");
  ByteString caching = Flat::table({{3, Flat::number(1, 4)},
                                    {6, Flat::bytes(ByteString(64))},
                                    {13, Flat::number(1, 2)},
                                    {14, Flat::number(caching_token, 8)}})
                           .write("DWN1");
  ByteString multi =
      Flat::table({{0, Flat::list({Flat::bytes(executable), Flat::bytes(caching)})}}).write("DWN1");
  return Flat::table({{0, Flat::number(runtime, 4)},
                      {1, Flat::bytes(multi)},
                      {4, Flat::text("test")},
                      {5, Flat::number(0, 4)}})
      .write("DWN1");
}

// The flexbuffer {"1": 0, "4": package, "5": -1, "6": [18], "7": []}, with offsets of 4 bytes.
inline ByteString custom_options(const ByteString& package) {
  ByteString out;
  const char* names = "14567";
  std::vector<size_t> keys;
  for (int i = 0; i < 5; i++) {
    keys.push_back(append(&out, names[i], 2));
  }
  size_t string = append(&out, package.size(), 4) + 4;
  out.insert(out.end(), package.begin(), package.end());
  out.push_back(0);
  size_t chips = append(&out, 1, 4) + 4;
  append(&out, 18, 4);
  out.push_back(1 << 2 | 2);
  size_t further = append(&out, 0, 4) + 4;
  append(&out, keys.size(), 4);
  size_t key_vector = out.size();
  for (size_t key : keys) {
    append(&out, out.size() - key, 4);
  }
  append(&out, out.size() - key_vector, 4);
  append(&out, 4, 4);
  append(&out, keys.size(), 4);
  size_t map = out.size();
  append(&out, 0, 4);
  append(&out, out.size() - string, 4);
  append(&out, 0xffffffff, 4);
  append(&out, out.size() - chips, 4);
  append(&out, out.size() - further, 4);
  for (int type : {1, 5, 1, 10, 10}) {
    out.push_back(static_cast<uint8_t>(type << 2 | 2));
  }
  append(&out, out.size() - map, 4);
  out.push_back(9 << 2 | 2);
  out.push_back(4);
  return out;
}

}  // namespace octet

#endif  // OCTET_TEST_EDGETPU_PACKAGE_H_
