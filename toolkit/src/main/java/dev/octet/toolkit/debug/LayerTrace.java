// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.debug;

import dev.octet.toolkit.model.EditableTensor;
import java.util.List;
import java.util.function.Function;

/** What is counted of one layer, sample by sample. */
final class LayerTrace implements AutoCloseable {
  private final Layer layer;
  private final Grid grid;
  private LayerProbe probe;
  private final NoiseSums own = new NoiseSums();
  private final NoiseSums isolated = new NoiseSums();
  private final NoiseSums accumulated = new NoiseSums();
  private final ChannelRanges channels = new ChannelRanges();
  private final RangeCounts range;

  LayerTrace(Layer layer, LayerProbe probe, RangeCounts range) {
    this.layer = layer;
    this.grid = Grid.of(layer.quantizedOutput());
    this.probe = probe;
    this.range = range;
  }

  Layer layer() {
    return layer;
  }

  LayerProbe probe() {
    return probe;
  }

  /**
   * Counts one sample.
   *
   * @param values of the float model
   * @param found what the whole quantized model computed
   */
  void add(Function<EditableTensor, Observed> values, float[] found) {
    Observed wanted = values.apply(layer.realOutput());
    float[] numbers = wanted.numbers();
    if (found.length != numbers.length) {
      throw new IllegalArgumentException(
          layer.name()
              + " has "
              + numbers.length
              + " elements in the float model, "
              + found.length
              + " in the quantized one");
    }
    accumulated.add(numbers, found, numbers.length);
    range.add(numbers);
    float[] alone = null;
    if (layer.input()) {
      alone = new float[numbers.length];
      for (int i = 0; i < alone.length; i++) {
        alone[i] = (float) grid.nearest(numbers[i]);
      }
      isolated.add(numbers, alone, alone.length);
      own.add(numbers, alone, alone.length);
    } else if (probe != null) {
      alone = probed(values, numbers);
    }
    channels.add(numbers, alone, wanted.shape());
  }

  private float[] probed(Function<EditableTensor, Observed> values, float[] numbers) {
    List<float[]> outputs;
    try {
      outputs = probe.run(values);
    } catch (dev.octet.OctetException e) {
      // an operator whose shape follows from its neighbours cannot be resized by itself
      probe.close();
      probe = null;
      return null;
    }
    float[] alone = outputs.get(0);
    isolated.add(numbers, alone, numbers.length);
    own.add(outputs.size() > 1 ? outputs.get(1) : numbers, alone, numbers.length);
    return alone;
  }

  /** Error beyond that of the rounded inputs; null where the layer could not be run by itself. */
  Noise own() {
    return own.noiseOrNull();
  }

  /** Error of the layer alone on the float model's inputs; null likewise. */
  Noise isolated() {
    return isolated.noiseOrNull();
  }

  /** Error in the whole quantized model. */
  Noise accumulated() {
    return accumulated.noiseOrNull();
  }

  RangeCounts range() {
    return range;
  }

  ChannelRanges channels() {
    return channels;
  }

  @Override
  public void close() {
    if (probe != null) {
      probe.close();
    }
  }
}
