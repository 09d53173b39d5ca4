// SPDX-License-Identifier: Apache-2.0
//
// The C functions of hosts.
#include <new>

#include "base/status.h"
#include "edgetpu/host.h"

struct octet_host : octet::Host {};

octet_host* octet_host_create(octet_delegate* delegate, const void* graph, int64_t bytes,
                              octet_error* error) {
  octet::clear(error);
  auto* host = new (std::nothrow) octet_host();
  if (host == nullptr) {
    octet::fail(error, OCTET_OUT_OF_MEMORY, -1, "no memory for the host of a delegate");
    return nullptr;
  }
  if (!host->create(delegate, graph, bytes, error)) {
    delete host;
    return nullptr;
  }
  return host;
}

int64_t octet_host_partitions(const octet_host* host, int64_t* words, int64_t count) {
  return host->partitions(words, count);
}

int32_t octet_host_bind(octet_host* host, const int64_t* addresses, int64_t count,
                        octet_error* error) {
  octet_error own;
  octet_error* result = error == nullptr ? &own : error;
  octet::clear(result);
  host->bind(addresses, count, result);
  return result->code;
}

int32_t octet_host_run(octet_host* host, int32_t partition, octet_error* error) {
  octet_error own;
  octet_error* result = error == nullptr ? &own : error;
  octet::clear(result);
  host->run(partition, result);
  return result->code;
}

void octet_host_free(octet_host* host) { delete host; }
