// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import static dev.octet.toolkit.data.DataFiles.all;
import static dev.octet.toolkit.data.DataFiles.counting;
import static dev.octet.toolkit.data.DataFiles.firsts;
import static dev.octet.toolkit.data.DataFiles.floats;
import static dev.octet.toolkit.data.DataFiles.npy;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.TensorInfo;
import dev.octet.TensorType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataSetsTest {
  private static final DataOptions PLAIN = DataOptions.DEFAULT;

  @TempDir Path folder;

  @Test
  void theFirstDimensionOfAnArrayCountsSamples() throws IOException {
    Path file = npy(folder.resolve("a.npy"), counting(NpyType.FLOAT32, 3, 2, 2));
    DataSet set = DataSets.open(file.toString(), List.of(floats("x", 1, 2, 2, 1)), PLAIN);
    assertEquals(3, set.size());
    assertEquals(file.toString(), set.name());
    List<Sample> samples = all(set);
    assertEquals(3, samples.size());
    assertArrayEquals(new int[] {1, 2, 2, 1}, samples.get(2).inputs().get(0).shape());
    assertArrayEquals(new float[] {8, 9, 10, 11}, firsts(set).get(2));
    assertEquals(file + "[2]", samples.get(2).name());
    assertEquals(-1, samples.get(2).label());
  }

  @Test
  void anArrayOfTheInputsShapeIsOneSample() throws IOException {
    Path exact = npy(folder.resolve("a.npy"), counting(NpyType.FLOAT32, 4, 2));
    assertEquals(1, DataSets.open(exact.toString(), List.of(floats("x", 4, 2)), PLAIN).size());
    assertEquals(1, DataSets.open(exact.toString(), List.of(floats("x", 1, 4, 2)), PLAIN).size());
    assertEquals(4, DataSets.open(exact.toString(), List.of(floats("x", 1, 2)), PLAIN).size());
    assertEquals(4, DataSets.open(exact.toString(), List.of(floats("x", -1, 2)), PLAIN).size());
  }

  @Test
  void anOpenDimensionTakesTheSamples() throws IOException {
    Path file = npy(folder.resolve("a.npy"), counting(NpyType.FLOAT32, 2, 7, 3));
    DataSet set = DataSets.open(file.toString(), List.of(floats("x", -1, -1, 3)), PLAIN);
    assertArrayEquals(new int[] {1, 7, 3}, all(set).get(0).inputs().get(0).shape());
    assertEquals(2, set.size());
  }

  @Test
  void anotherShapeIsRefusedWithBoth() throws IOException {
    Path file = npy(folder.resolve("a.npy"), counting(NpyType.FLOAT32, 3, 5));
    String message = refusal(file.toString(), floats("pixels", 1, 28, 28));
    assertTrue(message.startsWith(file + ": "), message);
    assertTrue(message.contains("[3, 5]"), message);
    assertTrue(message.contains("'pixels'") && message.contains("[1, 28, 28]"), message);
  }

  @Test
  void anEmptyArrayIsRefused() throws IOException {
    Path file = npy(folder.resolve("a.npy"), counting(NpyType.FLOAT32, 0, 5));
    assertTrue(refusal(file.toString(), floats("x", 1, 5)).contains("holds no sample"));
  }

  @Test
  void pixelsBecomeWhatTheInputTakes() throws IOException {
    Path grey = npy(folder.resolve("g.npy"), counting(NpyType.UINT8, 256, 1, 1));
    List<float[]> unit =
        firsts(DataSets.open(grey.toString(), List.of(floats("x", 1, 1, 1)), PLAIN));
    assertEquals(51 / 255f, unit.get(51)[0]);
    Path colour = npy(folder.resolve("c.npy"), counting(NpyType.UINT8, 85, 1, 1, 3));
    List<TensorInfo> colours = List.of(floats("x", 1, 1, 1, 3));
    assertEquals(
        (float) ((150 - 127.5) / 127.5),
        firsts(DataSets.open(colour.toString(), colours, PLAIN)).get(50)[0]);
    DataOptions raw = PLAIN.normalization(new Normalization(10, 2));
    assertEquals(70, firsts(DataSets.open(colour.toString(), colours, raw)).get(50)[0]);
  }

  @Test
  void aQuantizedInputTakesPixelsAndItsOwnElementsAsTheyStand() throws IOException {
    Path pixels = npy(folder.resolve("p.npy"), counting(NpyType.UINT8, 256, 1, 1));
    TensorInfo u8 = DataFiles.quantized("x", TensorType.UINT8, 0.5f, 7, 1, 1, 1);
    TensorInfo i8 = DataFiles.quantized("x", TensorType.INT8, 0.5f, 7, 1, 1, 1);
    assertEquals(
        0.5f * (200 - 7), firsts(DataSets.open(pixels.toString(), List.of(u8), PLAIN)).get(200)[0]);
    assertEquals(
        0.5f * (72 - 7), firsts(DataSets.open(pixels.toString(), List.of(i8), PLAIN)).get(200)[0]);
    Path own = npy(folder.resolve("o.npy"), counting(NpyType.INT8, 256, 1, 1));
    assertEquals(
        0.5f * (-56 - 7), firsts(DataSets.open(own.toString(), List.of(i8), PLAIN)).get(200)[0]);
    Path reals = npy(folder.resolve("r.npy"), counting(NpyType.FLOAT32, 3, 1, 1));
    assertEquals(2, firsts(DataSets.open(reals.toString(), List.of(i8), PLAIN)).get(2)[0]);
  }

  @Test
  void integerInputsTakeWholeNumbersThatFit() throws IOException {
    TensorInfo int32 = DataFiles.info("ids", TensorType.INT32, Optional.empty(), 1, 2);
    TensorInfo int8 = DataFiles.info("ids", TensorType.INT8, Optional.empty(), 1, 2);
    Path longs = npy(folder.resolve("l.npy"), counting(NpyType.INT64, 100, 2));
    NpyArray ids =
        all(DataSets.open(longs.toString(), List.of(int32), PLAIN)).get(99).inputs().get(0);
    assertEquals(NpyType.INT32, ids.type());
    assertEquals(199, ids.data().getInt(4));
    DataSet tooLarge = DataSets.open(longs.toString(), List.of(int8), PLAIN);
    String message = DataSetRefusals.read(tooLarge);
    assertTrue(message.contains("[64]") && message.contains("element 0 is 128"), message);
    Path reals = npy(folder.resolve("r.npy"), counting(NpyType.FLOAT32, 3, 2));
    message = DataSetRefusals.read(DataSets.open(reals.toString(), List.of(int32), PLAIN));
    assertTrue(message.contains("holds FLOAT32") && message.contains("INT32"), message);
  }

  @Test
  void randomSamplesAreThoseOfTheirSeedAndNumber() throws IOException {
    List<TensorInfo> inputs =
        List.of(floats("x", -1, 8), DataFiles.info("n", TensorType.INT64, Optional.empty(), 1, 4));
    DataSet set = DataSets.open("random:5:20", inputs, PLAIN);
    assertEquals(20, set.size());
    assertEquals(DataSetHash.of(set).hex(), DataSetHash.of(set).hex());
    assertEquals(DataSetHash.of(set).hex(), DataSetHash.of(DataSets.random(5, 20, inputs)).hex());
    assertNotEquals(
        DataSetHash.of(set).hex(), DataSetHash.of(DataSets.random(6, 20, inputs)).hex());
    HashSet<Float> firsts = new HashSet<>();
    for (Sample sample : set) {
      float[] x = sample.inputs().get(0).toFloats();
      firsts.add(x[0]);
      for (float each : x) {
        assertTrue(each >= -1 && each < 1);
      }
      assertEquals(NpyType.INT64, sample.inputs().get(1).type());
    }
    assertEquals(20, firsts.size());
    DataSet later = DataSets.open("random:5:20", inputs, PLAIN.skip(7).limit(1));
    assertEquals(DataSetHash.of(all(set).get(7)), DataSetHash.of(all(later).get(0)));
  }

  @Test
  void skipLimitAndShuffleChoose() throws IOException {
    Path file = npy(folder.resolve("a.npy"), counting(NpyType.FLOAT32, 50, 1));
    List<TensorInfo> inputs = List.of(floats("x", 1, 1));
    List<float[]> some = firsts(DataSets.open(file.toString(), inputs, PLAIN.skip(10).limit(3)));
    assertEquals(3, some.size());
    assertEquals(12, some.get(2)[0]);
    assertEquals(2, DataSets.open(file.toString(), inputs, PLAIN.skip(48).limit(3)).size());
    DataSet drawn = DataSets.open(file.toString(), inputs, PLAIN.shuffle(1));
    assertEquals(50, new HashSet<>(firsts(drawn).stream().map(x -> x[0]).toList()).size());
    assertNotEquals(0, firsts(drawn).get(0)[0]);
    Sample first = all(drawn).get(0);
    assertEquals(file + "[" + (int) first.inputs().get(0).toFloats()[0] + "]", first.name());
    assertEquals(
        DataSetHash.of(drawn).hex(),
        DataSetHash.of(DataSets.open(file.toString(), inputs, PLAIN.shuffle(1))).hex());
    String message =
        assertThrows(
                DataFormatException.class,
                () -> DataSets.open(file.toString(), inputs, PLAIN.skip(50)))
            .getMessage();
    assertTrue(message.contains("no sample is left"), message);
  }

  @Test
  void aProgramsSamplesAreASet() throws IOException {
    Sample sample = new Sample("mine", List.of(NpyArray.of(new float[] {1, 2}, 1, 2)), 4, null);
    DataSet set = DataSets.of("generated", List.of(sample, sample));
    assertEquals(2, set.size());
    assertEquals(2, DataSets.checkLabels(set, 5));
    assertEquals(
        "mine: has label 4; the model has 4 classes, from 0",
        assertThrows(DataFormatException.class, () -> DataSets.checkLabels(set, 4)).getMessage());
    assertEquals(-1, DataSets.of("lazy", () -> List.of(sample).iterator()).size());
    assertThrows(IllegalArgumentException.class, () -> DataSets.of("none", List.of()));
    DataSet none = DataSets.of("none", List.<Sample>of()::iterator);
    assertThrows(IllegalArgumentException.class, none::iterator);
  }

  @Test
  void unknownNamesAreRefusedWithTheKnownForms() throws IOException {
    String message = refusal("what.ever", floats("x", 1, 1));
    assertTrue(message.startsWith("what.ever: no such file") && message.contains("DIR:train"));
    Path text = Files.writeString(folder.resolve("a.txt"), "hello");
    assertTrue(refusal(text.toString(), floats("x", 1, 1)).contains("a.txt: is no data set"));
  }

  private static String refusal(String spec, TensorInfo... inputs) {
    return assertThrows(
            DataFormatException.class, () -> DataSets.open(spec, List.of(inputs), PLAIN))
        .getMessage();
  }
}
