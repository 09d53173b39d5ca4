// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

import dev.octet.InferenceException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** An instruction as its kernel sees it: fields by name, and the run. */
public final class Call {
  /** Elements between two questions; the slowest take about 100 ns. */
  private static final int PAUSE = 1 << 14;

  private final String kernel;
  private final Run run;
  private final Map<String, Integer> numbers = new HashMap<>();
  private final Map<String, Operand> operands = new HashMap<>();
  private final Map<String, Weights> weights = new HashMap<>();

  public Call(String kernel, Run run) {
    this.kernel = kernel;
    this.run = run;
  }

  /** Sets a field of 32 bits. */
  public void field(String name, int bits) {
    numbers.put(name, bits);
  }

  /** Sets a value; null for an absent one. */
  public void field(String name, Operand operand) {
    operands.put(name, operand);
  }

  /** Sets a weights entry. */
  public void field(String name, Weights entry) {
    weights.put(name, entry);
  }

  private static <T> T known(Map<String, T> fields, String name) {
    if (!fields.containsKey(name)) {
      throw new IllegalStateException(
          "no field " + name + ", only " + List.copyOf(fields.keySet()));
    }
    return fields.get(name);
  }

  public int i32(String field) {
    return known(numbers, field);
  }

  public float f32(String field) {
    return Float.intBitsToFloat(known(numbers, field));
  }

  /** True unless the value is absent. */
  public boolean has(String field) {
    return known(operands, field) != null;
  }

  /** A value; null when it is absent. */
  public Operand value(String field) {
    return known(operands, field);
  }

  public Weights weights(String field) {
    return known(weights, field);
  }

  /**
   * To be asked every 10 ms or so: in the outer of nested loops.
   *
   * @throws InferenceException when the run was cancelled or is past its deadline
   */
  public void checkStopped() {
    run.checkStopped();
  }

  /** The same for element {@code i} of a loop over single elements, which asks now and then. */
  public void pause(int i) {
    if (i % PAUSE == 0) {
      run.checkStopped();
    }
  }

  /** To be thrown: run-time data break a rule, such as an index that is not below its size. */
  public InferenceException failure(String rule) {
    return run.failure(kernel + ": " + rule);
  }
}
