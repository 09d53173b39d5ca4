// SPDX-License-Identifier: Apache-2.0
//
// The C interface of the Octet engine. It knows nothing of Java or of .tflite files: it loads a
// program (packed weights), binds it to an arena (shapes and instructions) and runs it.
//
// Every function validates what it is given once; after octet_binding_create succeeded, octet_run
// touches only the arena, the program's and the binding's own memory. Nothing here throws, prints
// or aborts. Formats of the two code blocks: native/DESIGN.md.
//
// Thread safety: a program is immutable and may be shared by any number of bindings and threads.
// A binding belongs to one thread at a time; only octet_cancel may be called from another thread.
#ifndef OCTET_OCTET_H_
#define OCTET_OCTET_H_

#include <stdint.h>

#define OCTET_API __attribute__((visibility("default")))

#ifdef __cplusplus
extern "C" {
#endif

enum octet_code {
  OCTET_OK = 0,
  OCTET_INVALID_PROGRAM = 1,
  OCTET_INVALID_BINDING = 2,
  OCTET_OUT_OF_MEMORY = 3,
  OCTET_CANCELLED = 4,
  OCTET_DEADLINE_EXCEEDED = 5,
  OCTET_INDEX_OUT_OF_RANGE = 6,
  OCTET_INVALID_ARGUMENT = 7,
  OCTET_DELEGATE = 8  // a delegate or its library refused (octet/delegate.h)
};

typedef struct octet_error {
  int32_t code;         // octet_code
  int32_t instruction;  // index of the instruction (octet_run, octet_binding_create), weights entry
                        // (octet_program_load), or -1
  char message[248];    // zero-terminated UTF-8
} octet_error;

typedef struct octet_program octet_program;
typedef struct octet_binding octet_binding;

// Changes whenever a function here or in octet/delegate.h or a block format changes.
#define OCTET_ABI_VERSION 4
OCTET_API int32_t octet_abi_version(void);

// Bytes that packed kernels read fastest are uint8 xor this, int8 taken as uint8 by adding 128: 0
// where dot products take unsigned activations (x86-64), 0x80 where they take signed ones (arm64).
OCTET_API int32_t octet_dot_form(void);

// Instruction set in use: 0 scalar, 1 avx2, 2 avx512, 3 avx512vnni, 16 neon, 17 neondot. 18
// neonhalf, float convolutions in float16 arithmetic, is never in use unless a program is loaded
// for it. The environment variable OCTET_ISA (a name) caps it when the library is loaded.
OCTET_API int32_t octet_isa(void);
// Name of an instruction set that this machine can run, or NULL for any other number.
OCTET_API const char* octet_isa_name(int32_t isa);

// Kernels by number, 0 <= kernel < octet_kernel_count(). The signature is
// "name(field:kind ...)[field:kind ...]parts isa,isa": instruction fields in order, fields of a
// weights entry, how many data parts that entry has, and the instruction sets that it has loops of
// its own for. Kinds: value, weights, segment, i32, f32.
OCTET_API int32_t octet_kernel_count(void);
OCTET_API const char* octet_kernel_signature(int32_t kernel);

// Checks a program block, packs its weights into memory of its own and returns it; the block may be
// freed afterwards. isa caps the kernels chosen (-1: octet_isa()). NULL and *error on failure.
OCTET_API octet_program* octet_program_load(const void* code, int64_t code_bytes, int32_t isa,
                                            octet_error* error);
// Bytes of packed weights that the program holds.
OCTET_API int64_t octet_program_bytes(const octet_program* program);
// The caller frees every binding of the program first.
OCTET_API void octet_program_free(octet_program* program);

// Checks a binding block against the program and the arena (64-byte aligned, arena_bytes long,
// owned by the caller and outliving the binding). threads >= 1 is the most a run may use; it uses
// no more than the processors of the affinity mask, nor than the whole ones of the CPU quota.
OCTET_API octet_binding* octet_binding_create(octet_program* program, const void* code,
                                              int64_t code_bytes, void* arena, int64_t arena_bytes,
                                              int32_t threads, octet_error* error);
// Native bytes that the binding holds beside the arena (instruction state and scratch).
OCTET_API int64_t octet_binding_bytes(const octet_binding* binding);
OCTET_API void octet_binding_free(octet_binding* binding);

// Runs one segment. timeout_nanos > 0 sets a deadline, checked between instructions and inside long
// ones. profile_ticks, when not NULL, has one counter an instruction, to which is added the time
// since the one before, in ticks of octet_tick_nanos(), and behind them one for the sum. Returns
// error->code. No allocation.
OCTET_API int32_t octet_run(octet_binding* binding, int32_t segment, int64_t timeout_nanos,
                            int64_t* profile_ticks, octet_error* error);
// Asks a run in progress to stop with OCTET_CANCELLED; without one it has no effect.
OCTET_API void octet_cancel(octet_binding* binding);

// Nanoseconds of one tick of a profile, and the ticks that reading the counter adds to each
// instruction of one. Both are measured at the first call, which takes 10 ms.
OCTET_API double octet_tick_nanos(void);
OCTET_API double octet_tick_cost(void);

// What one core can do at most, measured at each call for 30 ms or a little longer. Multiply-
// accumulates in a nanosecond (GMAC/s) of f32 (arithmetic 0), int16 (1) or int8 (2) with the
// instructions of a set; 0 for one that this machine cannot run and for other arithmetic.
OCTET_API double octet_peak_macs(int32_t arithmetic, int32_t isa);
// Bytes in a nanosecond (GB/s), read or written again and again over so many bytes: those of the
// smallest cache that holds them, else of memory. 0 when so many cannot be allocated.
OCTET_API double octet_peak_bandwidth(int64_t bytes, int32_t write);

#ifdef __cplusplus
}
#endif

#endif  // OCTET_OCTET_H_
