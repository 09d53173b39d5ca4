// SPDX-License-Identifier: Apache-2.0
package dev.octet.benchmarks;

import dev.octet.Interpreter;
import dev.octet.InterpreterOptions;
import dev.octet.Model;
import dev.octet.peer.Peer;
import dev.octet.peer.PeerKernels;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** An engine with a model in it. */
interface Contender extends AutoCloseable {
  /** Puts the bytes of every input in place. */
  void set(List<byte[]> inputs);

  /** What is timed: one inference on what the inputs hold. */
  void run();

  /** The bytes of every output. */
  List<byte[]> outputs();

  @Override
  void close();

  /** Octet through its public interface. */
  static Contender octet(Path file, InterpreterOptions options) {
    return octet(Model.load(file), options);
  }

  /** Octet through its public interface, with a model that is closed in the end. */
  static Contender octet(Model model, InterpreterOptions options) {
    Interpreter interpreter;
    try {
      interpreter = model.interpreter(options);
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
    return new Contender() {
      @Override
      public void set(List<byte[]> inputs) {
        for (int i = 0; i < inputs.size(); i++) {
          interpreter.input(i).buffer().put(inputs.get(i));
        }
      }

      @Override
      public void run() {
        interpreter.run();
      }

      @Override
      public List<byte[]> outputs() {
        List<byte[]> outputs = new ArrayList<>();
        for (int i = 0; i < interpreter.outputCount(); i++) {
          byte[] bytes = new byte[interpreter.output(i).bytes()];
          interpreter.output(i).buffer().get(bytes);
          outputs.add(bytes);
        }
        return outputs;
      }

      @Override
      public void close() {
        interpreter.close();
        model.close();
      }
    };
  }

  /** TensorFlow Lite with XNNPACK. */
  static Contender peer(Path file, int threads) {
    return peer(Peer.load(file, PeerKernels.XNNPACK, threads));
  }

  /** TensorFlow Lite as it was loaded; closed in the end. */
  static Contender peer(Peer peer) {
    int outputs = peer.outputs().size();
    return new Contender() {
      @Override
      public void set(List<byte[]> inputs) {
        for (int i = 0; i < inputs.size(); i++) {
          peer.set(i, inputs.get(i));
        }
      }

      @Override
      public void run() {
        peer.invoke();
      }

      @Override
      public List<byte[]> outputs() {
        List<byte[]> values = new ArrayList<>();
        for (int i = 0; i < outputs; i++) {
          values.add(peer.output(i));
        }
        return values;
      }

      @Override
      public void close() {
        peer.close();
      }
    };
  }
}
