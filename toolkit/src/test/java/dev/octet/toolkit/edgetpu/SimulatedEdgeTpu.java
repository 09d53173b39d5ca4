// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.edgetpu;

import dev.octet.Interpreter;
import dev.octet.InterpreterOptions;
import dev.octet.Model;
import dev.octet.Tensor;
import dev.octet.delegate.Simulators;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The simulator of libedgetpu as this process's library, with a world of its own; where it was not
 * built the test is skipped. With a twin, a model that was not compiled, the device computes what
 * Octet computes with that.
 */
public final class SimulatedEdgeTpu implements AutoCloseable {
  public static final String PROPERTY = "dev.octet.edgetpu.library";

  /** The path of the device that {@link #start} has. */
  public static final String STICK = "/sys/bus/usb/devices/2-1";

  private static final String LIBRARY = "libedgetpu_simulator_112_88";

  private final Path folder;
  private final String before = System.getProperty(PROPERTY);
  private ServerSocketChannel server;
  private Model twin;

  private SimulatedEdgeTpu(Path folder) {
    this.folder = folder;
  }

  /**
   * A library of its own in a new folder.
   *
   * @param settings of its world, a line each; none for one stick
   */
  public static SimulatedEdgeTpu start(Path parent, String... settings) throws IOException {
    Path library = Simulators.require(LIBRARY + ".so");
    Path folder = Files.createTempDirectory(parent, "tpu");
    SimulatedEdgeTpu simulated = new SimulatedEdgeTpu(folder);
    Path copy = Files.copy(library, folder.resolve(LIBRARY + ".so"));
    List<String> lines = new ArrayList<>(List.of(settings));
    if (lines.isEmpty()) {
      lines.add("device usb " + STICK);
    }
    lines.add("trace " + simulated.trace());
    Files.write(simulated.settings(), lines);
    System.setProperty(PROPERTY, copy.toString());
    return simulated;
  }

  /** Lets the device answer as this model does. */
  public SimulatedEdgeTpu answering(Path model) throws IOException {
    twin = Model.load(model);
    Path socket = folder.resolve("s");
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    List<String> lines = new ArrayList<>(Files.readAllLines(settings()));
    lines.add("socket " + socket);
    Files.write(settings(), lines);
    Thread thread = new Thread(this::serve, "simulated Edge TPU");
    thread.setDaemon(true);
    thread.start();
    return this;
  }

  private Path settings() {
    return folder.resolve(LIBRARY + ".conf");
  }

  private Path trace() {
    return folder.resolve("trace");
  }

  /** All calls so far, a line each. */
  public List<String> calls() throws IOException {
    return Files.exists(trace()) ? Files.readAllLines(trace()) : List.of();
  }

  private void serve() {
    try (Interpreter interpreter = twin.interpreter(new InterpreterOptions())) {
      while (true) {
        try (SocketChannel channel = server.accept()) {
          answer(interpreter, channel);
        }
      }
    } catch (ClosedChannelException e) {
      return; // by close()
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void answer(Interpreter interpreter, SocketChannel channel) throws IOException {
    DataInputStream in = new DataInputStream(Channels.newInputStream(channel));
    in.readNBytes(28); // magic, version, package, kernel, batch, batches
    int inputs = number(in);
    for (int i = 0; i < inputs; i++) {
      in.readNBytes(number(in));
      byte[] bytes = in.readNBytes(length(in));
      ByteBuffer buffer = interpreter.input(i).buffer();
      buffer.put(bytes, 0, buffer.remaining());
    }
    interpreter.run();
    OutputStream out = Channels.newOutputStream(channel);
    out.write(new byte[4]);
    int outputs = number(in);
    for (int i = 0; i < outputs; i++) {
      in.readNBytes(number(in));
      byte[] bytes = new byte[length(in)];
      Tensor tensor = interpreter.output(i);
      tensor.buffer().get(bytes, 0, Math.min(bytes.length, tensor.buffer().remaining()));
      out.write(bytes);
    }
  }

  private static int number(DataInputStream in) throws IOException {
    return Integer.reverseBytes(in.readInt());
  }

  private static int length(DataInputStream in) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(in.readNBytes(8)).order(ByteOrder.LITTLE_ENDIAN);
    return Math.toIntExact(bytes.getLong());
  }

  @Override
  public void close() throws IOException {
    if (before == null) {
      System.clearProperty(PROPERTY);
    } else {
      System.setProperty(PROPERTY, before);
    }
    if (server != null) {
      server.close();
      twin.close();
    }
  }
}
