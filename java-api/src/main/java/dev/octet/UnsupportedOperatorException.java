// SPDX-License-Identifier: Apache-2.0
package dev.octet;

/** An operator, or a combination of types and options of one, that Octet does not run. */
public final class UnsupportedOperatorException extends OctetException {
  private static final long serialVersionUID = 1L;
  private final int operatorIndex;
  private final String operator;
  private final String tensor;
  private final String rule;

  /**
   * @param source the model's file or name
   * @param operatorIndex its number in the subgraph
   * @param operator TensorFlow Lite's name of it, such as {@code CONV_2D}, or the custom name
   * @param tensor the tensor concerned, or null
   * @param rule what is not supported, in words
   */
  public UnsupportedOperatorException(
      String source, int operatorIndex, String operator, String tensor, String rule) {
    super(
        source
            + ": operator "
            + operatorIndex
            + " "
            + operator
            + (tensor == null ? "" : ", tensor '" + tensor + "'")
            + ": "
            + rule);
    this.operatorIndex = operatorIndex;
    this.operator = operator;
    this.tensor = tensor;
    this.rule = rule;
  }

  /** Number of the operator in its subgraph. */
  public int operatorIndex() {
    return operatorIndex;
  }

  /** TensorFlow Lite's name of the operator. */
  public String operator() {
    return operator;
  }

  /** Name of the tensor concerned, or null. */
  public String tensor() {
    return tensor;
  }

  /** What is not supported. */
  public String rule() {
    return rule;
  }
}
