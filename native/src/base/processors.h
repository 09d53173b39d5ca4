// SPDX-License-Identifier: Apache-2.0
#ifndef OCTET_BASE_PROCESSORS_H_
#define OCTET_BASE_PROCESSORS_H_

#include <cstdint>

namespace octet {

// Processors that this process may keep busy without being held up: those of its affinity mask, or
// the whole ones of its control group's quota (v2 cpu.max, v1 cpu.cfs_quota_us by
// cpu.cfs_period_us, its own and those of the groups around it) where that is less. At least 1. A
// quota of 1.5 counts as 1: two threads would use it up and stand still for the rest of each
// period. Read once.
int32_t processors();

// Those of the quota for a process whose /proc/self/cgroup is at `membership`, with control groups
// mounted at `mount`; INT32_MAX without a quota.
int32_t quota_processors(const char* membership, const char* mount);

}  // namespace octet

#endif  // OCTET_BASE_PROCESSORS_H_
