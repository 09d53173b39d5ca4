// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

/** Memory for what a file claims to hold. */
final class Memory {
  private Memory() {}

  /**
   * Returns an array of that size, to unpack into.
   *
   * @throws DataFormatException if the virtual machine has no such memory
   */
  static byte[] bytes(String source, long size) throws DataFormatException {
    try {
      if (size <= Integer.MAX_VALUE - 8) {
        return new byte[(int) size];
      }
    } catch (OutOfMemoryError e) {
      throw new DataFormatException(source, tooMuch(size), e);
    }
    throw new DataFormatException(source, tooMuch(size));
  }

  /** Returns one number for each of {@code samples} samples; the same exception. */
  static int[] ints(String source, int samples) throws DataFormatException {
    try {
      return new int[samples];
    } catch (OutOfMemoryError e) {
      throw new DataFormatException(source, samples + " samples are too many for the memory", e);
    }
  }

  private static String tooMuch(long bytes) {
    return "takes " + bytes + " bytes of memory to unpack; unpack it on the disk";
  }
}
