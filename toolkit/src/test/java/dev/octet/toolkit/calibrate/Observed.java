// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.calibrate;

import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Statistics of one tensor that held given numbers. */
final class Observed {
  private Observed() {}

  static TensorStatistics of(float[]... samples) {
    TensorObserver observer = new TensorObserver();
    float[] min = new float[samples.length];
    float[] max = new float[samples.length];
    int[] bad = new int[samples.length];
    List<String> names = new ArrayList<>();
    List<Integer> nonFinite = new ArrayList<>();
    for (int i = 0; i < samples.length; i++) {
      observer.add(bits(samples[i]), new int[TensorObserver.CHUNK]);
      observer.end(i, min, max, bad);
      names.add("s" + i);
      if (bad[i] > 0) {
        nonFinite.add(i);
      }
    }
    return new TensorStatistics(
        new TensorKey(0, 3),
        "x",
        names,
        observer.count,
        observer.nans,
        observer.infinities,
        observer.histogram,
        min,
        max,
        nonFinite.stream().mapToInt(Integer::intValue).toArray());
  }

  static IntBuffer bits(float[] values) {
    int[] bits = new int[values.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToRawIntBits(values[i]);
    }
    return IntBuffer.wrap(bits);
  }

  static CalibrationStatistics statistics(TensorStatistics tensor) {
    TreeMap<TensorKey, TensorStatistics> tensors = new TreeMap<>();
    tensors.put(tensor.key(), tensor);
    return new CalibrationStatistics("00", List.of(), tensor.samples(), tensors);
  }
}
