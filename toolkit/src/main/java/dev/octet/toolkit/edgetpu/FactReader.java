// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.edgetpu;

import dev.octet.DelegateException;
import dev.octet.EdgeTpu;
import dev.octet.Interpreter;
import dev.octet.InterpreterOptions;
import dev.octet.Model;
import dev.octet.Octet;
import dev.octet.OctetException;
import dev.octet.delegate.EdgeTpuLibrary;
import dev.octet.edgetpu.HostFacts;
import dev.octet.toolkit.edgetpu.Facts.Attempt;
import dev.octet.toolkit.edgetpu.Facts.OctetFacts;
import java.nio.file.Path;

/** Gathers the {@link Facts} of this machine. */
public final class FactReader {
  /** What comes before the dynamic linker's own words. */
  private static final String LINKER = " cannot be used: ";

  private FactReader() {}

  /**
   * Looks at everything but opens no device; a library that is missing is a fact, not a failure.
   *
   * @param root what the kernel's files are looked up in: {@code /}, or a tree that stands for it
   * @param device as {@code --device} takes it, empty for any
   * @param model or null
   * @throws dev.octet.MalformedModelException for a file that is no model
   */
  public static Facts read(Path root, String device, Path model) {
    OctetFacts octet = octet();
    return new Facts(
        device,
        octet,
        HostFacts.read(root),
        octet.failure() == null ? library() : null,
        model == null ? null : ModelFactsReader.read(model),
        Attempt.NONE);
  }

  private static OctetFacts octet() {
    Throwable cause = Octet.unavailabilityCause();
    String failure = null;
    if (cause != null) {
      failure = "Octet's native library cannot be used: " + cause.getMessage();
    } else if (Octet.backend().equals("reference")) {
      failure = "the property dev.octet.backend or OCTET_BACKEND chooses the reference in Java";
    }
    return new OctetFacts(
        "Octet "
            + Octet.version()
            + (failure == null ? " with its native library, " + Octet.isa() : ""),
        failure,
        System.getProperty("os.name"),
        System.getProperty("os.arch"));
  }

  private static LibraryFacts library() {
    String name = EdgeTpuLibrary.name();
    try {
      return LibraryFacts.found(name, EdgeTpu.runtimeVersion(), EdgeTpu.devices());
    } catch (DelegateException e) {
      Throwable own = e.getCause() == null ? e : e.getCause();
      String words = own.getMessage();
      int linker = words.indexOf(LINKER);
      return LibraryFacts.missing(
          name, linker < 0 ? words : words.substring(linker + LINKER.length()));
    }
  }

  /**
   * Opens a device and closes it again; with a model, lets the device take its compiled part in
   * between. Nothing is run. The process may be aborted by libedgetpu.
   */
  public static Attempt open(String device, Path model) {
    long start = System.nanoTime();
    String failure = null;
    try (EdgeTpu tpu = EdgeTpu.open(device)) {
      if (model != null) {
        InterpreterOptions options = new InterpreterOptions().delegate(tpu);
        try (Model loaded = Model.load(model);
            Interpreter interpreter = loaded.interpreter(options)) {
          interpreter.inputCount();
        }
      }
    } catch (OctetException e) {
      failure = e.getMessage();
    }
    return new Attempt(true, failure, (System.nanoTime() - start) / 1e9);
  }
}
