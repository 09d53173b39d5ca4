// SPDX-License-Identifier: Apache-2.0
package dev.octet.delegate;

import dev.octet.DelegateException;
import dev.octet.DelegateException.Reason;
import dev.octet.InterpreterOptions;
import dev.octet.program.Engine;
import dev.octet.tflite.TfliteModel;
import dev.octet.tflite.TfliteOperator;

/**
 * What the executions of an interpreter need to offer their graphs to its delegate.
 *
 * @param file the model
 * @param copies of the model's contents, shared by its interpreters
 */
public record Delegations(TfliteModel file, DelegateSource source, ConstantCopies copies) {
  /**
   * @throws DelegateException PLATFORM where interpreters of these options cannot have a delegate,
   *     NOT_COMPILED where the model has nothing for this one
   */
  public static Delegations of(
      TfliteModel file, DelegateSource source, ConstantCopies copies, InterpreterOptions options) {
    if (Engine.runsInJava(options)) {
      throw new DelegateException(
          Reason.PLATFORM,
          source.name()
              + " needs Octet's native library, and this interpreter is to run on the reference"
              + " backend in Java; choose the native one or leave out the delegate");
    }
    Delegations delegations = new Delegations(file, source, copies);
    if (source.customOperator() != null && !delegations.has(source.customOperator())) {
      throw Refusals.notCompiled(source, file.source());
    }
    return delegations;
  }

  private boolean has(String customOperator) {
    return file.operatorCodes().stream().anyMatch(code -> customOperator.equals(code.customCode()));
  }

  /** The delegation of one execution. */
  public Delegation begin() {
    return new Delegation(this);
  }

  /** The file's operator of that number in a subgraph, or null. */
  TfliteOperator operator(int subgraph, int index) {
    var operators = file.subgraphs().get(subgraph).operators();
    if (index >= 0 && index < operators.size() && operators.get(index).index() == index) {
      return operators.get(index);
    }
    return null;
  }
}
