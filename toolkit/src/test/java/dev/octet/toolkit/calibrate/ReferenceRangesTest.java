// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.calibrate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.Quantization;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.toolkit.NumpyRandom;
import dev.octet.toolkit.SharedFolder;
import dev.octet.toolkit.data.NpyArray;
import dev.octet.toolkit.data.NpyReader;
import dev.octet.toolkit.data.Sample;
import dev.octet.toolkit.model.EditableGraph;
import dev.octet.toolkit.model.EditableModel;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Min/max on TensorFlow's samples gives the parameters that TensorFlow's converter wrote. */
class ReferenceRangesTest {
  /** Operators whose output TensorFlow does not quantize by its own range. */
  private static final Set<String> NOT_BY_RANGE =
      Set.of("SOFTMAX", "RESHAPE", "MAX_POOL_2D", "AVERAGE_POOL_2D", "PAD", "CONCATENATION");

  static ListedSamples calibration(Path folder) throws IOException {
    try (ZipFile zip = new ZipFile(folder.resolve("calibration.npz").toFile())) {
      ZipEntry entry = zip.entries().nextElement();
      NpyArray all;
      try (InputStream in = zip.getInputStream(entry)) {
        all = NpyReader.parse(entry.getName(), ByteBuffer.wrap(in.readAllBytes()));
      }
      int count = all.shape()[0];
      int[] shape = all.shape();
      shape[0] = 1;
      List<Sample> samples = new ArrayList<>();
      int bytes = all.data().remaining() / count;
      for (int i = 0; i < count; i++) {
        NpyArray one = new NpyArray(all.type(), shape, all.data().slice(i * bytes, bytes));
        samples.add(new Sample("sample " + i, List.of(one), -1, null));
      }
      return new ListedSamples(entry.getName(), samples);
    }
  }

  @ParameterizedTest
  @CsvSource({"mnist_articles, 3, 3", "mnist_softmax, 3, 2", "mnist_separable, 12, 2"})
  void parametersAreTensorFlows(String model, int tensors, int ulps) throws IOException {
    Path folder = SharedFolder.file("reference/" + model);
    Comparison comparison = new Comparison(folder, calibration(folder));
    assertEquals(tensors, comparison.compared, comparison.toString());
    assertTrue(comparison.ulps <= ulps, comparison.toString());
    assertEquals(0, comparison.overwritten, comparison.toString());
  }

  @Test
  void parametersOfMobileNetAreTensorFlows() throws IOException {
    Path folder = SharedFolder.file("reference/mobilenet_v2_float");
    NumpyRandom random = new NumpyRandom(1);
    float[][] arrays = new float[20][];
    for (int i = 0; i < arrays.length; i++) {
      arrays[i] = random.uniform(-1, 1, 224 * 224 * 3);
    }
    Comparison comparison =
        new Comparison(folder, ListedSamples.of(new int[] {1, 224, 224, 3}, arrays));
    assertEquals(65, comparison.compared, comparison.toString());
    assertTrue(comparison.ulps <= 8, comparison.toString());
    // one input of each addition
    assertEquals(10, comparison.overwritten, comparison.toString());
  }

  /**
   * Our parameters against those of a file of TensorFlow's. The zero points are equal. The scales
   * differ by the order in which the kernels of the two add up float products.
   */
  private static final class Comparison {
    private final CalibrationStatistics seen;
    private final EditableGraph floats;
    private int compared;
    private int different;
    private int ulps;
    private int overwritten;

    Comparison(Path folder, ListedSamples samples) throws IOException {
      byte[] bytes = Files.readAllBytes(folder.resolve("float.tflite"));
      seen = new Calibrator(folder.toString(), bytes).calibrate(null, samples);
      floats = EditableModel.read("float", bytes).graphs().get(0);
      byte[] theirs = Files.readAllBytes(folder.resolve("int8_int8_io.tflite"));
      Map<String, EditableTensor> named = new HashMap<>();
      for (EditableTensor tensor : EditableModel.read("int8", theirs).graphs().get(0).tensors()) {
        assertNull(named.put(tensor.name(), tensor));
      }
      check(floats.inputs().get(0), named);
      for (EditableOperator operator : floats.operators()) {
        if (!NOT_BY_RANGE.contains(operator.name())) {
          check(operator.output(0), named);
        }
      }
      System.out.println(this);
    }

    private void check(EditableTensor tensor, Map<String, EditableTensor> named) {
      Quantization expected = named.get(tensor.name()).quantization().affine();
      Range range = seen.range(0, tensor.sourceIndex());
      int difference = difference(range, expected);
      EditableOperator reader = floats.consumers(tensor).stream().findFirst().orElse(null);
      if (difference > 100 && reader != null && reader.is(BuiltinOperator.ADD)) {
        // TensorFlow computes such a sum in the memory of one input, and counts it there too
        overwritten++;
        difference =
            difference(range.union(seen.range(0, reader.output(0).sourceIndex())), expected);
      }
      compared++;
      different += difference > 0 ? 1 : 0;
      ulps = Math.max(ulps, difference);
    }

    /** Of the scales in ulps; 1000 when the zero points differ. */
    private static int difference(Range range, Quantization expected) {
      double low = Math.min(0, range.min());
      double high = Math.max(0, range.max());
      double scale = (high - low) / 255;
      boolean fromMin = 128 - low / scale < 127 + high / scale;
      double zero = fromMin ? -128 - low / scale : 127 - high / scale;
      // half way between two numbers, up to the rounding of the ends
      boolean tie = Math.abs(Math.abs(zero - Math.rint(zero)) - 0.5) < 1e-3;
      if (!tie && Math.round(zero) != expected.zeroPoint()) {
        return 1000;
      }
      return Math.abs(Float.floatToIntBits((float) scale) - Float.floatToIntBits(expected.scale()));
    }

    @Override
    public String toString() {
      return compared
          + " tensors, "
          + different
          + " scales differ, by up to "
          + ulps
          + " ulps; "
          + overwritten
          + " hold a sum's range too";
    }
  }
}
