// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.evaluate;

import dev.octet.InferenceException;
import dev.octet.Interpreter;
import dev.octet.OctetException;
import dev.octet.Tensor;
import dev.octet.toolkit.data.Sample;
import dev.octet.toolkit.data.Samples;
import dev.octet.toolkit.data.TensorNumbers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;

/** An interpreter of each model, one thread's at a time. */
final class Lane implements AutoCloseable {
  private final List<Candidate> candidates;
  private final List<Interpreter> interpreters = new ArrayList<>();

  Lane(List<Candidate> candidates) {
    this.candidates = candidates;
    try {
      candidates.forEach(each -> interpreters.add(each.interpreter()));
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** Runs one model on one sample; nothing of the samples before is left in its variables. */
  Prediction predict(int model, Sample sample) throws IOException {
    Candidate candidate = candidates.get(model);
    Interpreter interpreter = interpreters.get(model);
    interpreter.resetVariables();
    Samples.fill(interpreter, sample);
    try {
      interpreter.run();
    } catch (InferenceException e) {
      if (e.kind() == InferenceException.Kind.CANCELLED) {
        throw new CancellationException("cancelled");
      }
      String where = candidate.name() + ", sample " + sample.name() + ": ";
      throw new OctetException(where + e.getMessage(), e);
    }
    List<double[]> outputs = new ArrayList<>();
    for (int i = 0; i < candidate.outputs(); i++) {
      Tensor output = candidate.output(interpreter, i);
      outputs.add(TensorNumbers.has(output.type()) ? TensorNumbers.of(output) : new double[0]);
    }
    return new Prediction(sample, outputs, candidate.scores());
  }

  Interpreter interpreter(int model) {
    return interpreters.get(model);
  }

  /** Ends runs in progress, from any thread. */
  void cancel() {
    interpreters.forEach(Interpreter::cancel);
  }

  @Override
  public void close() {
    interpreters.forEach(Interpreter::close);
  }
}
