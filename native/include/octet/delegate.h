// SPDX-License-Identifier: Apache-2.0
//
// A host for TensorFlow Lite delegates that stay inside TensorFlow Lite's C interface: Coral's
// libedgetpu, libraries that export tflite_plugin_create_delegate, and delegates that the caller
// made. Nothing here needs TensorFlow code. Libraries are opened when they are asked for.
//
// A graph is described by a block, a delegate is applied to it and claims nodes; what it claims are
// partitions, which are run one at a time between the caller's own operators.
//
// Limits: 64-bit processors. Delegates that reach into TensorFlow Lite's C++ objects, add tensors
// or resize them while they run are refused or fail. A delegate may end the process: libedgetpu
// calls abort() when a USB device is taken away.
//
// Thread safety: a library may be shared by threads. A delegate has one host at a time, and a host
// belongs to one thread at a time.
#ifndef OCTET_DELEGATE_H_
#define OCTET_DELEGATE_H_

#include "octet/octet.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct octet_library octet_library;    // a shared library that has delegates
typedef struct octet_delegate octet_delegate;  // a TfLiteDelegate
typedef struct octet_host octet_host;          // a graph that a delegate was applied to

// What a library exports.
enum octet_library_kind {
  OCTET_LIBRARY_EDGETPU = 1,  // edgetpu_list_devices and the five functions that go with it
  OCTET_LIBRARY_PLUGIN = 2    // tflite_plugin_create_delegate, tflite_plugin_destroy_delegate
};

// Opens a library by file name or path, its symbols visible to nobody else. A library is opened
// once, the same pointer is answered for it again, and it is never unloaded. NULL and
// OCTET_DELEGATE with the loader's text when it cannot be opened, when it exports neither
// interface, and on 32-bit ARM, where delegates cannot be hosted.
OCTET_API octet_library* octet_library_open(const char* name, octet_error* error);
// The sum of what it exports, of octet_library_kind.
OCTET_API int32_t octet_library_kinds(const octet_library* library);

// What edgetpu_version() of the library says, static text; NULL without that interface.
OCTET_API const char* octet_edgetpu_version(const octet_library* library);
// Messages of the library on the process's standard error, 0 (none) to 10; other levels and other
// libraries: no effect.
OCTET_API void octet_edgetpu_verbosity(const octet_library* library, int32_t level);
// The devices that the library lists now, in its order, as lines "usb PATH\n" and "pci PATH\n"
// without a zero at the end. Returns the length of the whole text and writes at most `bytes` of it.
// 0 without that interface.
OCTET_API int64_t octet_edgetpu_devices(const octet_library* library, char* text, int64_t bytes);

// A delegate on a device, type 0 pci, 1 usb. The path must be one that the library lists for the
// type now: others are refused here, since libedgetpu tries one that is missing for 25 s. Two
// delegates of one device share it, with the options of the first. options: lines "NAME=VALUE\n",
// may be empty or NULL; libedgetpu ignores names that it does not know and refuses wrong values.
// NULL and OCTET_INVALID_ARGUMENT for other types and lines, OCTET_DELEGATE where the device is not
// listed or the library does not open it.
OCTET_API octet_delegate* octet_edgetpu_create(const octet_library* library, int32_t type,
                                               const char* path, const char* options,
                                               octet_error* error);
// A delegate of tflite_plugin_create_delegate. options: as above. NULL and OCTET_DELEGATE with the
// text that the library reported, if any.
OCTET_API octet_delegate* octet_plugin_create(const octet_library* library, const char* options,
                                              octet_error* error);
// A TfLiteDelegate* of somebody else, who destroys it after octet_delegate_free.
OCTET_API octet_delegate* octet_delegate_adopt(void* tflite_delegate, octet_error* error);
// After octet_host_free of its host. NULL: no effect.
OCTET_API void octet_delegate_free(octet_delegate* delegate);

// Applies the delegate to the graph: calls its Prepare, and init and prepare of every partition
// that it makes. A delegate may claim nothing. The block may be freed afterwards; what its
// addresses point to (constants, options) must stay as it is until octet_host_free.
//
// The block consists of int64 words:
//   0x4f43544f44454c01, T tensors, N nodes, input count, inputs.., output count, outputs..
//   T times: type (TfLiteType), kind (0 activation, 1 constant, 2 variable), bytes,
//     address (of a constant, else 0), rank, dims.., Q scales,
//     and where Q > 0: quantized dimension, Q words of float32 bits, Q zero points
//   N times, in order of execution: offered (0, 1), builtin code (32: custom), version,
//     L bytes of name (0: builtin), ceil(L/8) words of name, options address, options bytes,
//     D bytes of builtin data, ceil(D/8) words of it (the C struct of TensorFlow Lite on 64 bits),
//     input count, inputs (-1: absent).., output count, outputs..,
//     intermediates count, intermediates (-1: absent)..
// bytes is the product of dims by the size of an element (bits rounded up for int4; strings: any).
// A tensor is written by one node at most and before it is read; graph inputs, constants and
// variables are there from the start. Q is 1 or dims[quantized dimension]. A node that is not
// offered is shown to the delegate as a custom operator named "octet" and cannot be claimed.
//
// Partitions are made as TensorFlow Lite does: nodes that become ready together, taken greedily in
// order of execution. NULL and OCTET_INVALID_PROGRAM for a wrong block (the message has the word),
// OCTET_INVALID_ARGUMENT for a delegate that has a host, OCTET_OUT_OF_MEMORY, and OCTET_DELEGATE
// with the delegate's last message where it refuses the graph, breaks its contract or leaves a
// tensor with other dims than the block's; error->instruction is then the first node of the
// partition, or -1.
OCTET_API octet_host* octet_host_create(octet_delegate* delegate, const void* graph, int64_t bytes,
                                        octet_error* error);
// [P, then P times in order of execution: node count, nodes.., input count, tensors..,
// output count, tensors..]. Returns the words needed and writes at most count. Inputs include
// constants and variables. Outputs are graph outputs and what is read outside. Of a library of kind
// OCTET_LIBRARY_EDGETPU, a partition of one node has that node's inputs and outputs in its order.
OCTET_API int64_t octet_host_partitions(const octet_host* host, int64_t* words, int64_t count);
// Sets where tensors are, one address for each (count = T): 0 for one that is not placed, and of
// constants no address counts. Every activation and variable that is input or output of a partition
// must have one, unless it has no bytes, that holds until the next bind or octet_host_free; 64
// bytes behind it must be readable. Returns error->code: OCTET_INVALID_ARGUMENT.
OCTET_API int32_t octet_host_bind(octet_host* host, const int64_t* addresses, int64_t count,
                                  octet_error* error);
// Runs one partition. Returns error->code: OCTET_INVALID_ARGUMENT for one that is not there or
// without octet_host_bind, OCTET_DELEGATE with the delegate's last message when it fails.
OCTET_API int32_t octet_host_run(octet_host* host, int32_t partition, octet_error* error);
// Frees what the delegate made for the partitions, while its context still holds. The delegate
// stays. NULL: no effect.
OCTET_API void octet_host_free(octet_host* host);

#ifdef __cplusplus
}
#endif

#endif  // OCTET_DELEGATE_H_
