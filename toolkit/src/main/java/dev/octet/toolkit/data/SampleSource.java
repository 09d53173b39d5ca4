// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/** Samples by number, in the order of their file or folder. */
interface SampleSource {
  int count();

  String name(int index);

  /** The class, or -1. */
  int label(int index);

  /** Names of the classes by label, or empty. */
  List<String> classes();

  /**
   * Opens what is needed to read samples.
   *
   * @param forward true when each sample that is asked for stands behind the one before
   */
  Cursor open(boolean forward) throws IOException;

  /** Reads samples. */
  interface Cursor extends Closeable {
    /** What the inputs take. */
    List<NpyArray> inputs(int index) throws IOException;

    /** What the first output should be, or null. */
    float[] target(int index) throws IOException;

    @Override
    void close() throws IOException;
  }
}
