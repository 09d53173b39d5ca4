// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.evaluate;

import dev.octet.Interpreter;
import dev.octet.InterpreterOptions;
import dev.octet.Model;
import dev.octet.SignatureInfo;
import dev.octet.Tensor;
import dev.octet.TensorInfo;
import dev.octet.toolkit.data.WholeFile;
import dev.octet.toolkit.model.EditableModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A loaded model of an evaluation. */
final class Candidate implements AutoCloseable {
  private final String name;
  private final Model model;
  private final FileSize size;
  private final InterpreterOptions options;
  private final int[] outputs;
  private Scores scores;

  /**
   * @param bytes of the file
   * @param file to be mapped instead of copying {@code bytes}, or null
   * @param options the signature applies where the model has it
   * @param baseline the model whose order of outputs counts, or null for this one's
   */
  Candidate(String name, byte[] bytes, Path file, InterpreterOptions options, Candidate baseline) {
    this.name = name;
    this.size = FileSize.of(bytes);
    this.options = options;
    this.model = file == null ? Model.load(bytes) : Model.load(file);
    try {
      SignatureInfo own = signature();
      this.outputs = order(own, baseline == null ? own : baseline.signature(), baseline);
      EditableModel contents = EditableModel.read(name, bytes);
      this.scores = Scores.of(contents, own.subgraph(), info(0));
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
  }

  static Candidate read(String name, Path file, InterpreterOptions options, Candidate baseline)
      throws IOException {
    return new Candidate(name, WholeFile.read(file), file, options, baseline);
  }

  /** By result name where both have the same names, else as they stand. */
  private int[] order(SignatureInfo own, SignatureInfo first, Candidate baseline) {
    List<String> mine = List.copyOf(own.outputs().keySet());
    List<String> theirs = List.copyOf(first.outputs().keySet());
    if (mine.size() != theirs.size()) {
      throw new IllegalArgumentException(
          name
              + " has "
              + mine.size()
              + " outputs, "
              + baseline.name
              + " has "
              + theirs.size()
              + ": they cannot be compared");
    }
    boolean named = mine.containsAll(theirs);
    int[] order = new int[mine.size()];
    for (int i = 0; i < order.length; i++) {
      order[i] = named ? mine.indexOf(theirs.get(i)) : i;
    }
    return order;
  }

  String name() {
    return name;
  }

  FileSize size() {
    return size;
  }

  Scores scores() {
    return scores;
  }

  void scores(Scores known) {
    scores = known;
  }

  SignatureInfo signature() {
    return options.signature() == null
        ? model.signatures().get(0)
        : model.signature(options.signature());
  }

  Interpreter interpreter() {
    return model.interpreter(options);
  }

  int outputs() {
    return outputs.length;
  }

  /** An output of an interpreter of this model, in the baseline's order. */
  Tensor output(Interpreter interpreter, int index) {
    return interpreter.output(outputs[index]);
  }

  /** What the file says of an output, in the baseline's order. */
  TensorInfo info(int output) {
    return List.copyOf(signature().outputs().values()).get(outputs[output]);
  }

  @Override
  public void close() {
    model.close();
  }
}
