// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.octet.Interpreter;
import dev.octet.InterpreterOptions;
import dev.octet.Model;
import dev.octet.Numerics;
import dev.octet.OctetException;
import dev.octet.TensorType;
import dev.octet.program.Engine;
import dev.octet.toolkit.data.RandomInput;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Whether the kernels of this machine give what the reference in Java gives: the same integers in
 * both numerics, floats within 1e-5 of the greatest.
 */
final class BackendChecks {
  private static final double TOLERANCE = 1e-5;

  private final JsonArray failures = new JsonArray();
  private int passed;

  /** Runs a model on random inputs with every instruction set. */
  void check(String name, byte[] file) {
    try (Model model = Model.load(ByteBuffer.wrap(file))) {
      for (Numerics numerics : Numerics.values()) {
        List<byte[]> expected = run(model, numerics, Engine.JAVA_NAME);
        for (String isa : KernelRanking.isasHere()) {
          String what = name + ", " + isa + ", " + numerics;
          try {
            compare(what, model, expected, run(model, numerics, isa));
          } catch (OctetException e) {
            failures.add(what + ": " + e.getMessage());
          }
        }
      }
    }
  }

  /** Counts a check that somebody else made. */
  void count(String what, boolean right) {
    if (right) {
      passed++;
    } else {
      failures.add(what);
    }
  }

  private static List<byte[]> run(Model model, Numerics numerics, String isa) {
    InterpreterOptions options = new InterpreterOptions().numerics(numerics).isa(isa);
    List<byte[]> outputs = new ArrayList<>();
    try (Interpreter interpreter = model.interpreter(options)) {
      new RandomInput(1).fill(interpreter);
      interpreter.run();
      for (int i = 0; i < interpreter.outputCount(); i++) {
        ByteBuffer contents = interpreter.output(i).buffer();
        byte[] bytes = new byte[contents.remaining()];
        contents.get(bytes);
        outputs.add(bytes);
      }
    }
    return outputs;
  }

  private void compare(String what, Model model, List<byte[]> expected, List<byte[]> actual) {
    for (int i = 0; i < expected.size(); i++) {
      boolean real = model.outputs().get(i).type() == TensorType.FLOAT32;
      double off = real ? distance(floats(expected.get(i)), floats(actual.get(i))) : 0;
      boolean same = real ? off <= TOLERANCE : Arrays.equals(expected.get(i), actual.get(i));
      count(what + ": output " + i + (real ? " is off by " + off : " differs"), same);
    }
  }

  private static float[] floats(byte[] bytes) {
    float[] values = new float[bytes.length / 4];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    return values;
  }

  /** The greatest difference, in parts of the greatest number. */
  private static double distance(float[] expected, float[] actual) {
    double most = 0;
    double greatest = 0;
    for (int i = 0; i < expected.length; i++) {
      greatest = Math.max(greatest, Math.abs(expected[i]));
      double off = Math.abs((double) expected[i] - actual[i]);
      most = Double.isNaN(off) ? Double.POSITIVE_INFINITY : Math.max(most, off);
    }
    return most == 0 ? 0 : most / greatest;
  }

  int passed() {
    return passed;
  }

  int failed() {
    return failures.size();
  }

  JsonObject json() {
    JsonObject object = new JsonObject();
    object.addProperty("passed", passed);
    object.add("failed", failures);
    return object;
  }
}
