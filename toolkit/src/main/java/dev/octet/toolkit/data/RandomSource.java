// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import dev.octet.TensorType;
import java.util.ArrayList;
import java.util.List;

/**
 * Random samples, each of a {@link RandomInput} whose seed is drawn from the set's seed and the
 * sample's number, so that a sample is the same whichever were read before.
 */
record RandomSource(String name, long seed, int count, List<ModelInput> inputs)
    implements SampleSource {
  /**
   * @throws IllegalArgumentException if {@code count} is not positive
   */
  RandomSource {
    if (count < 1) {
      throw new IllegalArgumentException(name + " counts " + count + " samples");
    }
  }

  @Override
  public String name(int index) {
    return name + "[" + index + "]";
  }

  @Override
  public int label(int index) {
    return -1;
  }

  @Override
  public List<String> classes() {
    return List.of();
  }

  @Override
  public Cursor open(boolean forward) {
    return new Cursor() {
      @Override
      public List<NpyArray> inputs(int index) {
        RandomInput random = new RandomInput(mix(seed + index * 0x9E3779B97F4A7C15L));
        List<NpyArray> arrays = new ArrayList<>();
        for (ModelInput input : inputs) {
          int[] shape = input.shape();
          for (int i = 0; i < shape.length; i++) {
            shape[i] = Math.max(1, shape[i]);
          }
          TensorType type = TensorType.valueOf(input.sampleType().name());
          arrays.add(new NpyArray(input.sampleType(), shape, random.next(type, shape)));
        }
        return arrays;
      }

      @Override
      public float[] target(int index) {
        return null;
      }

      @Override
      public void close() {}
    };
  }

  // The finalizer of SplitMix64: java.util.Random begins alike for seeds that are close together.
  private static long mix(long z) {
    z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
    z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
    return z ^ z >>> 31;
  }
}
