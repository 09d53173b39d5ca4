// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.model;

import dev.octet.Interpreter;
import dev.octet.InterpreterOptions;
import dev.octet.Model;
import dev.octet.Tensor;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * A model as it is now, loaded so that tensors of its main graph can be looked at after a run.
 * Names need not be unique: a copy is run in which they are. Belongs to one thread.
 */
public final class TappedModel implements AutoCloseable {
  private final Map<EditableTensor, String> names = new IdentityHashMap<>();
  private final Model model;
  private final Interpreter interpreter;

  /**
   * Loads {@code model}.
   *
   * @param tensors those of its main graph that will be asked for; no constants
   */
  public TappedModel(
      EditableModel model, InterpreterOptions options, Collection<EditableTensor> tensors) {
    EditableModel copy = model.copy();
    List<EditableTensor> before = model.graphs().get(0).tensors();
    for (int i = 0; i < before.size(); i++) {
      String name = "t" + i;
      copy.graphs().get(0).read(i).name(name);
      names.put(before.get(i), name);
    }
    this.model = Model.load(model.source(), copy.toBytes());
    try {
      String[] taps = tensors.stream().map(names::get).toArray(String[]::new);
      this.interpreter = this.model.interpreter(options.taps(taps));
    } catch (RuntimeException | Error e) {
      this.model.close();
      throw e;
    }
  }

  /** To be filled and run; inputs and outputs in the order of the first signature or the graph. */
  public Interpreter interpreter() {
    return interpreter;
  }

  /** What the last run left in a tensor that was announced. */
  public Tensor tensor(EditableTensor tensor) {
    return interpreter.tap(names.get(tensor));
  }

  @Override
  public void close() {
    interpreter.close();
    model.close();
  }
}
