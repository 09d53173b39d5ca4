// SPDX-License-Identifier: Apache-2.0
#include "program/program.h"

#include <pthread.h>

#include <atomic>
#include <cstdarg>
#include <cstdio>
#include <cstring>

#include "base/processors.h"
#include "base/threads.h"

namespace octet {
namespace {

// Less than this is packed by the caller alone.
constexpr int64_t kLeastBytes = 256 * 1024;
// Packing waits for memory; more threads than these would not be faster.
constexpr int32_t kMostThreads = 4;

int32_t loading_threads() { return processors() < kMostThreads ? processors() : kMostThreads; }

}  // namespace

// A load in progress: entries are packed by several threads, and the first of those that fail is
// the one told of.
struct Program::Loading {
  Program* program;
  const Block* block;
  const WeightsEntry* entries;
  octet_error error;
  std::atomic<bool> fails{false};
  pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;  // of error

  static void run(void* opaque, int32_t i, int32_t) {
    auto& loading = *static_cast<Loading*>(opaque);
    octet_error own;
    clear(&own);
    if (loading.program->load_entry(*loading.block, loading.entries[i], i, &own)) return;
    pthread_mutex_lock(&loading.lock);
    if (loading.error.code == OCTET_OK || own.instruction < loading.error.instruction) {
      loading.error = own;
    }
    pthread_mutex_unlock(&loading.lock);
    loading.fails.store(true, std::memory_order_relaxed);
  }
  static bool failed(void* opaque) {
    return static_cast<Loading*>(opaque)->fails.load(std::memory_order_relaxed);
  }
};

int32_t type_bytes(Type type) {
  switch (type) {
    case Type::kU8:
    case Type::kI8:
    case Type::kBool:
      return 1;
    case Type::kF16:
    case Type::kI16:
    case Type::kU16:
    case Type::kBf16:
      return 2;
    case Type::kF32:
    case Type::kI32:
    case Type::kU32:
      return 4;
    case Type::kI64:
    case Type::kU64:
    case Type::kF64:
    case Type::kC64:
      return 8;
    case Type::kC128:
      return 16;
    case Type::kString:
      return 0;
  }
  return 0;
}

int32_t field_count(const char* signature) {
  int32_t count = 0;
  for (const char* c = signature; *c != '\0'; ++c) count += *c == ':';
  return count;
}

bool PackSource::fail(const char* format, ...) const {
  char message[sizeof(error->message)];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(message, sizeof(message), format, arguments);
  va_end(arguments);
  return octet::fail(error, OCTET_INVALID_PROGRAM, entry, "%s", message);
}

bool Packed::create(const PackSource& source, int64_t size) {
  data = source.region == nullptr ? nullptr : static_cast<std::byte*>(source.region->take(size));
  if (data == nullptr) data = static_cast<std::byte*>(allocate(size));
  if (data == nullptr) {
    return octet::fail(source.error, OCTET_OUT_OF_MEMORY, source.entry,
                       "no memory for %lld bytes of weights", static_cast<long long>(size));
  }
  bytes = size;
  isa = source.isa;
  return true;
}

void Packed::drop(const PackSource& source) {
  if (source.region == nullptr || !source.region->contains(data)) release(data);
  data = nullptr;
}

Program::~Program() {
  for (Packed& entry : entries_) {
    if (!region_.contains(entry.data)) release(entry.data);
  }
}

bool Program::load(const void* code, int64_t code_bytes, Isa isa, octet_error* error) {
  isa_ = isa;
  const Block block{static_cast<const char*>(code), code_bytes};
  const auto* header = code == nullptr ? nullptr : block.at<ProgramHeader>(0, 1);
  if (header == nullptr || header->magic != kProgramMagic || header->version != kFormatVersion) {
    return fail(error, OCTET_INVALID_PROGRAM, -1, "not a program block of version %u",
                kFormatVersion);
  }
  const auto* entries = block.at<WeightsEntry>(header->entries_offset, header->entry_count);
  if (entries == nullptr) {
    return fail(error, OCTET_INVALID_PROGRAM, -1, "the weights table leaves the block");
  }
  if (!entries_.create(header->entry_count)) {
    return fail(error, OCTET_OUT_OF_MEMORY, -1, "no memory for %d weights entries",
                header->entry_count);
  }
  Loading loading{};
  loading.program = this;
  loading.block = &block;
  loading.entries = entries;
  int64_t bytes = 0;
  for (int32_t i = 0; i < header->entry_count && bytes < code_bytes; ++i) {
    for (const auto& part : entries[i].parts) {
      if (part.bytes > 0 && part.bytes <= code_bytes) bytes += part.bytes;
    }
  }
  region_.reserve(bytes);
  const int32_t threads = bytes < kLeastBytes ? 1 : loading_threads();
  reserve_threads(threads, processors());
  run_job({header->entry_count, threads, Loading::run, Loading::failed, &loading, false});
  release_threads(threads);
  if (loading.error.code != OCTET_OK) {
    if (error != nullptr) *error = loading.error;
    return false;
  }
  for (const Packed& entry : entries_) bytes_ += entry.bytes;
  return true;
}

bool Program::load_entry(const Block& block, const WeightsEntry& entry, int32_t i,
                         octet_error* error) {
  if (entry.kernel < -1 || entry.kernel >= kKernelCount) {
    return fail(error, OCTET_INVALID_PROGRAM, i, "unknown kernel %d", entry.kernel);
  }
  const Kernel* kernel = entry.kernel < 0 ? nullptr : kKernels[entry.kernel];
  const int32_t fields = kernel == nullptr ? 0 : field_count(kernel->pack_fields);
  const int32_t parts = kernel == nullptr ? 1 : kernel->pack_parts;
  if ((kernel != nullptr && kernel->pack == nullptr) || entry.field_count != fields ||
      entry.part_count != parts || parts > PackSource::kMaxParts) {
    return fail(error, OCTET_INVALID_PROGRAM, i, "wrong number of fields or parts");
  }
  PackSource source{};
  source.entry = i;
  source.isa = isa_;
  source.error = error;
  source.region = &region_;
  source.fields = block.at<int32_t>(entry.fields_offset, fields);
  if (source.fields == nullptr) {
    return fail(error, OCTET_INVALID_PROGRAM, i, "fields leave the block");
  }
  for (int32_t p = 0; p < parts; ++p) {
    source.parts[p].bytes = entry.parts[p].bytes;
    source.parts[p].data = block.at<std::byte>(entry.parts[p].offset, entry.parts[p].bytes);
    if (source.parts[p].data == nullptr) {
      return fail(error, OCTET_INVALID_PROGRAM, i, "part %d leaves the block", p);
    }
  }
  Packed& packed = entries_[i];
  packed.kernel = kernel;
  if (kernel != nullptr) return kernel->pack(source, &packed);
  if (!packed.create(source, source.parts[0].bytes)) return false;
  if (packed.bytes > 0) std::memcpy(packed.data, source.parts[0].data, packed.bytes);
  return true;
}

}  // namespace octet
