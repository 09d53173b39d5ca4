// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.edgetpu;

import static dev.octet.toolkit.edgetpu.Findings.fault;
import static dev.octet.toolkit.edgetpu.Findings.only;
import static dev.octet.toolkit.edgetpu.Findings.says;
import static dev.octet.toolkit.edgetpu.InventedFacts.usb;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Models that a device does not take, each on a machine that has no fault. */
class DiagnosisOfModelTest {
  private final InventedFacts machine = new InventedFacts();

  @Test
  void aModelThatWasNotCompiled() {
    machine.model = ModelFacts.plain("m.tflite", 31);
    says(
        fault(machine, "model"),
        "m.tflite was not compiled",
        "edgetpu_compiler m.tflite",
        "octet edgetpu check");
  }

  @Test
  void aDamagedModel() {
    machine.model = ModelFacts.damaged("m.tflite", "the package ends at byte 10");
    says(fault(machine, "model"), "the package ends at byte 10", "compile");
  }

  @Test
  void aModelForANewerRuntime() {
    machine.library =
        LibraryFacts.found("l", "RuntimeVersion(13)", List.of(usb(InventedFacts.STICK)));
    machine.model = InventedFacts.compiled(14, 1, 0);
    says(fault(machine, "runtime"), "needs runtime 14", "only 13", "--min_runtime_version 13");
    machine.model = InventedFacts.compiled(13, 1, 0);
    says(only(machine, "runtime"), "needs runtime 13, this one is 13");
    assertTrue(machine.diagnosis().clear());
    machine.library = LibraryFacts.missing("l", "cannot open shared object file");
    assertEquals(Finding.Kind.OK, only(machine, "runtime").kind());
  }

  @Test
  void statesNeedARuntimeThatThePackageDoesNotName() {
    machine.library =
        LibraryFacts.found("l", "RuntimeVersion(13)", List.of(usb(InventedFacts.STICK)));
    machine.model =
        new ModelFacts("m", null, 1, 0, 12, true, 1, 0, List.of("x INT8 [1]"), List.of());
    says(fault(machine, "runtime"), "recurrent states", "runtime 14", "only 13");
    machine.list(usb(InventedFacts.STICK));
    says(only(machine, "runtime"), "needs runtime 12, this one is 14");
  }

  @Test
  void anInputOfAnotherType() {
    machine.model =
        new ModelFacts(
            "m.tflite",
            null,
            1,
            0,
            10,
            false,
            1,
            0,
            List.of("input FLOAT32 [1, 4]"),
            List.of("input 0 'input' is FLOAT32, compiled for UINT8"));
    says(fault(machine, "types"), "FLOAT32, compiled for UINT8", "compile it again");
  }

  @Test
  void parametersThatDoNotStay() {
    machine.model = InventedFacts.compiled(14, 8_000_000, 0);
    assertEquals(Finding.Kind.OK, only(machine, "memory").kind());
    says(only(machine, "memory"), "8,000,000 bytes", "about 8 MB");
    says(
        only(machine, "model"),
        "1 compiled operator for the Edge TPU, 59 operators left to the CPU");
    machine.model = InventedFacts.compiled(14, 8_000_000, 251_072);
    assertEquals(Finding.Kind.NOTE, only(machine, "memory").kind());
    says(only(machine, "memory"), "251,072 are sent at every run");
    machine.model = InventedFacts.compiled(14, 8_000_000, 2368);
    assertEquals(Finding.Kind.OK, only(machine, "memory").kind());
    machine.model = InventedFacts.compiled(14, 9_000_000, 0);
    says(only(machine, "memory"), "more than it has");
    assertTrue(machine.diagnosis().clear());
  }
}
