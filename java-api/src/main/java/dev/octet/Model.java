// SPDX-License-Identifier: Apache-2.0
package dev.octet;

import dev.octet.delegate.ConstantCopies;
import dev.octet.delegate.Delegations;
import dev.octet.graph.Graph;
import dev.octet.graph.GraphReader;
import dev.octet.program.Compiler;
import dev.octet.program.Engine;
import dev.octet.program.Session;
import dev.octet.tflite.TfliteModel;
import dev.octet.tflite.TfliteReader;
import java.io.InputStream;
import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;

/**
 * A {@code .tflite} model: immutable, thread-safe, to be shared. Loading checks the whole file;
 * what it computes is compiled, and its weights are packed, when the first interpreter of a
 * numerics mode is made, once for all interpreters.
 */
public final class Model implements AutoCloseable {
  private static final Cleaner CLEANER = Cleaner.create();

  private final TfliteModel file;
  private final List<Graph> graphs;
  private final List<List<TensorInfo>> tensors;
  private final List<SignatureInfo> signatures;
  private final Compiler compiler = new Compiler();
  private final ConstantCopies copies = new ConstantCopies();
  private final Cleaner.Cleanable cleanable;

  private Model(TfliteModel file, ModelOptions options) {
    this.file = file;
    List<List<TensorInfo>> tensors = new ArrayList<>();
    for (int i = 0; i < file.subgraphs().size(); i++) {
      tensors.add(GraphReader.tensors(file, i));
    }
    this.graphs = GraphReader.read(file, operator -> UserOperator.of(operator, options));
    this.tensors = List.copyOf(tensors);
    this.signatures = GraphReader.signatures(file, tensors);
    this.cleanable = CLEANER.register(this, compiler::close);
  }

  /**
   * Maps a file and checks it. The mapping is kept: replacing the file is harmless, truncating it
   * makes later interpreters throw.
   *
   * @throws MalformedModelException naming the file, the byte offset and the rule that is broken
   */
  public static Model load(Path path) {
    return load(path, new ModelOptions());
  }

  /** {@link #load(Path)} with options. */
  public static Model load(Path path, ModelOptions options) {
    return new Model(TfliteReader.map(path), options);
  }

  /** Checks the bytes, which are copied. */
  public static Model load(byte[] bytes) {
    return load(bytes, new ModelOptions());
  }

  /** The same, where messages name the model by {@code source}. */
  public static Model load(String source, byte[] bytes) {
    return new Model(TfliteReader.read(source, bytes.clone()), new ModelOptions());
  }

  /** {@link #load(byte[])} with options. */
  public static Model load(byte[] bytes, ModelOptions options) {
    return new Model(TfliteReader.read("bytes", bytes.clone()), options);
  }

  /** Checks the bytes between position and limit, which are copied. */
  public static Model load(ByteBuffer bytes) {
    byte[] copy = new byte[bytes.remaining()];
    bytes.duplicate().get(copy);
    return new Model(TfliteReader.read("buffer", copy), new ModelOptions());
  }

  /**
   * Reads the stream to its end and checks what it gave; the stream stays open.
   *
   * @throws OctetException when the stream cannot be read
   */
  public static Model load(InputStream stream) {
    return load(stream, new ModelOptions());
  }

  /** {@link #load(InputStream)} with options. */
  public static Model load(InputStream stream, ModelOptions options) {
    return new Model(TfliteReader.read("stream", stream), options);
  }

  /** The file, or a word for where the bytes came from. */
  public String source() {
    return file.source();
  }

  /** The description in the file; may be empty. */
  public String description() {
    return file.description();
  }

  /** Metadata buffers by name, read-only. */
  public Map<String, ByteBuffer> metadata() {
    return GraphReader.metadata(file);
  }

  /** Entry points; a model without signatures has one with the key {@code ""}. */
  public List<SignatureInfo> signatures() {
    return signatures;
  }

  /**
   * The entry point of that key.
   *
   * @throws NoSuchElementException naming the keys that there are
   */
  public SignatureInfo signature(String key) {
    for (SignatureInfo signature : signatures) {
      if (signature.key().equals(key)) {
        return signature;
      }
    }
    throw new NoSuchElementException(
        source()
            + " has no signature '"
            + key
            + "', only "
            + signatures.stream().map(SignatureInfo::key).toList());
  }

  /** Inputs of the first entry point, in the model's order. */
  public List<TensorInfo> inputs() {
    return List.copyOf(signatures.get(0).inputs().values());
  }

  /** Outputs of the first entry point, in the model's order. */
  public List<TensorInfo> outputs() {
    return List.copyOf(signatures.get(0).outputs().values());
  }

  /** All tensors of a subgraph. */
  public List<TensorInfo> tensors(int subgraph) {
    return tensors.get(subgraph);
  }

  /** Number of subgraphs. */
  public int subgraphs() {
    return graphs.size();
  }

  /** An interpreter with default options. */
  public Interpreter interpreter() {
    return interpreter(new InterpreterOptions());
  }

  /**
   * An interpreter of its own memory that shares this model's weights.
   *
   * @throws UnsupportedOperatorException naming the operator, tensor and rule
   * @throws NoSuchElementException for a signature or tap that is not there
   * @throws DelegateException where the delegate of the options refuses the model
   * @throws IllegalStateException when this model is closed, or the native library is not available
   *     and {@code dev.octet.backend} demands it
   */
  public Interpreter interpreter(InterpreterOptions options) {
    if (options.delegate() == null) {
      return interpreter(options, new Session(compiler, options));
    }
    Delegations delegations = Delegations.of(file, options.delegate().source(), copies, options);
    return interpreter(options, new Session(compiler, options, delegations));
  }

  Interpreter interpreter(InterpreterOptions options, Session session) {
    Engine.ensureUsable();
    compiler.requireOpen();
    SignatureInfo signature =
        options.signature() == null ? signatures.get(0) : signature(options.signature());
    try {
      Interpreter interpreter = new Interpreter(this, signature, options, session);
      TfliteReader.deliverFaults();
      return interpreter;
    } catch (InternalError e) {
      throw cut(e);
    } catch (RuntimeException e) {
      // it may have stumbled over what it read from a lost page
      try {
        TfliteReader.deliverFaults();
      } catch (InternalError lost) {
        throw cut(lost);
      }
      throw e;
    }
  }

  private MalformedModelException cut(InternalError e) {
    try {
      TfliteReader.deliverFaults();
    } catch (InternalError another) {
      e.addSuppressed(another);
    }
    return new MalformedModelException(source(), 0, "the file was cut after it was loaded", e);
  }

  /** A pool of at most {@code size} interpreters with default options. */
  public InterpreterPool pool(int size) {
    return pool(size, new InterpreterOptions());
  }

  /** A pool of at most {@code size} interpreters, to run this model from many threads. */
  public InterpreterPool pool(int size, InterpreterOptions options) {
    return new InterpreterPool(this, size, options);
  }

  /**
   * What of an entry point Octet does not run: a sentence for each operator concerned. One that was
   * compiled for a device is among them; a delegate runs it.
   */
  public List<String> unsupported(SignatureInfo signature) {
    List<String> reasons = new ArrayList<>();
    Graph graph = graph(signature);
    for (var node : graph.nodes()) {
      try {
        node.op().checkComputed(graph.context(node));
      } catch (UnsupportedOperatorException e) {
        reasons.add(e.getMessage());
      }
    }
    return reasons;
  }

  /** The subgraph of an entry point, its inputs and outputs in the entry point's order. */
  Graph graph(SignatureInfo signature) {
    return graphs
        .get(signature.subgraph())
        .withEnds(
            signature.inputs().values().stream().mapToInt(TensorInfo::index).toArray(),
            signature.outputs().values().stream().mapToInt(TensorInfo::index).toArray());
  }

  TensorInfo tensor(int subgraph, int index) {
    return tensors.get(subgraph).get(index);
  }

  /**
   * No new interpreters from now on. Those that there are keep working; the weights are freed with
   * the last of them.
   */
  @Override
  public void close() {
    cleanable.clean();
  }

  @Override
  public String toString() {
    return "Model(" + source() + ")";
  }
}
