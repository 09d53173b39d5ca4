// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.calibrate;

import dev.octet.InferenceException;
import dev.octet.Interpreter;
import dev.octet.InterpreterOptions;
import dev.octet.Model;
import dev.octet.SubgraphTaps;
import dev.octet.Tensor;
import dev.octet.toolkit.data.DataFormatException;
import dev.octet.toolkit.data.DataSetHash;
import dev.octet.toolkit.data.Sample;
import dev.octet.toolkit.data.Samples;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** One thread's interpreter and what it counted. */
final class CalibrationWorker implements SubgraphTaps, AutoCloseable {
  private final CalibrationModel model;
  private final InternalRanges inside;
  private final boolean reset;
  private final Interpreter interpreter;
  private final int graph;
  private final List<TensorObserver> observers = new ArrayList<>();
  private final Map<TensorKey, Integer> places = new HashMap<>();
  private final Map<Integer, List<EditableOperator>> hollow = new HashMap<>();
  private final Map<EditableTensor, float[]> states = new IdentityHashMap<>();
  private final int[] chunk = new int[TensorObserver.CHUNK];

  CalibrationWorker(
      CalibrationModel model,
      Model runnable,
      InterpreterOptions options,
      InternalRanges inside,
      boolean reset) {
    this.model = model;
    this.inside = inside;
    this.reset = reset;
    for (TensorKey key : model.names().keySet()) {
      places.put(key, observers.size());
      observers.add(new TensorObserver());
    }
    this.graph =
        options.signature() == null
            ? runnable.signatures().get(0).subgraph()
            : runnable.signature(options.signature()).subgraph();
    String[] taps = model.taps(graph).keySet().toArray(String[]::new);
    this.interpreter = runnable.interpreter(options.taps(taps).subgraphTaps(this));
  }

  List<TensorObserver> observers() {
    return observers;
  }

  /** Runs one sample and counts. */
  SampleExtremes run(int index, Sample sample) {
    if (reset) {
      interpreter.resetVariables();
      states.clear();
    }
    fill(sample);
    try {
      interpreter.run();
    } catch (InferenceException e) {
      throw new InferenceException(
          e.kind(), e.instruction(), "sample '" + sample.name() + "': " + e.getMessage(), e);
    }
    ran(graph, interpreter::tap);
    float[] min = new float[observers.size()];
    float[] max = new float[observers.size()];
    int[] nonFinite = new int[observers.size()];
    int all = 0;
    for (int i = 0; i < min.length; i++) {
      observers.get(i).end(i, min, max, nonFinite);
      all |= nonFinite[i];
    }
    return new SampleExtremes(
        index, sample.name(), DataSetHash.digest(sample), min, max, all == 0 ? null : nonFinite);
  }

  private void fill(Sample sample) {
    List<int[]> before = shapes();
    try {
      Samples.fill(interpreter, sample);
    } catch (DataFormatException e) {
      throw new UncheckedIOException(e);
    }
    List<int[]> after = shapes();
    for (int i = 0; i < before.size(); i++) {
      if (!Arrays.equals(before.get(i), after.get(i))) {
        states.clear(); // a resize clears the variable tensors
      }
    }
  }

  private List<int[]> shapes() {
    List<int[]> shapes = new ArrayList<>();
    for (int i = 0; i < interpreter.inputCount(); i++) {
      shapes.add(interpreter.input(i).shape());
    }
    return shapes;
  }

  @Override
  public Set<String> names(int subgraph) {
    return model.taps(subgraph).keySet();
  }

  @Override
  public void ran(int subgraph, Function<String, Tensor> tap) {
    for (EditableOperator operator : hollow(subgraph)) {
      observeInside(subgraph, operator, tap);
    }
    model
        .taps(subgraph)
        .forEach(
            (name, tensor) -> {
              ByteBuffer memory = tap.apply(name).buffer();
              if (tensor.variable() && !hollow(subgraph).isEmpty()) {
                states.put(tensor, floats(memory));
              }
              for (TensorKey key : model.keys(tensor)) {
                observers.get(places.get(key)).add(memory.asIntBuffer(), chunk);
              }
            });
  }

  private List<EditableOperator> hollow(int subgraph) {
    return hollow.computeIfAbsent(
        subgraph, g -> model.operators(g).stream().filter(inside::concerns).toList());
  }

  private void observeInside(
      int subgraph, EditableOperator operator, Function<String, Tensor> tap) {
    List<float[]> values = new ArrayList<>();
    List<int[]> shapes = new ArrayList<>();
    for (EditableTensor tensor : operator.inputs()) {
      Tensor tapped = null;
      if (tensor != null && model.taps(subgraph).get(tensor.name()) == tensor) {
        tapped = tap.apply(tensor.name());
      }
      shapes.add(tapped != null ? tapped.shape() : tensor == null ? null : tensor.shape());
      if (tapped == null) {
        values.add(null);
      } else if (tensor.variable()) {
        values.add(states.computeIfAbsent(tensor, t -> new float[t.elements()]));
      } else {
        values.add(tapped.toFloats());
      }
    }
    inside.observe(operator, values, shapes, this::count);
  }

  private void count(EditableTensor tensor, float[] values) {
    int[] bits = new int[values.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToRawIntBits(values[i]);
    }
    for (TensorKey key : model.keys(tensor)) {
      observers.get(places.get(key)).add(IntBuffer.wrap(bits), chunk);
    }
  }

  private static float[] floats(ByteBuffer memory) {
    float[] values = new float[memory.remaining() / Float.BYTES];
    memory.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    return values;
  }

  /** Ends a run in progress; any thread. */
  void cancel() {
    interpreter.cancel();
  }

  @Override
  public void close() {
    interpreter.close();
  }
}
