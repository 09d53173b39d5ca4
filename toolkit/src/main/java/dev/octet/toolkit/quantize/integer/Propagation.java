// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize.integer;

import dev.octet.TensorType;
import dev.octet.toolkit.calibrate.Range;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import dev.octet.toolkit.quantize.Compute;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Chooses scale and zero point of every activation of a graph, for one width of integers.
 *
 * <p>Ranges that a rule makes superfluous are dropped first: those of outputs with fixed
 * parameters; those that an operator with equal scales would only repeat, forwards through
 * operators of one real input, and (int8) backwards through operators of several, so that the
 * producers of a concatenation's inputs write with its scale. What is left is fixed; the rest takes
 * its parameters from the neighbours. Where an end must differ from its tensor, the end has
 * parameters of its own and a QUANTIZE stands between.
 *
 * <p>int8 follows TensorFlow's converter (its {@code RemoveRedundantStatsOps} and quantization
 * driver); int16 its older quantizer, which does not go backwards.
 */
final class Propagation {
  private static final class State {
    Activation parameters;
    boolean fixed;
  }

  private final Planned plan;
  private final Compute compute;
  private final Ranges ranges;
  private final List<EditableOperator> operators = new ArrayList<>();
  private final Map<EditableTensor, State> states = new IdentityHashMap<>();
  private final Map<Place, State> constants = new HashMap<>();
  private final Map<Place, Activation> own = new HashMap<>();
  private final Map<EditableTensor, EditableOperator> producers = new IdentityHashMap<>();
  private final Map<EditableTensor, List<EditableOperator>> users = new IdentityHashMap<>();

  Propagation(Planned plan, Compute compute, Ranges ranges) {
    this.plan = plan;
    this.compute = compute;
    this.ranges = ranges;
    for (EditableOperator op : plan.graph().operators()) {
      if (plan.compute(op) == compute) {
        operators.add(op);
        op.outputs().forEach(tensor -> producers.put(tensor, op));
        for (EditableTensor tensor : op.inputs()) {
          users.computeIfAbsent(tensor, t -> new ArrayList<>()).add(op);
        }
      }
    }
  }

  Propagation run() {
    Set<EditableTensor> superfluous = superfluous();
    for (EditableTensor tensor : plan.graph().tensors()) {
      EditableOperator producer = producers.get(tensor);
      boolean joined = producer != null && joins(plan.rule(producer));
      if (ranges.get(tensor) != null && !superfluous.contains(tensor) && !joined) {
        State state = state(tensor);
        state.parameters = Activation.of(compute, ranges.get(tensor));
        state.fixed = true;
      }
    }
    propagate();
    return this;
  }

  /** The parameters that input {@code index} of {@code op} must have, or null when unknown. */
  Activation input(EditableOperator op, int index) {
    Activation different = own.get(Place.input(op, index));
    return different != null ? different : input(op, index, op.input(index)).parameters;
  }

  /** The parameters that {@code op} writes output {@code index} with, or null when unknown. */
  Activation output(EditableOperator op, int index) {
    Activation different = own.get(Place.output(op, index));
    return different != null ? different : state(op.output(index)).parameters;
  }

  /** The parameters of a tensor for those who have no wish of their own, or null. */
  Activation home(EditableTensor tensor) {
    Activation known = state(tensor).parameters;
    return known == null && ranges.get(tensor) != null
        ? Activation.of(compute, ranges.get(tensor))
        : known;
  }

  private State state(EditableTensor tensor) {
    return states.computeIfAbsent(tensor, t -> new State());
  }

  private State input(EditableOperator op, int index, EditableTensor tensor) {
    if (!tensor.constant()) {
      return state(tensor);
    }
    return constants.computeIfAbsent(
        Place.input(op, index),
        place -> {
          State state = new State();
          if (!plan.rule(op).sameScale(compute)) {
            state.parameters = Constants.activation(tensor, compute);
            state.fixed = true;
          }
          return state;
        });
  }

  private Set<EditableTensor> superfluous() {
    Set<EditableTensor> superfluous = Collections.newSetFromMap(new IdentityHashMap<>());
    Deque<EditableTensor> work = new ArrayDeque<>();
    for (EditableTensor tensor : plan.graph().tensors()) {
      if (ranges.get(tensor) != null) {
        work.push(tensor);
      }
    }
    Set<EditableTensor> passed = Collections.newSetFromMap(new IdentityHashMap<>());
    while (!work.isEmpty()) {
      EditableTensor tensor = work.pop();
      if (!passed.add(tensor)) {
        continue;
      }
      EditableOperator producer = producers.get(tensor);
      if (producer != null && plan.rule(producer).scale() == OutputScale.FIXED) {
        drop(tensor, superfluous);
      }
      for (EditableOperator user : users.getOrDefault(tensor, List.of())) {
        if (moves(user, tensor) && realInputs(user) == 1) {
          for (int i : plan.rule(user).activationOutputs(user)) {
            if (ranges.get(user.output(i)) != null && drop(user.output(i), superfluous)) {
              work.push(user.output(i));
            }
          }
        }
      }
    }
    if (compute == Compute.INT8) {
      backwards(superfluous);
    }
    return superfluous;
  }

  private void backwards(Set<EditableTensor> superfluous) {
    Deque<EditableTensor> work = new ArrayDeque<>();
    for (EditableTensor tensor : plan.graph().tensors()) {
      if (ranges.get(tensor) != null && !superfluous.contains(tensor)) {
        work.push(tensor);
      }
    }
    Set<EditableTensor> passed = Collections.newSetFromMap(new IdentityHashMap<>());
    while (!work.isEmpty()) {
      EditableTensor tensor = work.pop();
      EditableOperator producer = producers.get(tensor);
      if (passed.add(tensor) && producer != null && moves(producer)) {
        for (int i : plan.rule(producer).activationInputs(producer)) {
          EditableTensor input = producer.input(i);
          if (ranges.get(input) != null && drop(input, superfluous)) {
            work.push(input);
          }
        }
      }
    }
  }

  private boolean drop(EditableTensor tensor, Set<EditableTensor> superfluous) {
    if (ranges.trained(tensor)) {
      return false;
    }
    superfluous.add(tensor);
    return true;
  }

  private boolean moves(EditableOperator op) {
    return plan.rule(op).sameScale(compute) && !joins(plan.rule(op));
  }

  private boolean moves(EditableOperator op, EditableTensor tensor) {
    return moves(op)
        && plan.rule(op).activationInputs(op).stream().anyMatch(i -> op.input(i) == tensor);
  }

  /** True for sums in int16: the one scale must hold the terms and the sum. */
  private boolean joins(OperatorRule rule) {
    return rule.scale() == OutputScale.FREE_IN_INT8 && rule.sameScale(compute);
  }

  private static long realInputs(EditableOperator op) {
    return op.inputs().stream().filter(t -> t != null && t.type() == TensorType.FLOAT32).count();
  }

  private void propagate() {
    Deque<EditableOperator> work = new ArrayDeque<>();
    operators.forEach(work::push);
    Set<EditableOperator> done = Collections.newSetFromMap(new IdentityHashMap<>());
    while (!work.isEmpty()) {
      EditableOperator op = work.pop();
      if (!done.add(op)) {
        continue;
      }
      OperatorRule rule = plan.rule(op);
      if (rule.sameScale(compute)) {
        Activation common = common(op, rule);
        if (common == null) {
          done.remove(op);
          continue;
        }
        for (int i : rule.activationInputs(op)) {
          setInput(op, i, common, work);
        }
        for (int i : rule.activationOutputs(op)) {
          setOutput(op, i, common, work);
        }
      } else if (rule.scale() == OutputScale.FIXED) {
        for (int i : rule.activationOutputs(op)) {
          setOutput(op, i, rule.fixed(compute), work);
        }
      }
    }
  }

  /** The parameters that all ends of {@code op} take: of a fixed end before another's. */
  private Activation common(EditableOperator op, OperatorRule rule) {
    if (joins(rule)) {
      Activation terms = input(op, 0, op.input(0)).parameters;
      Range sum = ranges.get(op.output(0));
      return terms == null || sum == null || Activation.of(compute, sum).scale() < terms.scale()
          ? terms
          : Activation.of(compute, sum);
    }
    List<State> inputs = new ArrayList<>();
    List<State> outputs = new ArrayList<>();
    for (int i : rule.activationInputs(op)) {
      add(inputs, input(op, i, op.input(i)));
    }
    for (int i : rule.activationOutputs(op)) {
      add(outputs, state(op.output(i)));
    }
    for (boolean fixed : new boolean[] {true, false}) {
      List<State> in = inputs.stream().filter(s -> s.fixed == fixed).toList();
      List<State> out = outputs.stream().filter(s -> s.fixed == fixed).toList();
      if (op.inputs().size() == 1 && in.size() == 1) {
        return in.get(0).parameters;
      }
      if (op.outputs().size() == 1 && out.size() == 1) {
        return out.get(0).parameters;
      }
      if (!in.isEmpty() || !out.isEmpty()) {
        return (in.isEmpty() ? out : in).get(0).parameters;
      }
    }
    return null;
  }

  private static void add(List<State> known, State state) {
    if (state.parameters != null) {
      known.add(state);
    }
  }

  private void setInput(
      EditableOperator op, int index, Activation wanted, Deque<EditableOperator> work) {
    EditableTensor tensor = op.input(index);
    State state = input(op, index, tensor);
    if (state.parameters == null) {
      state.parameters = wanted;
      wake(tensor, work);
    } else if (!state.parameters.equals(wanted)) {
      own.put(Place.input(op, index), wanted);
    }
  }

  private void setOutput(
      EditableOperator op, int index, Activation wanted, Deque<EditableOperator> work) {
    EditableTensor tensor = op.output(index);
    State state = state(tensor);
    if (state.parameters == null) {
      state.parameters = wanted;
      wake(tensor, work);
    } else if (!state.parameters.equals(wanted)) {
      own.put(Place.output(op, index), wanted);
    }
  }

  private void wake(EditableTensor tensor, Deque<EditableOperator> work) {
    users.getOrDefault(tensor, List.of()).forEach(work::push);
    if (producers.containsKey(tensor)) {
      work.push(producers.get(tensor));
    }
  }
}
