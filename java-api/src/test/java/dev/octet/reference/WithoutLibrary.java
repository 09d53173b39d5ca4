// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

import dev.octet.Fixtures;
import dev.octet.Interpreter;
import dev.octet.InterpreterOptions;
import dev.octet.Model;
import dev.octet.Numerics;
import dev.octet.Octet;
import java.util.Arrays;
import java.util.Random;

/** What {@link WithoutLibraryTest} runs in a process of its own: it prints what it finds. */
final class WithoutLibrary {
  static final long SEED = 5;

  private WithoutLibrary() {}

  public static void main(String[] arguments) {
    System.out.println("backend " + Octet.backend());
    for (Numerics numerics : Numerics.values()) {
      System.out.println(numerics + " " + answer(new InterpreterOptions().numerics(numerics)));
    }
    System.out.println("isa " + Octet.isa());
    if (arguments[0].equals("ask")) { // asking loads what there is
      System.out.println("available " + Octet.isAvailable());
      System.out.println("cause " + (Octet.unavailabilityCause() != null));
    }
  }

  /** A hash of what the interpreter gives for random bytes, profiled runs included. */
  static String answer(InterpreterOptions options) {
    try (Model model = Model.load(Fixtures.convolutions(SEED));
        Interpreter interpreter = model.interpreter(options)) {
      byte[] values = new byte[interpreter.input(0).elements()];
      new Random(SEED).nextBytes(values);
      interpreter.input(0).set(values);
      interpreter.run();
      int hash = Arrays.hashCode(interpreter.output(0).toBytes());
      interpreter.input(0).set(values);
      boolean timed =
          interpreter.profile(2).entries().stream().mapToLong(entry -> entry.nanos()).sum() > 0;
      return hash + " " + Arrays.hashCode(interpreter.output(0).toBytes()) + " " + timed;
    }
  }
}
