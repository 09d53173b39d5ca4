// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

/** Memory for what a file claims to hold. */
final class Memory {
  private Memory() {}

  /**
   * Returns an array of that size.
   *
   * @throws DataFormatException if the virtual machine has no such memory
   */
  static byte[] take(String source, long bytes) throws DataFormatException {
    try {
      if (bytes <= Integer.MAX_VALUE - 8) {
        return new byte[(int) bytes];
      }
    } catch (OutOfMemoryError e) {
      throw new DataFormatException(
          source, "takes " + bytes + " bytes of memory to unpack; unpack it on the disk", e);
    }
    throw new DataFormatException(
        source, "takes " + bytes + " bytes of memory to unpack; unpack it on the disk");
  }
}
