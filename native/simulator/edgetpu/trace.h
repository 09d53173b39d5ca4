// SPDX-License-Identifier: Apache-2.0
//
// The trace: one line a call, appended to the file that the settings name. d1, d2, ... are
// delegates and k1, k2, ... kernels (claimed nodes), in the order of their making.
//
//   list 2
//   free_devices
//   open usb PATH Performance=Max Usb.AlwaysDfu=False Usb.MaxBulkInQueueLength=8
//   create usb PATH Performance=Max -> d1         (or -> NULL; plugin device=usb:0 -> d1)
//   Prepare d1
//   claim d1 node=2
//   init d1 node=2 -> k1
//   Prepared d1 nodes=60 claimed=1
//   register k1
//   prepare k1 batches=1 -> 0
//   load k1
//   invoke k1 run=1 -> 0
//   free k1
//   free_delegate d1
//   close usb PATH
//   error TEXT                                    what went to ReportError
//   abort TEXT                                    where libedgetpu would have ended the process
//   VIOLATION TEXT                                a rule that the host broke; its call failed
#ifndef OCTET_SIMULATOR_EDGETPU_TRACE_H_
#define OCTET_SIMULATOR_EDGETPU_TRACE_H_

#include <string>

namespace simulator {

void trace(const std::string& line);
// Writes "VIOLATION text" and returns false.
bool violation(const std::string& text);
// Where libedgetpu ends the process: writes "abort text", and does so when the settings want it.
void check_failed(const std::string& text);

}  // namespace simulator

#endif  // OCTET_SIMULATOR_EDGETPU_TRACE_H_
