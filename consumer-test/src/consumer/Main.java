// SPDX-License-Identifier: Apache-2.0
package consumer;

import dev.octet.Interpreter;
import dev.octet.Model;
import dev.octet.Octet;
import java.nio.file.Path;
import java.util.Arrays;

/** Loads a model, runs it on zeros, and says from which kind of path and what came out. */
public final class Main {
  private Main() {}

  /** {@code args[0]}: the model. */
  public static void main(String[] args) {
    if (!Octet.isAvailable()) {
      throw new IllegalStateException(Octet.unavailabilityCause());
    }
    String path = Main.class.getModule().isNamed() ? "module" : "class";
    try (Model model = Model.load(Path.of(args[0]));
        Interpreter interpreter = model.interpreter()) {
      interpreter.run();
      System.out.println(path + " " + Arrays.toString(interpreter.output(0).shape()));
    }
  }
}
