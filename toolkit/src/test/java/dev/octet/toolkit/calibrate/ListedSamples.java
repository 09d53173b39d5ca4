// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.calibrate;

import dev.octet.toolkit.data.DataSet;
import dev.octet.toolkit.data.NpyArray;
import dev.octet.toolkit.data.NpyType;
import dev.octet.toolkit.data.Sample;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;

/** Samples in memory, named s0, s1 and so on. */
record ListedSamples(String name, List<Sample> samples) implements DataSet {
  static ListedSamples of(int[] shape, float[]... arrays) {
    List<Sample> samples = new ArrayList<>();
    for (float[] array : arrays) {
      samples.add(sample("s" + samples.size(), shape, array));
    }
    return new ListedSamples("listed", samples);
  }

  static Sample sample(String name, int[] shape, float[] values) {
    ByteBuffer data = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    data.asFloatBuffer().put(values);
    return new Sample(name, List.of(new NpyArray(NpyType.FLOAT32, shape, data)), -1, null);
  }

  /** Normally distributed. */
  static ListedSamples random(long seed, int count, int... shape) {
    Random random = new Random(seed);
    float[][] arrays = new float[count][];
    for (int i = 0; i < count; i++) {
      int n = 1;
      for (int dim : shape) {
        n *= dim;
      }
      arrays[i] = new float[n];
      for (int j = 0; j < n; j++) {
        arrays[i][j] = (float) random.nextGaussian();
      }
    }
    return of(shape, arrays);
  }

  @Override
  public int size() {
    return samples.size();
  }

  @Override
  public List<String> classes() {
    return List.of();
  }

  @Override
  public Iterator<Sample> iterator() {
    return samples.iterator();
  }
}
