// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * The SHA-256 of what a data set feeds: the digest of its samples' digests, in order. That of a
 * sample is over its inputs: for each the type's NumPy code ({@code f4}), the number of bytes in 64
 * bits, little-endian, and the elements. Names, labels and dimensions of 1 do not count.
 */
public final class DataSetHash {
  private final MessageDigest all = Sha256.start();
  private int samples;

  /** Of all samples of a set, which is read once. */
  public static DataSetHash of(DataSet set) {
    DataSetHash hash = new DataSetHash();
    for (Sample sample : set) {
      hash.add(sample);
    }
    return hash;
  }

  /** Of one sample, 64 hexadecimal digits. */
  public static String of(Sample sample) {
    return HexFormat.of().formatHex(digest(sample));
  }

  /** Adds the next sample, for those that iterate anyway. */
  public void add(Sample sample) {
    add(digest(sample));
  }

  /** Adds the {@link #digest} of the next sample, for those that run several at a time. */
  public void add(byte[] digest) {
    all.update(digest);
    samples++;
  }

  /** Samples so far. */
  public int samples() {
    return samples;
  }

  /** The digest of the samples so far, 64 hexadecimal digits. */
  public String hex() {
    try {
      MessageDigest now = (MessageDigest) all.clone();
      return HexFormat.of().formatHex(now.digest());
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("this machine's SHA-256 cannot be cloned", e);
    }
  }

  /** Of one sample, 32 bytes. */
  public static byte[] digest(Sample sample) {
    MessageDigest digest = Sha256.start();
    for (NpyArray input : sample.inputs()) {
      ByteBuffer data = input.data();
      digest.update(input.type().code().getBytes(StandardCharsets.US_ASCII));
      digest.update(ByteBuffer.allocate(8).putLong(Long.reverseBytes(data.remaining())).flip());
      digest.update(data);
    }
    return digest.digest();
  }
}
