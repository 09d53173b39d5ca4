// SPDX-License-Identifier: Apache-2.0
package dev.octet.robustness;

import dev.octet.InferenceException;
import dev.octet.Interpreter;
import dev.octet.InterpreterOptions;
import dev.octet.Model;
import dev.octet.Numerics;
import dev.octet.OctetException;
import dev.octet.SignatureInfo;
import dev.octet.Tensor;
import dev.octet.TensorType;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/**
 * What a careless caller does with a model: loads it, makes an interpreter of one of its entry
 * points, runs it twice with random inputs, resizes an input and runs again. Exceptions that are
 * not documented pass through.
 */
final class Trial {
  private static final int LARGEST_FILLED = 1 << 22;

  private final Random random;
  private final Duration deadline;

  private String ending = "";
  private Consumer<Interpreter> beforeResize = interpreter -> {};

  Trial(long seed, Duration deadline) {
    this.random = new Random(seed);
    this.deadline = deadline;
  }

  /** Is given the interpreter after two runs with the model's own shapes. */
  void beforeResize(Consumer<Interpreter> listener) {
    beforeResize = listener;
  }

  /** How loading, runs and resizing ended, for counting. */
  String ending() {
    return ending.strip();
  }

  void run(byte[] bytes) {
    try (Model model = Model.load(bytes)) {
      try (Interpreter interpreter = model.interpreter(options(model))) {
        run(interpreter);
        run(interpreter);
        beforeResize.accept(interpreter);
        resize(interpreter);
      } catch (OctetException e) {
        ending += name(e);
      }
    } catch (OctetException e) {
      ending = "load " + name(e);
    }
  }

  private InterpreterOptions options(Model model) {
    List<SignatureInfo> signatures = model.signatures();
    InterpreterOptions options =
        new InterpreterOptions()
            .numerics(random.nextBoolean() ? Numerics.EXACT : Numerics.FAST)
            .reference(random.nextInt(4) == 0)
            .deadline(deadline);
    return signatures.size() < 2
        ? options
        : options.signature(signatures.get(random.nextInt(signatures.size())).key());
  }

  private void run(Interpreter interpreter) {
    for (int i = 0; i < interpreter.inputCount(); i++) {
      fill(interpreter.input(i));
    }
    try {
      interpreter.run();
      for (int i = 0; i < interpreter.outputCount(); i++) {
        interpreter.output(i).bytes();
      }
      ending += "runs ";
    } catch (InferenceException e) {
      ending += name(e) + " ";
    }
  }

  private void resize(Interpreter interpreter) {
    if (interpreter.inputCount() == 0) {
      return;
    }
    int index = random.nextInt(interpreter.inputCount());
    int[] shape = interpreter.input(index).shape();
    for (int i = 0; i < shape.length; i++) {
      shape[i] =
          switch (random.nextInt(10)) {
            case 0 -> shape[i] + 1;
            case 1 -> shape[i] - 1;
            case 2 -> 2 * shape[i];
            case 3 -> 1 << random.nextInt(31);
            case 4 -> 0;
            default -> shape[i];
          };
    }
    try {
      interpreter.resize(index, shape);
    } catch (OctetException e) {
      ending += "resize " + name(e);
      return;
    } catch (IllegalArgumentException | IllegalStateException e) {
      ending += "resize refused";
      return;
    }
    run(interpreter);
  }

  private void fill(Tensor input) {
    if (input.type() == TensorType.STRING) {
      if (input.elements() > LARGEST_FILLED >> 4) {
        return;
      }
      byte[][] strings = new byte[input.elements()][random.nextInt(5)];
      for (byte[] string : strings) {
        random.nextBytes(string);
      }
      input.set(strings);
      return;
    }
    ByteBuffer memory = input.buffer();
    if (memory.remaining() > LARGEST_FILLED) {
      return;
    }
    byte[] bytes = new byte[memory.remaining()];
    random.nextBytes(bytes);
    if (random.nextBoolean()) {
      // small integers, where indices, lengths and conditions are read
      int width = Math.max(1, input.type().bytes());
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) (i % width == 0 ? bytes[i] & 3 : 0);
      }
    }
    memory.put(bytes);
  }

  private static String name(OctetException e) {
    if (!(e instanceof InferenceException run)) {
      return e.getClass().getSimpleName().replace("Exception", "");
    }
    if (run.kind() != InferenceException.Kind.INTERNAL) {
      return run.kind().name();
    }
    // want of memory is the machine's; any other is a fault of Octet
    if (run.getMessage().contains("memory")) {
      return "no memory";
    }
    throw new AssertionError(run.getMessage(), run);
  }
}
