// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.edgetpu;

import dev.octet.edgetpu.CompiledPackage;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What is to say of a model: whether it can run on the Edge TPU of this runtime, and how well. */
final class ModelFindings {
  /** The first runtime whose code writes recurrent states, whatever a package says it needs. */
  private static final int STATES_RUNTIME = 14;

  /** Sent at every run by nearly every model: 0.2 ms on USB 3, 2 ms on USB 2. */
  private static final long FEW_BYTES = 64 << 10;

  /** The oldest that compilers can write for. */
  private static final int OLDEST_RUNTIME = 10;

  private ModelFindings() {}

  /**
   * @param library null, or one that failed, when the runtime is not known
   */
  static List<Finding> of(ModelFacts model, LibraryFacts library) {
    if (model.failure() != null) {
      return List.of(
          Finding.fault(
              "model",
              "the compiled part of " + model.name() + " is damaged: " + model.failure(),
              "compile the model again, or copy the file again"));
    }
    if (model.compiled() == 0) {
      return List.of(
          Finding.fault(
              "model",
              model.name() + " was not compiled for the Edge TPU: it would run on the CPU alone",
              "compile it: edgetpu_compiler "
                  + model.name()
                  + " (Debian package edgetpu-compiler, x86-64 only)",
              "which of its operators would map: octet edgetpu check " + model.name()));
    }
    List<Finding> findings = new ArrayList<>();
    findings.add(
        Finding.ok(
            "model",
            String.format(
                Locale.ROOT,
                "%s: %s for the Edge TPU, %s left to the CPU",
                model.name(),
                operators(model.compiled(), "compiled operator"),
                operators(model.others(), "operator"))));
    findings.add(runtime(model, library));
    for (String each : model.typeFaults()) {
      findings.add(
          Finding.fault(
              "types",
              each,
              "the file was changed after it was compiled: compile it again from the quantized"
                  + " model"));
    }
    if (model.typeFaults().isEmpty() && !model.inputs().isEmpty()) {
      findings.add(Finding.ok("types", "inputs: " + String.join(", ", model.inputs())));
    }
    findings.add(parameters(model));
    return findings;
  }

  private static String operators(int count, String noun) {
    return count + " " + noun + (count == 1 ? "" : "s");
  }

  private static Finding runtime(ModelFacts model, LibraryFacts library) {
    int needed = model.runtime();
    if (library == null || library.failure() != null || library.runtime().isEmpty()) {
      return Finding.ok("runtime", "it needs runtime " + needed + " or newer");
    }
    int here = library.runtime().getAsInt();
    if (model.states() && here < STATES_RUNTIME) {
      return Finding.fault(
          "runtime",
          "it keeps recurrent states on the device, which runtime "
              + STATES_RUNTIME
              + " was the first to do, and this libedgetpu is only "
              + here,
          "install a newer libedgetpu");
    }
    if (needed <= here) {
      return Finding.ok("runtime", "it needs runtime " + needed + ", this one is " + here);
    }
    List<String> steps = new ArrayList<>();
    steps.add("install a newer libedgetpu");
    if (here >= OLDEST_RUNTIME) {
      steps.add(
          "or compile the model for this one: edgetpu_compiler --min_runtime_version " + here);
    }
    return Finding.fault(
        "runtime", "it needs runtime " + needed + ", and this libedgetpu is only " + here, steps);
  }

  private static Finding parameters(ModelFacts model) {
    String kept =
        String.format(
            Locale.ROOT,
            "parameters: %,d bytes stay in the Edge TPU's memory of about 8 MB",
            model.cachedBytes());
    if (model.cachedBytes() > CompiledPackage.DEVICE_BYTES) {
      return Finding.note(
          "memory",
          kept + ": more than it has",
          "such a file is not known to come from a compiler; what it does is not certain");
    }
    String sent =
        String.format(Locale.ROOT, "%s, %,d are sent at every run", kept, model.streamedBytes());
    return model.streamedBytes() <= FEW_BYTES
        ? Finding.ok("memory", sent)
        : Finding.note(
            "memory",
            sent,
            "sending takes time at each run, on USB 2 ten times as much: a smaller model may be"
                + " faster, or one cut into segments for several Edge TPUs");
  }
}
