// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.edgetpu;

import dev.octet.TensorType;
import dev.octet.edgetpu.CompiledPackage;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.toolkit.model.EditableGraph;
import dev.octet.toolkit.model.EditableModel;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Which operators of a model's main graph an Edge TPU would run, by the published rules. Bodies of
 * loops and branches are on the CPU with the operator that runs them.
 *
 * <p>What the rules do not tell the compiler decides: whether activations are too large for it,
 * which reshapes are (the table says "certain reshapes ... for large tensor sizes"), and which of
 * several equal ways it goes. Its answer is the one that counts.
 *
 * @param form what the model computes on
 * @param runtime the version of the Edge TPU runtime that the rules are for
 * @param operators in the order of the file
 * @param refusals why the compiler would take nothing of the file at all, in sentences; the places
 *     are those that operators would have without
 * @param remarks what is good to know, in sentences
 * @param parameters of the operators on the Edge TPU
 */
public record Mapping(
    ModelForm form,
    int runtime,
    List<Operator> operators,
    List<String> refusals,
    List<String> remarks,
    ParameterEstimate parameters) {

  /** The oldest runtime that there are rules for. */
  public static final int OLDEST_RUNTIME = MappingRules.OLDEST_RUNTIME;

  /** The newest runtime, which the compiler compiles for unless it is told otherwise. */
  public static final int NEWEST_RUNTIME = MappingRules.NEWEST_RUNTIME;

  /** Where an operator runs. */
  public enum Place {
    EDGE_TPU,
    /** It could be on the Edge TPU, but one that cannot stands before it. */
    BEHIND,
    CPU
  }

  /**
   * One operator.
   *
   * @param index its number in the graph
   * @param name TensorFlow Lite's name or the custom name
   * @param output the name of its first output, or empty
   * @param since the runtime version that it needs by the table; 0 for any
   * @param reason why it is not on the Edge TPU, as the end of a sentence that starts with it; null
   *     when it is
   */
  public record Operator(
      int index, String name, String output, Place place, int since, String reason) {}

  public Mapping {
    operators = List.copyOf(operators);
    refusals = List.copyOf(refusals);
    remarks = List.copyOf(remarks);
  }

  /**
   * Maps a model for the newest runtime.
   *
   * @throws IllegalArgumentException for an operator whose inputs do not go together
   */
  public static Mapping of(EditableModel model) {
    return of(model, NEWEST_RUNTIME);
  }

  /**
   * Maps a model.
   *
   * @param runtime version of the Edge TPU runtime, 10 to 14
   * @throws IllegalArgumentException for another version, and for an operator whose inputs do not
   *     go together
   */
  public static Mapping of(EditableModel model, int runtime) {
    if (runtime < OLDEST_RUNTIME || runtime > NEWEST_RUNTIME) {
      throw new IllegalArgumentException(
          "there is no rule for Edge TPU runtime "
              + runtime
              + ", only for "
              + OLDEST_RUNTIME
              + " to "
              + NEWEST_RUNTIME);
    }
    ModelForm form = ModelForm.of(model);
    EditableGraph graph = model.graphs().get(0);
    if (form == ModelForm.COMPILED) {
      return compiled(graph, runtime);
    }
    List<Operator> operators = operators(graph, runtime);
    List<EditableOperator> mapped =
        operators.stream()
            .filter(operator -> operator.place() == Place.EDGE_TPU)
            .map(operator -> graph.operators().get(operator.index()))
            .toList();
    return new Mapping(
        form,
        runtime,
        operators,
        Refusals.of(model),
        remarks(form, model),
        ParameterEstimate.of(mapped));
  }

  private static Mapping compiled(EditableGraph graph, int runtime) {
    List<Operator> operators = new ArrayList<>();
    for (EditableOperator op : graph.operators()) {
      boolean device = op.name().equals(CompiledPackage.OPERATOR);
      operators.add(
          operator(
              operators.size(),
              op,
              device ? Place.EDGE_TPU : Place.CPU,
              device ? null : "was left on the CPU by the compiler"));
    }
    return new Mapping(
        ModelForm.COMPILED, runtime, operators, List.of(), List.of(), new ParameterEstimate(0, 0));
  }

  private static List<Operator> operators(EditableGraph graph, int runtime) {
    List<EditableOperator> all = graph.operators();
    String[] reasons = new String[all.size()];
    boolean[] mappable = new boolean[all.size()];
    for (int i = 0; i < reasons.length; i++) {
      reasons[i] = MappingRules.broken(all.get(i), runtime);
      mappable[i] = reasons[i] == null;
    }
    Partition partition = new Partition(graph, mappable);
    List<Operator> operators = new ArrayList<>();
    for (int i = 0; i < reasons.length; i++) {
      if (!mappable[i]) {
        operators.add(operator(i, all.get(i), Place.CPU, reasons[i]));
      } else if (partition.contains(i)) {
        operators.add(operator(i, all.get(i), Place.EDGE_TPU, null));
      } else {
        int obstacle = partition.obstacle(i);
        String words = "stands behind operator " + obstacle + " " + all.get(obstacle).name();
        operators.add(operator(i, all.get(i), Place.BEHIND, words));
      }
    }
    return operators;
  }

  private static Operator operator(int index, EditableOperator op, Place place, String reason) {
    String output = op.outputs().isEmpty() ? "" : op.output(0).name();
    return new Operator(index, op.name(), output, place, MappingRules.since(op), reason);
  }

  private static List<String> remarks(ModelForm form, EditableModel model) {
    List<String> remarks = new ArrayList<>();
    EditableGraph main = model.graphs().get(0);
    if (form == ModelForm.QUANTIZED && floatEnds(main)) {
      remarks.add(
          "inputs or outputs are FLOAT32, which QUANTIZE and DEQUANTIZE convert on the CPU: octet"
              + " quantize --io uint8 or int8 leaves them out");
    }
    for (EditableTensor input : main.inputs()) {
      if (Arrays.stream(input.shapeSignature()).anyMatch(dim -> dim < 0)) {
        remarks.add(
            String.format(
                "input %s leaves sizes open (%s) and the rules ask for constant ones: this is for"
                    + " %s",
                Sentences.name(input),
                Axes.words(input.shapeSignature()),
                Axes.words(input.shape())));
      }
    }
    if (model.graphs().size() > 1) {
      remarks.add("the first of " + model.graphs().size() + " graphs was looked at");
    }
    return remarks;
  }

  private static boolean floatEnds(EditableGraph graph) {
    for (EditableOperator op : graph.operators()) {
      boolean in = op.is(BuiltinOperator.QUANTIZE) && graph.inputs().contains(op.input(0));
      boolean out = op.is(BuiltinOperator.DEQUANTIZE) && graph.outputs().contains(op.output(0));
      if (in && op.input(0).type() == TensorType.FLOAT32 || out) {
        return true;
      }
    }
    return false;
  }

  /** The operators of one place, in order. */
  public List<Operator> at(Place place) {
    return operators.stream().filter(operator -> operator.place() == place).toList();
  }

  /** True when the compiler would take the file, and all of it would run on the Edge TPU. */
  public boolean complete() {
    return refusals.isEmpty() && at(Place.EDGE_TPU).size() == operators.size();
  }

  /** The runtime that the operators on the Edge TPU need by the table; 0 for any. */
  public int since() {
    return at(Place.EDGE_TPU).stream().mapToInt(Operator::since).max().orElse(0);
  }
}
