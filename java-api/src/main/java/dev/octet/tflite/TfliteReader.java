// SPDX-License-Identifier: Apache-2.0
package dev.octet.tflite;

import dev.octet.MalformedModelException;
import dev.octet.OctetException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Reads .tflite models. A model is taken to be hostile: nothing in it is used before it was
 * checked, and reading takes time and memory in proportion to the file.
 *
 * <p>Every method throws {@link MalformedModelException} for a model that breaks a rule, naming the
 * source, the place and the rule.
 */
public final class TfliteReader {
  private static volatile int one = 1;
  private static volatile Object delivered;

  private TfliteReader() {}

  /**
   * Reads the model from position to limit of {@code data}, whose position is left as it is.
   * Constant data of the result are slices of {@code data}, which must not be written while they
   * are used.
   *
   * @param source a name for messages
   */
  public static TfliteModel read(String source, ByteBuffer data) {
    try {
      try {
        return ModelDecoder.decode(source, data);
      } finally {
        deliverFaults();
      }
    } catch (InternalError e) {
      // What the JVM throws when a page of a mapped file is no longer there.
      throw new MalformedModelException(source, 0, "the file was cut while it was read", e);
    }
  }

  /**
   * Throws the {@link InternalError} of a page that a mapped file has lost. Up to Java 20 it is
   * delivered some time after the access, by the next call into the JVM that looks for it: an
   * allocation of several dimensions always does.
   */
  public static void deliverFaults() {
    delivered = new byte[one][one];
  }

  /** Reads the model in {@code bytes}; see {@link #read(String, ByteBuffer)}. */
  public static TfliteModel read(String source, byte[] bytes) {
    return read(source, ByteBuffer.wrap(bytes));
  }

  /**
   * Reads the model that makes up the rest of {@code stream}, which is not closed.
   *
   * @throws OctetException when the stream fails
   */
  public static TfliteModel read(String source, InputStream stream) {
    byte[] bytes;
    try {
      bytes = stream.readNBytes(Integer.MAX_VALUE - 8);
      if (bytes.length == Integer.MAX_VALUE - 8 && stream.read() >= 0) {
        throw tooLarge(source);
      }
    } catch (IOException e) {
      throw new OctetException(source + ": cannot be read: " + e, e);
    }
    return read(source, bytes);
  }

  /**
   * Maps a file and reads the model in it. Constant data of the result are slices of the mapping:
   * reading them after the file was cut makes the JVM throw {@link InternalError}.
   *
   * @throws MalformedModelException also for an empty file and for one above 2 GiB
   * @throws OctetException when there is no such file, or it cannot be read
   */
  public static TfliteModel map(Path file) {
    String source = file.toString();
    if (Files.isDirectory(file)) {
      throw new OctetException(source + ": is a directory, not a model");
    }
    ByteBuffer data;
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long size = channel.size();
      if (size > Integer.MAX_VALUE) {
        throw tooLarge(source);
      }
      data = channel.map(FileChannel.MapMode.READ_ONLY, 0, size);
    } catch (NoSuchFileException e) {
      throw new OctetException(source + ": no such file", e);
    } catch (IOException e) {
      throw new OctetException(source + ": cannot be read: " + e, e);
    }
    return read(source, data);
  }

  private static MalformedModelException tooLarge(String source) {
    return new MalformedModelException(
        source, Integer.MAX_VALUE, "models above 2 GiB are not supported");
  }
}
