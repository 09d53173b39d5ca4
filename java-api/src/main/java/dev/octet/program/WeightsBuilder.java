// SPDX-License-Identifier: Apache-2.0
package dev.octet.program;

import java.nio.ByteBuffer;

/** Fills one weights entry; every pack field is named once, parts are added in order. */
public interface WeightsBuilder {
  /** Fills an entry when it is new. */
  interface Filler {
    void fill(WeightsBuilder weights);
  }

  WeightsBuilder i32(String field, int value);

  WeightsBuilder f32(String field, float value);

  /** The next data part: the bytes between position and limit. */
  WeightsBuilder part(ByteBuffer data);

  /** The next data part, little-endian. */
  WeightsBuilder part(int[] data);

  /** The next data part, little-endian. */
  WeightsBuilder part(float[] data);
}
