// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import dev.octet.Interpreter;
import dev.octet.Tensor;
import dev.octet.TensorType;
import dev.octet.toolkit.data.DataFormatException;
import dev.octet.toolkit.data.NpyReader;
import dev.octet.toolkit.data.RawFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Inputs of which a file holds one behind the other, for as many runs. */
final class Sequences {
  private final Map<Integer, ByteBuffer> files = new LinkedHashMap<>();
  private int length;

  private Sequences() {}

  /**
   * Reads {@code NAME_OR_INDEX=FILE} for each sequence; a {@code .npy} file counts by its bytes,
   * whatever its shape.
   *
   * @throws DataFormatException where a file holds no whole number of tensors, or two differ
   */
  static Sequences read(Interpreter interpreter, List<String> options) throws IOException {
    Sequences sequences = new Sequences();
    for (String option : options) {
      InputName name = InputName.parse(interpreter, option);
      Path file = Path.of(name.value());
      Tensor tensor = interpreter.input(name.index());
      ByteBuffer bytes =
          file.toString().endsWith(".npy") ? NpyReader.read(file).data() : RawFile.read(file);
      if (tensor.type() == TensorType.STRING
          || tensor.bytes() == 0
          || bytes.remaining() % tensor.bytes() != 0) {
        throw new DataFormatException(
            file.toString(),
            "holds "
                + bytes.remaining()
                + " bytes, the tensor '"
                + tensor.name()
                + "' takes "
                + tensor.bytes()
                + " each time");
      }
      int length = bytes.remaining() / tensor.bytes();
      if (!sequences.files.isEmpty() && length != sequences.length) {
        throw new DataFormatException(
            file.toString(), "is of " + length + " steps, the one before of " + sequences.length);
      }
      sequences.length = length;
      sequences.files.put(name.index(), bytes.slice());
    }
    return sequences;
  }

  /** Number of runs; 0 without sequences. */
  int length() {
    return length;
  }

  /** Numbers of the inputs that have a sequence. */
  Set<Integer> inputs() {
    return files.keySet();
  }

  /** Sets the inputs of a run. */
  void fill(Interpreter interpreter, int step) {
    files.forEach(
        (index, bytes) -> {
          ByteBuffer memory = interpreter.input(index).buffer();
          memory.put(bytes.slice(step * memory.limit(), memory.limit()));
        });
  }
}
