// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize;

import dev.octet.toolkit.data.AtomicFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/**
 * What a {@link Quantizer} made.
 *
 * @param source the name of the float model
 * @param sourceBytes the size of its file
 * @param bytes the file
 * @param operators what became of each operator of the float model
 * @param remarks what else the user should know, such as rules of a recipe that matched nothing
 */
public record QuantizedModel(
    String source,
    int sourceBytes,
    byte[] bytes,
    List<OperatorNote> operators,
    List<String> remarks) {
  public QuantizedModel {
    bytes = bytes.clone();
    operators = List.copyOf(operators);
    remarks = List.copyOf(remarks);
  }

  /** A copy of the file's contents. */
  @Override
  public byte[] bytes() {
    return bytes.clone();
  }

  /** The file's contents, to read without a copy. */
  public ByteBuffer buffer() {
    return ByteBuffer.wrap(bytes).asReadOnlyBuffer();
  }

  /** Size of the file. */
  public int size() {
    return bytes.length;
  }

  /** Operators that compute otherwise than before. */
  public List<OperatorNote> quantized() {
    return operators.stream().filter(OperatorNote::quantized).toList();
  }

  /** Operators that stay float. */
  public List<OperatorNote> kept() {
    return operators.stream().filter(note -> !note.quantized()).toList();
  }

  /** Writes the file; at no time is there half a file. */
  public void writeTo(Path file) throws IOException {
    AtomicFile.write(file, bytes);
  }

  @Override
  public String toString() {
    return String.format(
        "%s: %,d bytes to %,d, %d of %d operators quantized",
        source, sourceBytes, bytes.length, quantized().size(), operators.size());
  }
}
