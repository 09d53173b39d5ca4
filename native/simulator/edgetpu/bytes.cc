// SPDX-License-Identifier: Apache-2.0
#include "bytes.h"

#include <cstring>

namespace simulator {

std::optional<uint64_t> Bytes::number(size_t at, size_t width) const {
  if (width > size || at > size - width) {
    return std::nullopt;
  }
  uint64_t value = 0;
  std::memcpy(&value, data + at, width);
  return value;
}

std::optional<Bytes> Bytes::part(size_t at, size_t length) const {
  if (length > size || at > size - length) {
    return std::nullopt;
  }
  return Bytes{data + at, length};
}

uint64_t Bytes::hash() const {
  uint64_t hash = 0xcbf29ce484222325;
  for (size_t i = 0; i < size; i++) {
    hash = (hash ^ data[i]) * 0x100000001b3;
  }
  return hash;
}

std::optional<Table> Table::root(Bytes bytes) {
  std::optional<uint64_t> place = bytes.number(0, 4);
  return place ? at(bytes, *place) : std::nullopt;
}

std::optional<Table> Table::at(Bytes bytes, size_t place) {
  std::optional<uint64_t> back = bytes.number(place, 4);
  if (!back) {
    return std::nullopt;
  }
  int64_t vtable = static_cast<int64_t>(place) - static_cast<int32_t>(*back);
  if (vtable < 0) {
    return std::nullopt;
  }
  std::optional<uint64_t> vtable_bytes = bytes.number(vtable, 2);
  if (!vtable_bytes || *vtable_bytes < 4 || !bytes.part(vtable, *vtable_bytes)) {
    return std::nullopt;
  }
  return Table(bytes, place, vtable, *vtable_bytes);
}

size_t Table::place(int field) const {
  size_t slot = 4 + 2 * static_cast<size_t>(field);
  if (slot + 2 > vtable_bytes_) {
    return 0;
  }
  std::optional<uint64_t> offset = bytes_.number(vtable_ + slot, 2);
  return offset && *offset != 0 ? at_ + *offset : 0;
}

std::optional<int64_t> Table::number(int field, size_t width, int64_t absent) const {
  size_t here = place(field);
  if (here == 0) {
    return absent;
  }
  std::optional<uint64_t> value = bytes_.number(here, width);
  if (!value) {
    return std::nullopt;
  }
  int shift = 64 - 8 * static_cast<int>(width);
  return static_cast<int64_t>(*value << shift) >> shift;
}

std::optional<size_t> Table::target(size_t place) const {
  std::optional<uint64_t> offset = bytes_.number(place, 4);
  return offset ? std::optional<size_t>(place + *offset) : std::nullopt;
}

std::optional<Bytes> Table::vector_at(size_t place, size_t width) const {
  std::optional<size_t> start = target(place);
  std::optional<uint64_t> count = start ? bytes_.number(*start, 4) : std::nullopt;
  return count ? bytes_.part(*start + 4, *count * width) : std::nullopt;
}

std::optional<Bytes> Table::vector(int field, size_t width) const {
  size_t here = place(field);
  return here == 0 ? Bytes{} : vector_at(here, width);
}

std::optional<Table> Table::table(int field) const {
  size_t here = place(field);
  std::optional<size_t> start = here == 0 ? std::nullopt : target(here);
  return start ? at(bytes_, *start) : std::nullopt;
}

std::optional<int64_t> Table::count(int field) const {
  std::optional<Bytes> offsets = vector(field, 4);
  return offsets ? std::optional<int64_t>(offsets->size / 4) : std::nullopt;
}

std::optional<size_t> Table::element(int field, size_t index) const {
  std::optional<Bytes> offsets = vector(field, 4);
  if (!offsets || index >= offsets->size / 4) {
    return std::nullopt;
  }
  return offsets->data + 4 * index - bytes_.data;
}

std::optional<Table> Table::table(int field, size_t index) const {
  std::optional<size_t> here = element(field, index);
  std::optional<size_t> start = here ? target(*here) : std::nullopt;
  return start ? at(bytes_, *start) : std::nullopt;
}

std::optional<Bytes> Table::string(int field, size_t index) const {
  std::optional<size_t> here = element(field, index);
  return here ? vector_at(*here, 1) : std::nullopt;
}

namespace {

// Where an offset, which counts backwards from itself, leads to.
std::optional<size_t> back(Bytes bytes, size_t place, size_t width) {
  std::optional<uint64_t> offset = bytes.number(place, width);
  if (!offset || *offset > place) {
    return std::nullopt;
  }
  return place - *offset;
}

std::optional<uint64_t> number_before(Bytes bytes, size_t place, size_t width) {
  return place < width ? std::nullopt : bytes.number(place - width, width);
}

// Whether the bytes at `place` are `key` and a zero.
bool is_key(Bytes bytes, size_t place, const std::string& key) {
  std::optional<Bytes> found = bytes.part(place, key.size() + 1);
  return found && std::memcmp(found->data, key.c_str(), key.size() + 1) == 0;
}

}  // namespace

FlexValue flex_map_value(Bytes bytes, const std::string& key) {
  constexpr int kMap = 9, kStringType = 5, kVectorType = 10, kVectorTypes = 15;
  if (bytes.size < 3) {
    return {};
  }
  size_t root_width = bytes.data[bytes.size - 1];
  int root_type = bytes.data[bytes.size - 2];
  if (root_type >> 2 != kMap || root_width == 0 || root_width > 8 ||
      root_width & (root_width - 1) || root_width + 2 > bytes.size) {
    return {};
  }
  size_t width = size_t{1} << (root_type & 3);
  std::optional<size_t> map = back(bytes, bytes.size - 2 - root_width, root_width);
  if (!map || *map < 3 * width) {
    return {};
  }
  std::optional<uint64_t> count = number_before(bytes, *map, width);
  std::optional<uint64_t> key_width = bytes.number(*map - 2 * width, width);
  std::optional<size_t> keys = back(bytes, *map - 3 * width, width);
  if (!count || !keys || !key_width || *key_width == 0 || *key_width > 8 ||
      *count > bytes.size / (width + 1) || !bytes.part(*map, *count * (width + 1))) {
    return {};
  }
  for (uint64_t i = 0; i < *count; i++) {
    std::optional<size_t> name = back(bytes, *keys + i * *key_width, *key_width);
    if (!name || !is_key(bytes, *name, key)) {
      continue;
    }
    int type = bytes.data[*map + *count * width + i];
    FlexValue value;
    value.kind = type >> 2 == 0 ? FlexValue::kAbsent : FlexValue::kOther;
    std::optional<size_t> start = back(bytes, *map + i * width, width);
    std::optional<uint64_t> length =
        start ? number_before(bytes, *start, size_t{1} << (type & 3)) : std::nullopt;
    if (type >> 2 == kStringType) {
      std::optional<Bytes> string = length ? bytes.part(*start, *length) : std::nullopt;
      value.kind = string ? FlexValue::kString : FlexValue::kAbsent;
      value.string = string.value_or(Bytes{});
    } else if (type >> 2 >= kVectorType && type >> 2 <= kVectorTypes) {
      value.kind = length ? FlexValue::kVector : FlexValue::kAbsent;
      value.count = length.value_or(0);
    }
    return value;
  }
  return {};
}

}  // namespace simulator
