// SPDX-License-Identifier: Apache-2.0
package dev.octet.passes;

import dev.octet.InferenceException;
import dev.octet.UnsupportedOperatorException;
import dev.octet.graph.Graph;
import dev.octet.graph.NodeContext;
import dev.octet.ops.HostOp;
import dev.octet.program.HostCall;
import dev.octet.program.HostTensor;

/**
 * The operators of a graph that had to wait for a run: compiled for the shapes that their inputs
 * have then, and run.
 *
 * @param graph the operators; its inputs are this operator's, its outputs too
 * @param decides of each input, whether its contents are compiled in
 * @param stateful true when one of the operators is
 */
record Deferred(Graph graph, boolean[] decides, boolean stateful) implements HostOp {
  @Override
  public String name() {
    return "DEFERRED";
  }

  @Override
  public void check(NodeContext node) {
    // the operators were checked where they stood
  }

  @Override
  public int[][] infer(NodeContext node) {
    return new int[node.outputCount()][];
  }

  @Override
  public void run(HostCall call) {
    HostTensor[] inputs = new HostTensor[decides.length];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = call.input(i);
    }
    HostTensor[] outputs = outputs(call, inputs);
    for (int i = 0; i < outputs.length; i++) {
      call.output(i, outputs[i]);
    }
    for (int i = 0; i < inputs.length; i++) {
      if (graph.value(graph.inputs()[i]).variable()) {
        call.writeBack(graph, i, inputs[i]);
      }
    }
  }

  private HostTensor[] outputs(HostCall call, HostTensor[] inputs) {
    try {
      return call.call(graph, inputs, decides);
    } catch (UnsupportedOperatorException e) {
      // the operators are supported; it is the run's shapes or contents that break a rule
      InferenceException failure =
          new InferenceException(InferenceException.Kind.INDEX_OUT_OF_RANGE, -1, e.getMessage());
      failure.initCause(e);
      throw failure;
    }
  }
}
