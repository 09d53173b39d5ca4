// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize;

import dev.octet.Interpreter;
import dev.octet.InterpreterOptions;
import dev.octet.Model;
import dev.octet.OctetException;
import dev.octet.SignatureInfo;
import dev.octet.UnsupportedOperatorException;
import dev.octet.toolkit.model.EditableGraph;
import dev.octet.toolkit.model.EditableModel;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import dev.octet.toolkit.model.OperatorModel;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Operators that stay float because the engine, which knows what TensorFlow Lite's kernels demand,
 * takes them no other way: those that break a rule in the float model already (their weights may
 * then have any shape), and those that it would refuse with the scales that they were given.
 */
final class RefusedOperators {
  private record Place(int graph, int operator) {}

  private final Map<Place, String> reasons;

  private RefusedOperators(Map<Place, String> reasons) {
    this.reasons = reasons;
  }

  /** What the engine refuses in the float model {@code bytes}, which {@code real} was read from. */
  static RefusedOperators of(EditableModel real, byte[] bytes) {
    Map<Place, String> reasons = new HashMap<>();
    Set<Integer> sound = new HashSet<>();
    try (Model model = Model.load(real.source(), bytes)) {
      for (SignatureInfo signature : model.signatures()) {
        if (refusal(model, signature) == null) {
          sound.add(signature.subgraph());
        }
      }
    }
    for (int g = 0; g < real.graphs().size(); g++) {
      for (EditableOperator operator : real.graphs().get(g).operators()) {
        String reason = sound.contains(g) ? null : alone(operator);
        if (reason != null) {
          reasons.put(new Place(g, operator.sourceIndex()), reason);
        }
      }
    }
    return new RefusedOperators(reasons);
  }

  private static String alone(EditableOperator operator) {
    EditableModel model;
    try {
      model = OperatorModel.of(operator);
    } catch (IllegalArgumentException e) {
      return null; // it runs other graphs, and has no weights
    }
    try (Model loaded = Model.load(model.toBytes());
        Interpreter interpreter = loaded.interpreter()) {
      return null;
    } catch (UnsupportedOperatorException e) {
      return "Octet does not run it: " + words(e);
    } catch (OctetException e) {
      return "Octet does not run it: " + e.getMessage();
    }
  }

  private static UnsupportedOperatorException refusal(Model model, SignatureInfo signature) {
    InterpreterOptions options = new InterpreterOptions().signature(signature.key());
    try (Interpreter interpreter = model.interpreter(options)) {
      return null;
    } catch (UnsupportedOperatorException e) {
      return e;
    }
  }

  private static String words(UnsupportedOperatorException e) {
    return (e.tensor() == null ? "" : "tensor '" + e.tensor() + "': ") + e.rule();
  }

  RefusedOperators copy() {
    return new RefusedOperators(new HashMap<>(reasons));
  }

  /** Why {@code operator} of graph {@code graph} of the float model stays float, or null. */
  String reason(int graph, EditableOperator operator) {
    return reasons.get(new Place(graph, operator.sourceIndex()));
  }

  /**
   * Looks for operators that the engine refuses in a quantized file though it runs the float model.
   *
   * @param real the float model's file
   * @param made the quantized file
   * @param written what was written into it
   * @return true when one was found: it is now refused, and the file is to be made anew
   */
  boolean found(byte[] real, byte[] made, EditableModel written) {
    boolean found = false;
    try (Model model = Model.load(written.source(), made)) {
      for (SignatureInfo signature : model.signatures()) {
        UnsupportedOperatorException refusal = refusal(model, signature);
        if (refusal != null && runs(written.source(), real, signature)) {
          found |= add(written, refusal);
        }
      }
    }
    return found;
  }

  private static boolean runs(String source, byte[] real, SignatureInfo signature) {
    try (Model model = Model.load(source, real)) {
      return refusal(model, model.signature(signature.key())) == null;
    }
  }

  private boolean add(EditableModel written, UnsupportedOperatorException refusal) {
    for (int g = 0; g < written.graphs().size(); g++) {
      EditableGraph graph = written.graphs().get(g);
      EditableOperator operator = concerned(graph, refusal);
      operator = operator == null ? null : original(graph, operator);
      if (operator != null) {
        Place place = new Place(g, operator.sourceIndex());
        return reasons.putIfAbsent(place, "as integers refused: " + words(refusal)) == null;
      }
    }
    return false;
  }

  /** The operator of that number, name and tensor, for a refusal does not name the graph. */
  private static EditableOperator concerned(
      EditableGraph graph, UnsupportedOperatorException refusal) {
    int index = refusal.operatorIndex();
    if (index < 0 || index >= graph.operators().size()) {
      return null;
    }
    EditableOperator operator = graph.operators().get(index);
    String tensor = refusal.tensor();
    boolean has =
        tensor == null
            || Stream.concat(operator.inputs().stream(), operator.outputs().stream())
                .anyMatch(each -> each != null && tensor.startsWith(each.name()));
    return has && operator.name().equals(refusal.operator()) ? operator : null;
  }

  /**
   * The operator itself; of a QUANTIZE or DEQUANTIZE that was put in, one that it stands beside.
   */
  private static EditableOperator original(EditableGraph graph, EditableOperator operator) {
    if (operator.sourceIndex() >= 0) {
      return operator;
    }
    EditableTensor read = operator.input(0);
    EditableOperator before = read == null ? null : graph.producer(read);
    if (before != null && before.sourceIndex() >= 0) {
      return before;
    }
    List<EditableOperator> after = graph.consumers(operator.output(0));
    return after.stream().filter(each -> each.sourceIndex() >= 0).findFirst().orElse(null);
  }
}
