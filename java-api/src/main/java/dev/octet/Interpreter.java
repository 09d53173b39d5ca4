// SPDX-License-Identifier: Apache-2.0
package dev.octet;

import dev.octet.graph.Graph;
import dev.octet.graph.Node;
import dev.octet.graph.Value;
import dev.octet.program.Bound;
import dev.octet.program.Plan;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs one entry point of a model. It has its own memory for activations; the weights are the
 * model's and shared.
 *
 * <pre>{@code
 * try (Model model = Model.load(Path.of("model.tflite"));
 *     Interpreter interpreter = model.interpreter()) {
 *   interpreter.input(0).set(pixels);
 *   interpreter.run();
 *   float[] scores = interpreter.output(0).toFloats();
 * }
 * }</pre>
 *
 * <p><b>Threads.</b> An interpreter is one thread's at a time. A second thread that calls {@link
 * #run}, {@link #resize} or {@link #close} while a run is in progress gets an {@link
 * IllegalStateException} and nothing else happens; {@link #cancel} is for other threads. Use {@link
 * InterpreterPool} to serve many threads.
 */
public final class Interpreter implements AutoCloseable {
  private static final int IDLE = 0;
  private static final int BUSY = 1;
  private static final int CLOSED = 2;

  private final Model model;
  private final SignatureInfo signature;
  private final InterpreterOptions options;
  private final Graph graph;
  private final Set<Integer> taps;
  private final List<String> inputNames;
  private final List<String> outputNames;
  private final Map<Integer, int[]> resized = new LinkedHashMap<>();
  private final AtomicInteger state = new AtomicInteger(IDLE);
  private volatile Bound bound;
  private Tensor[] inputs;
  private Tensor[] outputs;
  private long deadlineNanos;

  Interpreter(Model model, SignatureInfo signature, InterpreterOptions options) {
    this.model = model;
    this.signature = signature;
    this.options = options;
    this.graph = model.graph(signature);
    this.inputNames = List.copyOf(signature.inputs().keySet());
    this.outputNames = List.copyOf(signature.outputs().keySet());
    this.taps = tapIds();
    deadline(options.deadline());
    bind(graph);
  }

  private Set<Integer> tapIds() {
    Set<Integer> ids = new HashSet<>();
    for (String name : options.taps()) {
      ids.add(tapped(name).id());
    }
    return ids;
  }

  private Value tapped(String name) {
    for (Value value : graph.values()) {
      if (value.name().equals(name) && !value.constant()) {
        return value;
      }
    }
    throw new NoSuchElementException(
        model.source() + " computes no tensor '" + name + "' in this entry point");
  }

  private void bind(Graph shaped) {
    Plan plan = dev.octet.program.Compiler.plan(shaped, options, taps);
    Bound next = model.compiler().bind(signature.subgraph(), plan, options);
    Bound before = bound;
    bound = next;
    inputs = tensors(plan.graph(), graph.inputs());
    outputs = tensors(plan.graph(), graph.outputs());
    if (before != null) {
      before.close();
    }
  }

  private Tensor[] tensors(Graph shaped, int[] ids) {
    Tensor[] tensors = new Tensor[ids.length];
    for (int i = 0; i < ids.length; i++) {
      tensors[i] = tensor(shaped.value(ids[i]));
    }
    return tensors;
  }

  private Tensor tensor(Value value) {
    return new Tensor(
        model.tensor(signature.subgraph(), value.tensor()), value.shape(), bound.view(value.id()));
  }

  /** Number of inputs. */
  public int inputCount() {
    return graph.inputs().length;
  }

  /** Number of outputs. */
  public int outputCount() {
    return graph.outputs().length;
  }

  /**
   * Input {@code index}, in the signature's order.
   *
   * @throws IndexOutOfBoundsException for an index that is not there
   */
  public Tensor input(int index) {
    requireOpen();
    return inputs[index];
  }

  /**
   * The input of that argument name (or tensor name, in a model without signatures).
   *
   * @throws NoSuchElementException naming the inputs that there are
   */
  public Tensor input(String name) {
    return input(index(inputNames, name, "input"));
  }

  /** Output {@code index}, in the signature's order. */
  public Tensor output(int index) {
    requireOpen();
    return outputs[index];
  }

  /** The output of that result name (or tensor name, in a model without signatures). */
  public Tensor output(String name) {
    return output(index(outputNames, name, "output"));
  }

  private int index(List<String> names, String name, String what) {
    int index = names.indexOf(name);
    if (index < 0) {
      throw new NoSuchElementException("no " + what + " '" + name + "', only " + names);
    }
    return index;
  }

  /**
   * An intermediate tensor named in {@link InterpreterOptions#taps}: after a run, what the run
   * computed there.
   */
  public Tensor tap(String name) {
    requireOpen();
    Value value = tapped(name);
    if (!taps.contains(value.id())) {
      throw new NoSuchElementException("'" + name + "' is not among the taps " + options.taps());
    }
    return tensor(bound.plan().graph().value(value.id()));
  }

  /**
   * Computes the outputs from the inputs. Inputs keep their contents. Allocates nothing.
   *
   * @throws InferenceException when cancelled, past the deadline, or for a run-time index out of
   *     range; outputs are undefined then, and the interpreter stays usable
   * @throws IllegalStateException when closed, or when another thread is using it
   */
  public void run() {
    enter();
    try {
      bound.run(deadlineNanos, 0);
    } finally {
      state.set(IDLE);
    }
  }

  /**
   * Runs {@code runs} times on whatever the inputs hold, so that a first real run finds all warm.
   */
  public void warmUp(int runs) {
    for (int i = 0; i < runs; i++) {
      run();
    }
  }

  /**
   * Runs {@code runs} times and measures each instruction.
   *
   * @throws IllegalArgumentException unless {@code runs >= 1}
   */
  public Profile profile(int runs) {
    if (runs < 1) {
      throw new IllegalArgumentException("runs is " + runs);
    }
    enter();
    try {
      Plan plan = bound.plan();
      ByteBuffer counters = Bound.counters(plan.instructionCount());
      long start = System.nanoTime();
      for (int i = 0; i < runs; i++) {
        bound.run(deadlineNanos, Bound.address(counters));
      }
      long total = System.nanoTime() - start;
      Reference.reachabilityFence(counters);
      List<Profile.Entry> entries = new ArrayList<>();
      for (int i = 0; i < plan.instructionCount(); i++) {
        entries.add(entry(plan, i, counters.order(ByteOrder.LITTLE_ENDIAN).getLong(8 * i)));
      }
      return new Profile(runs, total, entries);
    } finally {
      state.set(IDLE);
    }
  }

  private static Profile.Entry entry(Plan plan, int instruction, long nanos) {
    Node node = plan.node(instruction);
    String kernel = plan.kernel(instruction);
    if (node == null) {
      return new Profile.Entry(-1, "COPY", "", kernel, nanos, 0);
    }
    return new Profile.Entry(
        node.index(),
        node.op().name(),
        plan.graph().value(node.outputs()[0]).name(),
        kernel,
        nanos,
        node.op().macs(plan.graph().context(node)));
  }

  /**
   * Gives an input another shape. Memory is planned anew and the contents of all inputs are zero
   * afterwards; weights are not packed again. Tensors got before are stale.
   *
   * @param index the input
   * @param shape of the same rank as the model's
   * @throws UnsupportedOperatorException where the model cannot take that shape; the interpreter
   *     keeps the shapes it had
   * @throws IllegalArgumentException for another rank or a negative dimension
   */
  public void resize(int index, int... shape) {
    enter();
    try {
      int id = graph.inputs()[index];
      Value value = graph.value(id);
      if (shape.length != value.rank()) {
        throw new IllegalArgumentException(
            value + " has rank " + value.rank() + ", not " + shape.length);
      }
      for (int dim : shape) {
        if (dim < 0) {
          throw new IllegalArgumentException("negative dimension in " + Arrays.toString(shape));
        }
      }
      int[] before = resized.put(id, shape.clone());
      try {
        Graph shaped = graph;
        for (Map.Entry<Integer, int[]> entry : resized.entrySet()) {
          shaped = shaped.withValue(shaped.value(entry.getKey()).withShape(entry.getValue()));
        }
        bind(shaped);
      } catch (RuntimeException e) {
        if (before == null) {
          resized.remove(id);
        } else {
          resized.put(id, before);
        }
        throw e;
      }
    } finally {
      state.set(IDLE);
    }
  }

  /** {@link #resize(int, int...)} by name. */
  public void resize(String name, int... shape) {
    resize(index(inputNames, name, "input"), shape);
  }

  /** The longest that a later run may take; {@link Duration#ZERO} for no limit. */
  public void deadline(Duration deadline) {
    if (deadline.isNegative()) {
      throw new IllegalArgumentException("deadline is negative: " + deadline);
    }
    long nanos;
    try {
      nanos = deadline.toNanos();
    } catch (ArithmeticException e) {
      nanos = Long.MAX_VALUE;
    }
    deadlineNanos = nanos;
  }

  /**
   * Ends a run in progress with {@link InferenceException.Kind#CANCELLED}; without one it has no
   * effect. For any thread.
   */
  public void cancel() {
    bound.cancel();
  }

  /** The entry point. */
  public SignatureInfo signature() {
    return signature;
  }

  public InterpreterOptions options() {
    return options;
  }

  /** Bytes of this interpreter's own: the arena and the native state beside it. */
  public long memoryBytes() {
    return bound.plan().arenaBytes() + bound.nativeBytes();
  }

  /** Bytes of packed weights, which every interpreter of the model and numerics shares. */
  public long weightBytes() {
    return bound.weightBytes();
  }

  private void enter() {
    int before = state.compareAndExchange(IDLE, BUSY);
    if (before == CLOSED) {
      throw new IllegalStateException("this interpreter is closed");
    }
    if (before == BUSY) {
      throw new IllegalStateException("another thread is using this interpreter");
    }
  }

  boolean isClosed() {
    return state.get() == CLOSED;
  }

  private void requireOpen() {
    if (isClosed()) {
      throw new IllegalStateException("this interpreter is closed");
    }
  }

  /**
   * Frees the native memory. Closing twice has no effect.
   *
   * @throws IllegalStateException while another thread runs it; cancel first
   */
  @Override
  public void close() {
    int before = state.compareAndExchange(IDLE, CLOSED);
    if (before == BUSY) {
      throw new IllegalStateException("another thread is using this interpreter");
    }
    if (before == IDLE) {
      bound.close();
    }
  }
}
