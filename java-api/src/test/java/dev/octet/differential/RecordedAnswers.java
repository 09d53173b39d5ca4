// SPDX-License-Identifier: Apache-2.0
package dev.octet.differential;

import dev.octet.Interpreter;
import dev.octet.InterpreterOptions;
import dev.octet.Model;
import dev.octet.OctetException;
import dev.octet.Tensor;
import dev.octet.TensorType;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** Answers of models by name, kept in a file so that another machine can be asked the same. */
final class RecordedAnswers {
  private static final int MAGIC = 0x4f435431;

  private final Map<String, Answer> answers = new TreeMap<>();

  /**
   * What a model answered.
   *
   * @param question a checksum of the model and its inputs
   * @param refusal in words, or empty
   * @param outputs of all runs, one after another
   */
  record Answer(long question, String refusal, List<Output> outputs) {
    /** What differs from an answer recorded before, or null. */
    String difference(Answer recorded, double tolerance) {
      if (recorded.question != question) {
        return "the model or its inputs are not those that were recorded";
      }
      if (!recorded.refusal.equals(refusal)) {
        return "'" + refusal + "', not '" + recorded.refusal + "'";
      }
      if (recorded.outputs.size() != outputs.size()) {
        return outputs.size() + " outputs, not " + recorded.outputs.size();
      }
      for (int i = 0; i < outputs.size(); i++) {
        String difference = outputs.get(i).difference(recorded.outputs.get(i), tolerance);
        if (difference != null) {
          return "output " + i + " of all runs: " + difference;
        }
      }
      return null;
    }
  }

  /** One output of one run. */
  record Output(TensorType type, int[] shape, byte[] bytes) {
    private String difference(Output recorded, double tolerance) {
      if (type != recorded.type || !Arrays.equals(shape, recorded.shape)) {
        return type
            + Arrays.toString(shape)
            + ", not "
            + recorded.type
            + Arrays.toString(recorded.shape);
      }
      return Elements.difference(type, recorded.bytes, bytes, tolerance, 0);
    }
  }

  /** Runs a model. */
  static Answer ask(
      byte[] file, List<int[]> shapes, List<List<byte[]>> runs, InterpreterOptions options) {
    CRC32 question = new CRC32();
    question.update(file);
    runs.forEach(inputs -> inputs.forEach(question::update));
    List<Output> outputs = new ArrayList<>();
    try (Model model = Model.load(file);
        Interpreter interpreter = model.interpreter(options)) {
      for (int i = 0; i < shapes.size(); i++) {
        interpreter.resize(i, shapes.get(i));
      }
      for (List<byte[]> inputs : runs) {
        for (int i = 0; i < inputs.size(); i++) {
          interpreter.input(i).buffer().put(inputs.get(i));
        }
        interpreter.run();
        for (int i = 0; i < interpreter.outputCount(); i++) {
          Tensor output = interpreter.output(i);
          ByteBuffer buffer = output.buffer();
          byte[] bytes = new byte[buffer.remaining()];
          buffer.get(bytes);
          outputs.add(new Output(output.type(), output.shape(), bytes));
        }
      }
    } catch (OctetException e) {
      return new Answer(question.getValue(), e.getClass().getSimpleName(), List.of());
    }
    return new Answer(question.getValue(), "", outputs);
  }

  void put(String name, Answer answer) {
    answers.put(name, answer);
  }

  /** An answer, or null. */
  Answer get(String name) {
    return answers.get(name);
  }

  int size() {
    return answers.size();
  }

  void write(Path file) throws IOException {
    try (DataOutputStream out =
        new DataOutputStream(
            new BufferedOutputStream(new GZIPOutputStream(Files.newOutputStream(file))))) {
      out.writeInt(MAGIC);
      out.writeInt(answers.size());
      for (Map.Entry<String, Answer> each : answers.entrySet()) {
        byte[] name = each.getKey().getBytes(StandardCharsets.UTF_8);
        out.writeInt(name.length);
        out.write(name);
        write(out, each.getValue());
      }
    }
  }

  private static void write(DataOutputStream out, Answer answer) throws IOException {
    out.writeLong(answer.question);
    out.writeUTF(answer.refusal);
    out.writeInt(answer.outputs.size());
    for (Output output : answer.outputs) {
      out.writeUTF(output.type.name());
      out.writeInt(output.shape.length);
      for (int dim : output.shape) {
        out.writeInt(dim);
      }
      out.writeInt(output.bytes.length);
      out.write(output.bytes);
    }
  }

  static RecordedAnswers read(Path file) throws IOException {
    RecordedAnswers recorded = new RecordedAnswers();
    try (DataInputStream in =
        new DataInputStream(
            new BufferedInputStream(new GZIPInputStream(Files.newInputStream(file))))) {
      if (in.readInt() != MAGIC) {
        throw new IOException(file + " holds no recorded answers");
      }
      for (int count = in.readInt(); count > 0; count--) {
        String name = new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
        recorded.put(name, readAnswer(in));
      }
    }
    return recorded;
  }

  private static Answer readAnswer(DataInputStream in) throws IOException {
    long question = in.readLong();
    String refusal = in.readUTF();
    List<Output> outputs = new ArrayList<>();
    for (int count = in.readInt(); count > 0; count--) {
      TensorType type = TensorType.valueOf(in.readUTF());
      int[] shape = new int[in.readInt()];
      for (int i = 0; i < shape.length; i++) {
        shape[i] = in.readInt();
      }
      outputs.add(new Output(type, shape, in.readNBytes(in.readInt())));
    }
    return new Answer(question, refusal, outputs);
  }
}
