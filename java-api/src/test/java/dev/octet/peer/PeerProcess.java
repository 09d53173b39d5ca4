// SPDX-License-Identifier: Apache-2.0
package dev.octet.peer;

import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A {@link Peer} in a process of its own: a crash or a hang of TensorFlow Lite is an answer and not
 * the end of this process. After either, the next call starts a new process with the last model and
 * shapes. One thread's at a time.
 */
public final class PeerProcess implements AutoCloseable {
  private static final int LINES_KEPT = 20;
  private static final int SECONDS_TO_DIE = 5;

  /** Under emulation {@code octet.test.java} names the machine's own: TensorFlow Lite is its. */
  private static final String JAVA =
      System.getProperty(
          "octet.test.java", Path.of(System.getProperty("java.home"), "bin", "java").toString());

  private final Duration timeout;
  private final Deque<String> errors = new ArrayDeque<>();
  private final List<Call> loaded = new ArrayList<>();
  private Process process;
  private DataOutputStream out;
  private DataInputStream in;
  private Thread drain;

  /** Something to ask, and how its answer is read. */
  private interface Call {
    PeerAnswer exchange(DataOutputStream out, DataInputStream in) throws IOException;
  }

  /**
   * @param timeout the most that one call may take
   */
  public PeerProcess(Duration timeout) {
    this.timeout = timeout;
  }

  /** Loads a model in place of the one before. */
  public PeerAnswer load(byte[] model, PeerKernels kernels, int threads) {
    Call call =
        (out, in) -> {
          out.writeInt(PeerProtocol.LOAD);
          out.writeUTF(kernels.name());
          out.writeInt(threads);
          PeerProtocol.writeBytes(out, model);
          return description(out, in);
        };
    loaded.clear();
    return remember(call);
  }

  /** Gives every input a shape. */
  public PeerAnswer resize(List<int[]> shapes) {
    Call call =
        (out, in) -> {
          out.writeInt(PeerProtocol.RESIZE);
          out.writeInt(shapes.size());
          for (int[] shape : shapes) {
            PeerProtocol.writeInts(out, shape);
          }
          return description(out, in);
        };
    requireLoaded();
    return remember(call);
  }

  private PeerAnswer remember(Call call) {
    PeerAnswer answer = ask(call);
    if (answer.ok()) {
      loaded.add(call);
    }
    return answer;
  }

  /** Runs the model on the bytes of every input. */
  public PeerAnswer run(List<byte[]> inputs) {
    requireLoaded();
    return ask(
        (out, in) -> {
          out.writeInt(PeerProtocol.RUN);
          PeerProtocol.writeValues(out, inputs);
          out.flush();
          if (!PeerProtocol.answered(in)) {
            return PeerAnswer.failure(PeerAnswer.Status.REFUSED, in.readUTF());
          }
          List<PeerTensor> outputs = PeerProtocol.readTensors(in);
          return new PeerAnswer(
              PeerAnswer.Status.OK, "", List.of(), outputs, PeerProtocol.readValues(in));
        });
  }

  private static PeerAnswer description(DataOutputStream out, DataInputStream in)
      throws IOException {
    out.flush();
    if (!PeerProtocol.answered(in)) {
      return PeerAnswer.failure(PeerAnswer.Status.REFUSED, in.readUTF());
    }
    List<PeerTensor> inputs = PeerProtocol.readTensors(in);
    List<PeerTensor> outputs = PeerProtocol.readTensors(in);
    return new PeerAnswer(PeerAnswer.Status.OK, "", inputs, outputs, List.of());
  }

  private void requireLoaded() {
    if (loaded.isEmpty()) {
      throw new IllegalStateException("no model is loaded");
    }
  }

  private PeerAnswer ask(Call call) {
    if (process == null) {
      start();
      for (Call each : List.copyOf(loaded)) {
        PeerAnswer answer = exchange(each);
        if (!answer.ok()) {
          return answer;
        }
      }
    }
    return exchange(call);
  }

  private PeerAnswer exchange(Call call) {
    synchronized (errors) {
      errors.clear();
    }
    FutureTask<PeerAnswer> task = new FutureTask<>(() -> call.exchange(out, in));
    Thread thread = new Thread(task, "peer exchange");
    thread.setDaemon(true);
    thread.start();
    try {
      PeerAnswer answer = task.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      return answer.ok()
          ? answer
          : PeerAnswer.failure(answer.status(), answer.message() + errorText());
    } catch (TimeoutException e) {
      stop(0);
      return PeerAnswer.failure(
          PeerAnswer.Status.TIMED_OUT, "no answer in " + timeout + errorText());
    } catch (ExecutionException e) {
      int code = stop(SECONDS_TO_DIE);
      return PeerAnswer.failure(
          PeerAnswer.Status.CRASHED, "the process ended with code " + code + errorText());
    } catch (InterruptedException e) {
      stop(0);
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for the peer", e);
    }
  }

  private String errorText() {
    try {
      // standard error is read by another thread, which may be a little behind the answer
      drain.join(50);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    synchronized (errors) {
      return errors.isEmpty() ? "" : ": " + String.join(" | ", errors);
    }
  }

  private void start() {
    ProcessBuilder builder =
        new ProcessBuilder(
            JAVA,
            "-XX:+UseSerialGC",
            "-XX:-CreateCoredumpOnCrash",
            "-XX:ErrorFile=/dev/null",
            "-XX:+DisplayVMOutputToStderr",
            "-cp",
            System.getProperty("java.class.path"),
            PeerServer.class.getName());
    String cache = System.getProperty("org.bytedeco.javacpp.cachedir");
    if (cache != null) {
      builder.command().add(1, "-Dorg.bytedeco.javacpp.cachedir=" + cache);
    }
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new PeerException("cannot start a process: " + e);
    }
    out = new DataOutputStream(new BufferedOutputStream(process.getOutputStream(), 1 << 16));
    in = new DataInputStream(process.getInputStream());
    drain = new Thread(this::readErrors, "peer errors");
    drain.setDaemon(true);
    drain.start();
  }

  private void readErrors() {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        if (line.startsWith("INFO: ") || line.startsWith("Warning: ") || line.isBlank()) {
          continue;
        }
        synchronized (errors) {
          errors.addLast(line);
          if (errors.size() > LINES_KEPT) {
            errors.removeFirst();
          }
        }
      }
    } catch (IOException e) {
      // the process was killed: what it wrote until then is kept
    }
  }

  private int stop(int grace) {
    Process ending = process;
    process = null;
    try {
      // a crashed process first writes why
      if (!ending.waitFor(grace, TimeUnit.SECONDS)) {
        ending.destroyForcibly();
      }
      return ending.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return -1;
    }
  }

  @Override
  public void close() {
    if (process != null) {
      stop(0);
    }
  }
}
