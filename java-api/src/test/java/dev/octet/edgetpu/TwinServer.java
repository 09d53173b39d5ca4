// SPDX-License-Identifier: Apache-2.0
package dev.octet.edgetpu;

import dev.octet.Interpreter;
import dev.octet.Model;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Computes what simulated Edge TPUs answer: the server at the socket of the simulator's settings,
 * whose protocol native/simulator/edgetpu/answers.h has. One connection after another.
 */
final class TwinServer implements AutoCloseable {
  private static final int REQUEST = 0x4d49534f;

  /**
   * One sample that a device is to compute.
   *
   * @param packageHash FNV-1a of the package
   * @param kernel the simulator's number of the claimed node
   * @param batch which sample, of {@code batches}
   */
  record Request(
      long packageHash,
      int kernel,
      int batch,
      int batches,
      List<Part> inputs,
      List<Part> outputs) {}

  /** A layer: what came in, or room for what goes out. */
  record Part(String name, byte[] bytes) {}

  /** Fills the outputs of a request; an exception's message is the reason of a failed execution. */
  interface Device {
    void answer(Request request);
  }

  private final ServerSocketChannel server;
  private final Device device;
  private final Thread thread;

  /**
   * @param socket a path of at most 107 bytes at which there is no file
   */
  TwinServer(Path socket, Device device) throws IOException {
    this.device = device;
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    thread = new Thread(this::serve, "twin of an Edge TPU");
    thread.setDaemon(true);
    thread.start();
  }

  /** Runs a model whose inputs and outputs have the layers' names. */
  static Device twin(Model model) {
    Interpreter interpreter = model.interpreter();
    return request -> {
      for (Part input : request.inputs()) {
        interpreter.input(input.name()).buffer().put(input.bytes());
      }
      interpreter.run();
      for (Part output : request.outputs()) {
        interpreter.output(output.name()).buffer().get(output.bytes());
      }
    };
  }

  private void serve() {
    while (true) {
      try (SocketChannel connection = server.accept()) {
        answer(connection);
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private void answer(SocketChannel connection) throws IOException {
    Request request = read(connection);
    DataOutputStream out = new DataOutputStream(Channels.newOutputStream(connection));
    try {
      device.answer(request);
    } catch (RuntimeException | AssertionError e) {
      byte[] reason = String.valueOf(e).getBytes(StandardCharsets.UTF_8);
      out.writeInt(Integer.reverseBytes(1));
      out.writeInt(Integer.reverseBytes(reason.length));
      out.write(reason);
      return;
    }
    out.writeInt(0);
    for (Part output : request.outputs()) {
      out.write(output.bytes());
    }
  }

  private static Request read(ReadableByteChannel in) throws IOException {
    ByteBuffer head = read(in, 32);
    if (head.getInt() != REQUEST || head.getInt() != 1) {
      throw new IOException("no request of a simulator");
    }
    long hash = head.getLong();
    int kernel = head.getInt();
    int batch = head.getInt();
    int batches = head.getInt();
    List<Part> inputs = new ArrayList<>();
    for (int count = head.getInt(); inputs.size() < count; ) {
      String name = name(in);
      inputs.add(new Part(name, read(in, (int) read(in, 8).getLong()).array()));
    }
    List<Part> outputs = new ArrayList<>();
    for (int count = read(in, 4).getInt(); outputs.size() < count; ) {
      String name = name(in);
      outputs.add(new Part(name, new byte[(int) read(in, 8).getLong()]));
    }
    return new Request(hash, kernel, batch, batches, inputs, outputs);
  }

  private static String name(ReadableByteChannel in) throws IOException {
    return new String(read(in, read(in, 4).getInt()).array(), StandardCharsets.UTF_8);
  }

  private static ByteBuffer read(ReadableByteChannel in, int bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining()) {
      if (in.read(buffer) < 0) {
        throw new IOException("the simulator broke off");
      }
    }
    return buffer.flip();
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
