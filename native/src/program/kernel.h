// SPDX-License-Identifier: Apache-2.0
//
// What a kernel is: a named instruction with a list of fields, an optional packer for its weights,
// a prepare step that checks everything once against the bound values, and a run step that checks
// nothing. One folder under native/src/kernels is one kernel; its <name>.cc defines
// `const Kernel kernel_<name>`, and the build lists the folders.
#ifndef OCTET_PROGRAM_KERNEL_H_
#define OCTET_PROGRAM_KERNEL_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "base/isa.h"
#include "base/memory.h"
#include "base/status.h"

namespace octet {

// Element types by their TensorFlow Lite codes.
enum class Type : int32_t {
  kF32 = 0,
  kF16 = 1,
  kI32 = 2,
  kU8 = 3,
  kI64 = 4,
  kString = 5,
  kBool = 6,
  kI16 = 7,
  kC64 = 8,
  kI8 = 9,
  kF64 = 10,
  kC128 = 11,
  kU64 = 12,
  kU32 = 15,
  kU16 = 16,
  kBf16 = 18,
};
// Bytes of one element; 0 for a type that values cannot have (strings are kept as kU8 bytes).
int32_t type_bytes(Type type);

constexpr int32_t kMaxRank = 8;

// A tensor as the instructions see it. Elements are in row-major order; a rank-4 value [n,h,w,c]
// may have a border of `fill` around h and w, which the strides step over.
struct Value {
  Type type;
  int32_t rank;
  int32_t dims[kMaxRank];
  int64_t strides[kMaxRank];  // in elements
  int32_t border_top, border_bottom, border_left, border_right;
  int32_t fill;         // value of border elements, as stored
  uint8_t flip;         // 0x80: an int8 or uint8 value stored xor 0x80, that is as the other type
  bool constant;        // lives in the program, never written
  bool dense;           // no border: strides are those of dims
  std::byte* data;      // first element inside the border; aligned to 64 bytes when dense
  int64_t elements;     // product of dims
  int64_t bytes;        // of the whole block, border included
  int32_t first, last;  // instructions that write it first and read it last; -1 and INT32_MAX for
                        // inputs and outputs

  template <typename T>
  T* as() const {
    return reinterpret_cast<T*>(data);
  }
  int32_t dim(int32_t axis) const { return dims[axis]; }
};

// One weights entry of a program block as its packer sees it. Sizes come from the file: the packer
// checks them against its fields before it reads.
struct PackSource {
  struct Part {
    const std::byte* data;  // any alignment
    int64_t bytes;
  };
  static constexpr int32_t kMaxParts = 6;
  const int32_t* fields;  // as many as the kernel's pack_fields
  Part parts[kMaxParts];
  int32_t entry;  // for messages
  Isa isa;
  octet_error* error;
  Region* region;  // of the program; may be NULL

  template <typename Fields>
  const Fields& as() const {
    return *reinterpret_cast<const Fields*>(fields);
  }
  __attribute__((format(printf, 2, 3))) bool fail(const char* format, ...) const;
};

struct Kernel;

// Packed weights: immutable after load, 64-byte aligned, kSlack readable bytes behind them.
struct Packed {
  const Kernel* kernel;
  std::byte* data;
  int64_t bytes;
  Isa isa;

  bool create(const PackSource& source, int64_t size);
  // Gives back what create() took.
  void drop(const PackSource& source);
  template <typename T>
  T* as() const {
    return reinterpret_cast<T*>(data);
  }
};

class Binding;
class Run;

// What prepare() may ask while an instruction is bound. Every accessor that fails has written the
// error; prepare then returns false.
class Prepare {
 public:
  Prepare(Binding& binding, const Kernel& kernel, int32_t instruction, const int32_t* fields,
          octet_error* error)
      : binding_(binding),
        kernel_(kernel),
        instruction_(instruction),
        fields_(fields),
        error_(error) {}

  template <typename Fields>
  const Fields& as() const {
    return *reinterpret_cast<const Fields*>(fields_);
  }
  // The value numbered `id`, checked to exist; NULL is a failure.
  const Value* value(int32_t id);
  // As value(), but -1 gives NULL without failure.
  bool optional_value(int32_t id, const Value** out);
  // Packed weights numbered `id`, checked to be of this kernel (or of the kernel named).
  const Packed* weights(int32_t id);
  const Packed* weights(int32_t id, const Kernel& kernel);
  // Zeroed memory for this instruction, given to run(). NULL is a failure.
  template <typename T>
  T* state() {
    static_assert(std::is_trivially_copyable<T>::value, "state is a plain struct");
    return static_cast<T*>(allocate_state(sizeof(T)));
  }
  // `count` zeroed elements that the state refers to; to be asked for before state().
  template <typename T>
  T* array(int64_t count) {
    static_assert(std::is_trivially_copyable<T>::value, "state is plain data");
    return static_cast<T*>(allocate_state(count * static_cast<int64_t>(sizeof(T))));
  }
  // Scratch bytes that run() needs for each thread (see Run::scratch), 64-byte aligned.
  void scratch(int64_t bytes_per_thread);
  int32_t threads() const;
  // Cluster that the program was loaded for: the most that a kernel may use.
  Isa isa() const;
  // `return prepare.fail("...")`: the message is prefixed with the kernel's name.
  __attribute__((format(printf, 2, 3))) bool fail(const char* format, ...);
  // fail() with `what` unless the condition holds.
  bool check(bool condition, const char* what) { return condition || fail("%s", what); }

 private:
  void* allocate_state(int64_t bytes);
  Binding& binding_;
  const Kernel& kernel_;
  int32_t instruction_;
  const int32_t* fields_;
  octet_error* error_;
};

// One run in progress.
class Run {
 public:
  // True when the run was cancelled, is past its deadline, or has failed. Long loops outside
  // parallel_for ask every 100 us or so of work.
  bool stopped() {
    if (error_->code == OCTET_OK && deadline_ == 0 &&
        !cancelled_->load(std::memory_order_relaxed)) {
      return false;
    }
    return report_stop();
  }
  // True when the run was cancelled or is past its deadline; for long tasks inside parallel_for,
  // where threads may not report. The run then ends with that, whatever the kernel has written.
  bool interrupted() const;
  // Calls body(context, task, thread) for every 0 <= task < tasks on up to `threads` threads, the
  // caller among them; thread < threads numbers scratch. Between tasks it asks interrupted() and
  // gives up early if so. base/tasks.h says how many tasks work is worth; a single one runs on the
  // caller at no cost.
  void parallel_for(int32_t tasks, void (*body)(void* context, int32_t task, int32_t thread),
                    void* context) {
    if (tasks == 1) {
      body(context, 0, 0);
    } else {
      share(tasks, body, context);
    }
  }
  std::byte* scratch(int32_t thread) const { return scratch_ + scratch_bytes_ * thread; }
  int32_t threads() const { return threads_; }
  __attribute__((format(printf, 3, 4))) void fail(octet_code code, const char* format, ...);

 private:
  friend class Binding;
  void run_segment(int32_t segment);
  void measure_segment(int32_t segment);
  bool report_stop();
  void share(int32_t tasks, void (*body)(void* context, int32_t task, int32_t thread),
             void* context);

  Binding* binding_ = nullptr;
  octet_error* error_ = nullptr;
  const std::atomic<bool>* cancelled_ = nullptr;
  std::byte* scratch_ = nullptr;
  int64_t scratch_bytes_ = 0;  // for each thread
  int64_t* profile_ = nullptr;
  int64_t deadline_ = 0;  // steady clock, nanoseconds; 0 for none
  int32_t threads_ = 1;
  int32_t instruction_ = -1;
};

struct Kernel {
  const char* name;
  const char* fields;       // OCTET_FIELDS signature of an instruction
  const char* pack_fields;  // signature of a weights entry; "" when the kernel has none
  int32_t pack_parts;
  // Checks the entry and packs it. NULL when the kernel has no weights.
  bool (*pack)(const PackSource& source, Packed* packed);
  // Checks fields, values and weights; afterwards run() cannot go out of bounds.
  bool (*prepare)(Prepare& prepare);
  // `state` is what prepare() allocated last.
  void (*run)(const void* state, Run& run);
};

// Fields are listed once: the list makes the struct and the signature that Java's own is compared
// with when the library is loaded. All fields are 4 bytes.
//   #define MY_FIELDS(VALUE, WEIGHTS, I32, F32) VALUE(x) VALUE(y) I32(stride_h) F32(beta)
//   OCTET_FIELDS(MyFields, MY_FIELDS);
#define OCTET_FIELD_I32(name) int32_t name;
#define OCTET_FIELD_F32(name) float name;
#define OCTET_NAME_VALUE(name) #name ":value "
#define OCTET_NAME_WEIGHTS(name) #name ":weights "
#define OCTET_NAME_I32(name) #name ":i32 "
#define OCTET_NAME_F32(name) #name ":f32 "
#define OCTET_FIELDS(Struct, LIST)                                                     \
  struct Struct {                                                                      \
    LIST(OCTET_FIELD_I32, OCTET_FIELD_I32, OCTET_FIELD_I32, OCTET_FIELD_F32)           \
    static constexpr const char* kSignature =                                          \
        "" LIST(OCTET_NAME_VALUE, OCTET_NAME_WEIGHTS, OCTET_NAME_I32, OCTET_NAME_F32); \
  }

// Written by the build from the kernel folders, in alphabetical order.
extern const Kernel* const kKernels[];
extern const int kKernelCount;

}  // namespace octet

#endif  // OCTET_PROGRAM_KERNEL_H_
