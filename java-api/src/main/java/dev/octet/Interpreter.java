// SPDX-License-Identifier: Apache-2.0
package dev.octet;

import dev.octet.graph.Graph;
import dev.octet.graph.Value;
import dev.octet.program.Execution;
import dev.octet.program.HostTensor;
import dev.octet.program.Session;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;

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
  private final Model model;
  private final SignatureInfo signature;
  private final InterpreterOptions options;
  private final Graph graph;
  private final Set<Integer> taps;
  private final List<String> inputNames;
  private final List<String> outputNames;
  private final Map<Integer, int[]> resized = new LinkedHashMap<>();
  private final Session session;
  private volatile Execution execution;
  private volatile boolean closed;
  private Tensor[] inputs;
  private Tensor[] outputs;
  private long deadlineNanos;

  Interpreter(Model model, SignatureInfo signature, InterpreterOptions options, Session session) {
    this.model = model;
    this.session = session;
    this.signature = signature;
    this.options = options;
    this.graph = model.graph(signature);
    this.inputNames = List.copyOf(signature.inputs().keySet());
    this.outputNames = List.copyOf(signature.outputs().keySet());
    this.taps = tapIds();
    deadline(options.deadline());
    if (options.subgraphTaps() != null) {
      session.observer(new BodyTaps(model, options.subgraphTaps()));
    }
    requireContents("INPUT", graph.inputs());
    requireContents("OUTPUT", graph.outputs());
    bind(graph);
    session.open();
  }

  /** Refuses ends that have no contents to give or take: resources and the like. */
  private void requireContents(String what, int[] ids) {
    for (int i = 0; i < ids.length; i++) {
      Value value = graph.value(ids[i]);
      if (value.type().bits() == 0 && value.type() != TensorType.STRING) {
        throw new UnsupportedOperatorException(
            model.source(), i, what, value.name(), "type " + value.type() + " is not supported");
      }
    }
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
    Execution next = new Execution(session, shaped, taps);
    Execution before = execution;
    execution = next;
    for (int id : graph.inputs()) {
      Value value = next.plan().graph().value(id);
      if (value.hosted()) {
        next.host(id, Execution.blank(value.type(), value.shape()));
      }
    }
    inputs = tensors(graph.inputs());
    outputs = tensors(graph.outputs());
    if (before != null) {
      before.close();
    }
  }

  /** Of values in the arena; null for those that Java keeps, which each run may make anew. */
  private Tensor[] tensors(int[] ids) {
    Tensor[] tensors = new Tensor[ids.length];
    for (int i = 0; i < ids.length; i++) {
      tensors[i] = execution.hosts(ids[i]) ? null : tensor(ids[i]);
    }
    return tensors;
  }

  private Tensor tensor(int id) {
    TensorInfo info = model.tensor(signature.subgraph(), graph.value(id).tensor());
    if (!execution.hosts(id)) {
      int[] shape = execution.plan().graph().value(id).shape();
      return new Tensor(info, shape, execution.view(id));
    }
    HostTensor contents = execution.get(id);
    if (contents == null) {
      throw new IllegalStateException(info + " has no shape before the first run");
    }
    if (info.type() != TensorType.STRING) {
      return new Tensor(info, contents.shape(), contents.data());
    }
    Execution owner = execution;
    return new Tensor(info, contents, changed -> owner.host(id, changed));
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
    return inputs[index] != null ? inputs[index] : tensor(graph.inputs()[index]);
  }

  /**
   * The input of that argument name (or tensor name, in a model without signatures).
   *
   * @throws NoSuchElementException naming the inputs that there are
   */
  public Tensor input(String name) {
    return input(index(inputNames, name, "input"));
  }

  /**
   * Output {@code index}, in the signature's order. One whose shape depends on the inputs' contents
   * is another tensor after each run.
   *
   * @throws IllegalStateException for such a one before the first run
   */
  public Tensor output(int index) {
    requireOpen();
    return outputs[index] != null ? outputs[index] : tensor(graph.outputs()[index]);
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
    return tensor(value.id());
  }

  /**
   * Computes the outputs from the inputs. Inputs keep their contents. Allocates nothing unless the
   * model has operators that Java computes.
   *
   * @throws InferenceException when cancelled, past the deadline, or for a run-time index out of
   *     range; outputs are undefined then, and the interpreter stays usable
   * @throws DelegateException when a delegate failed; likewise
   * @throws IllegalStateException when closed, or when another thread is using it
   */
  public void run() {
    enter();
    try {
      execution.run(deadlineNanos);
    } finally {
      session.leave();
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
      long start = System.nanoTime();
      for (int i = 0; i < runs; i++) {
        execution.runProfiled(deadlineNanos);
      }
      long total = System.nanoTime() - start;
      return new Profile(runs, total, execution.clockNanos(), execution.profile());
    } finally {
      session.leave();
    }
  }

  /**
   * Gives an input another shape. Memory is planned anew: the contents of all inputs and variable
   * tensors are zero afterwards, resource variables and hash tables keep theirs; weights are not
   * packed again. Tensors got before are stale.
   *
   * @param index the input
   * @param shape of the same rank as the model's
   * @throws UnsupportedOperatorException where the model cannot take that shape; the interpreter
   *     keeps the shapes it had
   * @throws DelegateException where a delegate cannot take it; likewise
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
        session.resetOperators();
      } catch (RuntimeException e) {
        if (before == null) {
          resized.remove(id);
        } else {
          resized.put(id, before);
        }
        throw e;
      }
    } finally {
      session.leave();
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
   * effect. What a {@link Delegate} computes is not interrupted, the run ends behind it. For any
   * thread.
   */
  public void cancel() {
    execution.cancel();
  }

  /**
   * Another entry point of the model that shares what this interpreter remembers: resource
   * variables and hash tables, not variable tensors, which belong to one entry point's operators.
   * Both are one thread's together, and each is closed by itself.
   *
   * @throws NoSuchElementException naming the signatures that there are
   */
  public Interpreter withSignature(String key) {
    enter();
    try {
      return model.interpreter(options.signature(key), session);
    } finally {
      session.leave();
    }
  }

  /**
   * Forgets what runs have left behind: variable tensors are zero again (int8 ones hold their zero
   * point), resource variables and hash tables are empty, initial subgraphs will run again. Inputs
   * keep their contents.
   */
  public void resetVariables() {
    enter();
    try {
      execution.resetVariables();
      session.reset();
    } finally {
      session.leave();
    }
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
    return execution.memoryBytes();
  }

  /** Bytes of packed weights, which every interpreter of the model and numerics shares. */
  public long weightBytes() {
    return execution.weightBytes();
  }

  private void enter() {
    if (!session.enter()) {
      throw new IllegalStateException("another thread is using this interpreter");
    }
    if (closed) {
      session.leave();
      throw new IllegalStateException("this interpreter is closed");
    }
  }

  boolean isClosed() {
    return closed;
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
    if (!session.enter()) {
      throw new IllegalStateException("another thread is using this interpreter");
    }
    try {
      if (!closed) {
        closed = true;
        execution.close();
        session.close();
      }
    } finally {
      session.leave();
    }
  }
}
