// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.edgetpu;

import dev.octet.MalformedModelException;
import dev.octet.TensorType;
import dev.octet.edgetpu.CompiledPackage;
import dev.octet.edgetpu.DeviceLayer;
import dev.octet.tflite.TfliteModel;
import dev.octet.tflite.TfliteOperator;
import dev.octet.tflite.TfliteReader;
import dev.octet.tflite.TfliteSubgraph;
import dev.octet.tflite.TfliteTensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads {@link ModelFacts} from a file; nothing is run, and no library is needed. */
public final class ModelFactsReader {
  private final String name;
  private final List<String> inputs = new ArrayList<>();
  private final List<String> typeFaults = new ArrayList<>();
  private int compiled;
  private int others;
  private int runtime;
  private boolean states;
  private long cached;
  private long streamed;

  private ModelFactsReader(String name) {
    this.name = name;
  }

  /**
   * Reads a file.
   *
   * @throws MalformedModelException for a file that is no model; a damaged compiled part is told in
   *     the facts
   */
  public static ModelFacts read(Path file) {
    TfliteModel model = TfliteReader.map(file);
    ModelFactsReader reader = new ModelFactsReader(file.toString());
    for (TfliteSubgraph subgraph : model.subgraphs()) {
      for (TfliteOperator operator : subgraph.operators()) {
        if (!operator.name().equals(CompiledPackage.OPERATOR)) {
          reader.others++;
          continue;
        }
        try {
          reader.add(subgraph, operator, CompiledPackage.read(reader.name, operator));
        } catch (MalformedModelException e) {
          return ModelFacts.damaged(reader.name, e.getMessage());
        }
      }
    }
    return reader.facts();
  }

  private void add(TfliteSubgraph subgraph, TfliteOperator operator, CompiledPackage contents) {
    compiled++;
    runtime = Math.max(runtime, contents.minRuntimeVersion());
    states |= !contents.states().isEmpty();
    cached += contents.cachedBytes();
    streamed += contents.streamedBytes();
    for (int tensor : operator.inputs()) {
      if (tensor >= 0) {
        inputs.add(describe(subgraph.tensors().get(tensor)));
      }
    }
    compare("input", subgraph, operator.inputs(), contents.inputs());
    compare("output", subgraph, operator.outputs(), contents.outputs());
  }

  private static String describe(TfliteTensor tensor) {
    return "'" + tensor.name() + "' " + tensor.type() + " " + Arrays.toString(tensor.shape());
  }

  private void compare(
      String side, TfliteSubgraph subgraph, int[] tensors, List<DeviceLayer> layers) {
    if (tensors.length != layers.size()) {
      typeFaults.add(
          "the operator has "
              + tensors.length
              + " "
              + side
              + "s, what was compiled has "
              + layers.size());
      return;
    }
    for (int i = 0; i < tensors.length; i++) {
      TensorType wanted = layers.get(i).type().tensorType();
      if (tensors[i] >= 0 && subgraph.tensors().get(tensors[i]).type() != wanted) {
        typeFaults.add(
            side
                + " "
                + i
                + ", "
                + describe(subgraph.tensors().get(tensors[i]))
                + ", was compiled for "
                + wanted);
      }
    }
  }

  private ModelFacts facts() {
    return new ModelFacts(
        name, null, compiled, others, runtime, states, cached, streamed, inputs, typeFaults);
  }
}
