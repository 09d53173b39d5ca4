// SPDX-License-Identifier: Apache-2.0
#include "octet/octet.h"

#include <cstdio>
#include <new>

#include "base/dot_form.h"
#include "base/ticks.h"
#include "kernels/peaks/peaks.h"
#include "program/binding.h"
#include "program/kernel_isas.h"

struct octet_program : octet::Program {};
struct octet_binding : octet::Binding {
  using octet::Binding::Binding;
};

namespace {

// "name(fields)[pack fields]parts isas" of every kernel, made once.
struct Signatures {
  static constexpr int kBytes = 1024;
  octet::Array<char> text;

  Signatures() {
    if (!text.create(int64_t{kBytes} * octet::kKernelCount)) return;
    for (int i = 0; i < octet::kKernelCount; ++i) {
      const octet::Kernel& kernel = *octet::kKernels[i];
      std::snprintf(&text[int64_t{kBytes} * i], kBytes, "%s(%s)[%s]%d %s", kernel.name,
                    kernel.fields, kernel.pack_fields, kernel.pack_parts, octet::kKernelIsas[i]);
    }
  }
};

}  // namespace

int32_t octet_abi_version(void) { return OCTET_ABI_VERSION; }

int32_t octet_dot_form(void) { return octet::kDotForm; }

int32_t octet_isa(void) { return static_cast<int32_t>(octet::active_isa()); }

const char* octet_isa_name(int32_t isa) {
  const auto wanted = static_cast<octet::Isa>(isa);
  return octet::isa_usable(wanted) ? octet::isa_name(wanted) : nullptr;
}

int32_t octet_kernel_count(void) { return octet::kKernelCount; }

const char* octet_kernel_signature(int32_t kernel) {
  static const Signatures signatures;
  if (kernel < 0 || kernel >= octet::kKernelCount || signatures.text.size() == 0) return nullptr;
  return &signatures.text[int64_t{Signatures::kBytes} * kernel];
}

octet_program* octet_program_load(const void* code, int64_t code_bytes, int32_t isa,
                                  octet_error* error) {
  octet::clear(error);
  const auto wanted = isa < 0 ? octet::active_isa() : static_cast<octet::Isa>(isa);
  if (octet::isa_name(wanted) == nullptr || !octet::isa_usable(wanted)) {
    octet::fail(error, OCTET_INVALID_ARGUMENT, -1, "instruction set %d is not available here", isa);
    return nullptr;
  }
  auto* program = new (std::nothrow) octet_program();
  if (program == nullptr) {
    octet::fail(error, OCTET_OUT_OF_MEMORY, -1, "no memory for a program");
    return nullptr;
  }
  if (!program->load(code, code_bytes, wanted, error)) {
    delete program;
    return nullptr;
  }
  return program;
}

int64_t octet_program_bytes(const octet_program* program) { return program->bytes(); }

void octet_program_free(octet_program* program) { delete program; }

octet_binding* octet_binding_create(octet_program* program, const void* code, int64_t code_bytes,
                                    void* arena, int64_t arena_bytes, int32_t threads,
                                    octet_error* error) {
  octet::clear(error);
  auto* binding = new (std::nothrow) octet_binding(*program);
  if (binding == nullptr) {
    octet::fail(error, OCTET_OUT_OF_MEMORY, -1, "no memory for a binding");
    return nullptr;
  }
  if (!binding->create(code, code_bytes, static_cast<std::byte*>(arena), arena_bytes, threads,
                       error)) {
    delete binding;
    return nullptr;
  }
  return binding;
}

int64_t octet_binding_bytes(const octet_binding* binding) { return binding->bytes(); }

void octet_binding_free(octet_binding* binding) { delete binding; }

int32_t octet_run(octet_binding* binding, int32_t segment, int64_t timeout_nanos,
                  int64_t* profile_ticks, octet_error* error) {
  return binding->run(segment, timeout_nanos, profile_ticks, error);
}

void octet_cancel(octet_binding* binding) { binding->cancel(); }

double octet_tick_nanos(void) { return octet::tick_nanos(); }

double octet_tick_cost(void) { return octet::tick_cost(); }

double octet_peak_macs(int32_t arithmetic, int32_t isa) {
  if (arithmetic < 0 || arithmetic > static_cast<int32_t>(octet::Arithmetic::kI8)) return 0;
  return octet::peak_macs(static_cast<octet::Arithmetic>(arithmetic), static_cast<octet::Isa>(isa));
}

double octet_peak_bandwidth(int64_t bytes, int32_t write) {
  return octet::peak_bandwidth(bytes, write != 0);
}
