// SPDX-License-Identifier: Apache-2.0
package dev.octet.program;

/** Lets tests of other packages count the packed weights in native memory. */
public final class LivePackedWeights {
  private LivePackedWeights() {}

  public static int count() {
    return NativeProgram.live();
  }
}
