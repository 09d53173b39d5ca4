// SPDX-License-Identifier: Apache-2.0
package dev.octet.peer;

import dev.octet.TensorType;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.tensorflowlite.BuiltinOpResolver;
import org.bytedeco.tensorflowlite.BuiltinOpResolverWithoutDefaultDelegates;
import org.bytedeco.tensorflowlite.FlatBufferModel;
import org.bytedeco.tensorflowlite.Interpreter;
import org.bytedeco.tensorflowlite.InterpreterBuilder;
import org.bytedeco.tensorflowlite.TfLiteTensor;
import org.bytedeco.tensorflowlite.global.tensorflowlite;

/**
 * TensorFlow Lite 2.20 in this process, through JavaCPP's presets: what Octet is compared with. One
 * thread's at a time. A hostile model may crash the process; {@link PeerProcess} keeps that away.
 *
 * <p>TensorFlow Lite refers to the model, the resolver and the builder without owning them, and
 * JavaCPP frees what Java no longer reaches: a peer therefore holds all four of its objects and
 * fences every call.
 */
public final class Peer implements AutoCloseable {
  /** By TensorFlow Lite's run-time codes, which are not those of a model file. */
  private static final TensorType[] TYPES = {
    null,
    TensorType.FLOAT32,
    TensorType.INT32,
    TensorType.UINT8,
    TensorType.INT64,
    TensorType.STRING,
    TensorType.BOOL,
    TensorType.INT16,
    TensorType.COMPLEX64,
    TensorType.INT8,
    TensorType.FLOAT16,
    TensorType.FLOAT64,
    TensorType.COMPLEX128,
    TensorType.UINT64,
    TensorType.RESOURCE,
    TensorType.VARIANT,
    TensorType.UINT32,
    TensorType.UINT16,
    TensorType.INT4,
    TensorType.BFLOAT16
  };

  private final BytePointer bytes;
  private final FlatBufferModel model;
  private final BuiltinOpResolver resolver;
  private final InterpreterBuilder builder;
  private final Interpreter interpreter;
  private boolean closed;

  private Peer(FlatBufferModel model, BytePointer bytes, PeerKernels kernels, int threads) {
    if (model == null || model.isNull()) {
      throw new PeerException("no model: TensorFlow Lite does not take these bytes");
    }
    this.bytes = bytes;
    this.model = model;
    this.resolver =
        kernels == PeerKernels.XNNPACK
            ? new BuiltinOpResolver()
            : new BuiltinOpResolverWithoutDefaultDelegates();
    this.builder = new InterpreterBuilder(model, resolver);
    this.interpreter = new Interpreter((Pointer) null);
    try {
      check(builder.SetNumThreads(threads), "SetNumThreads");
      check(builder.apply(interpreter), "InterpreterBuilder");
      allocate();
    } catch (PeerException e) {
      close();
      throw e;
    }
  }

  /**
   * Loads a model and allocates its tensors.
   *
   * @param threads of the interpreter, and of XNNPACK
   * @throws PeerException where TensorFlow Lite refuses it; its own words are on standard error
   */
  public static Peer load(Path file, PeerKernels kernels, int threads) {
    return new Peer(FlatBufferModel.BuildFromFile(file.toString()), null, kernels, threads);
  }

  /** Loads a model from bytes, which are copied; see {@link #load(Path, PeerKernels, int)}. */
  public static Peer load(byte[] model, PeerKernels kernels, int threads) {
    BytePointer bytes = new BytePointer(model);
    return new Peer(FlatBufferModel.BuildFromBuffer(bytes, model.length), bytes, kernels, threads);
  }

  /** The version of TensorFlow Lite. */
  public static String version() {
    return tensorflowlite.TfLiteVersion().getString();
  }

  public List<PeerTensor> inputs() {
    int count = count(interpreter.inputs());
    List<PeerTensor> tensors = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      tensors.add(describe(interpreter.input_tensor(i)));
    }
    fence();
    return tensors;
  }

  public List<PeerTensor> outputs() {
    int count = count(interpreter.outputs());
    List<PeerTensor> tensors = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      tensors.add(describe(interpreter.output_tensor(i)));
    }
    fence();
    return tensors;
  }

  /** An empty list is a null pointer. */
  private static int count(IntPointer list) {
    return list == null ? 0 : (int) list.limit();
  }

  private static PeerTensor describe(TfLiteTensor tensor) {
    int[] shape = new int[tensor.dims().size()];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = tensor.dims().data(i);
    }
    return new PeerTensor(
        tensor.name() == null ? "" : tensor.name().getString(),
        TYPES[tensor.type()],
        shape,
        tensor.bytes(),
        tensor.params().scale(),
        tensor.params().zero_point());
  }

  /** Gives every input a shape and allocates all tensors anew. */
  public void resize(List<int[]> shapes) {
    for (int i = 0; i < shapes.size(); i++) {
      int tensor = interpreter.inputs().get(i);
      check(interpreter.ResizeInputTensor(tensor, shapes.get(i)), "ResizeInputTensor");
    }
    allocate();
  }

  private void allocate() {
    check(interpreter.AllocateTensors(), "AllocateTensors");
    fence();
  }

  /** Copies little-endian bytes into an input. */
  public void set(int input, byte[] values) {
    ByteBuffer memory = memory(interpreter.input_tensor(input));
    if (memory.capacity() != values.length) {
      throw new IllegalArgumentException(
          "input " + input + " has " + memory.capacity() + " bytes, not " + values.length);
    }
    memory.put(values);
    fence();
  }

  /** Computes the outputs. */
  public void invoke() {
    int status = interpreter.Invoke();
    fence();
    check(status, "Invoke");
  }

  /** Copies the little-endian bytes of an output. */
  public byte[] output(int output) {
    ByteBuffer memory = memory(interpreter.output_tensor(output));
    byte[] values = new byte[memory.capacity()];
    memory.get(values);
    fence();
    return values;
  }

  /** Sets all inputs, invokes, and gives all outputs. */
  public List<byte[]> run(List<byte[]> inputs) {
    for (int i = 0; i < inputs.size(); i++) {
      set(i, inputs.get(i));
    }
    invoke();
    List<byte[]> outputs = new ArrayList<>();
    int count = count(interpreter.outputs());
    for (int i = 0; i < count; i++) {
      outputs.add(output(i));
    }
    return outputs;
  }

  private static ByteBuffer memory(TfLiteTensor tensor) {
    BytePointer raw = tensor.data().raw();
    if (raw == null) {
      return ByteBuffer.allocate(0);
    }
    return raw.capacity(tensor.bytes()).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  private void check(int status, String what) {
    if (status != tensorflowlite.kTfLiteOk) {
      throw new PeerException(what + " fails with status " + status);
    }
  }

  private void fence() {
    Reference.reachabilityFence(bytes);
    Reference.reachabilityFence(model);
    Reference.reachabilityFence(resolver);
    Reference.reachabilityFence(builder);
    Reference.reachabilityFence(interpreter);
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    interpreter.close();
    builder.close();
    resolver.close();
    model.close();
    if (bytes != null) {
      bytes.close();
    }
  }
}
