// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import static dev.octet.toolkit.data.DataFiles.all;
import static dev.octet.toolkit.data.DataFiles.counting;
import static dev.octet.toolkit.data.DataFiles.firsts;
import static dev.octet.toolkit.data.DataFiles.floats;
import static dev.octet.toolkit.data.DataFiles.npz;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.SignatureInfo;
import dev.octet.TensorInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NpzAndIdxTest {
  private static final DataOptions PLAIN = DataOptions.DEFAULT;
  private static final TensorInfo PAIR = floats("serving_default_pair:0", 1, 2);
  private static final TensorInfo SMALL = floats("x", 1, 2, 2, 1);

  @TempDir Path folder;

  private String refusal(String spec, TensorInfo... inputs) {
    return assertThrows(
            DataFormatException.class, () -> DataSets.open(spec, List.of(inputs), PLAIN))
        .getMessage();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void storedAndDeflatedArraysAreReadInAnyOrder(boolean stored) throws IOException {
    Path file =
        npz(
            folder.resolve("a.npz"),
            stored,
            Map.of(
                "input_0", counting(NpyType.FLOAT32, 5, 2),
                "labels", counting(NpyType.INT64, 5),
                "targets", counting(NpyType.FLOAT64, 5, 3)));
    DataSet set = DataSets.open(file.toString(), List.of(PAIR), PLAIN);
    List<Sample> samples = all(set);
    assertEquals(5, samples.size());
    for (int i = 0; i < 5; i++) {
      assertEquals(i, samples.get(i).label());
      assertArrayEquals(new float[] {2 * i, 2 * i + 1}, samples.get(i).inputs().get(0).toFloats());
      assertArrayEquals(new float[] {3 * i, 3 * i + 1, 3 * i + 2}, samples.get(i).target());
    }
    for (Sample drawn : DataSets.open(file.toString(), List.of(PAIR), PLAIN.shuffle(3))) {
      assertEquals(DataSetHash.of(samples.get(drawn.label())), DataSetHash.of(drawn), drawn.name());
    }
    assertEquals(
        4, all(DataSets.open(file.toString(), List.of(PAIR), PLAIN.skip(4))).get(0).label());
  }

  @ParameterizedTest
  @ValueSource(strings = {"pair", "serving_default_pair:0", "input_0", "arr_0", "x"})
  void anInputIsKnownByItsNames(String name) throws IOException {
    Path file = npz(folder.resolve("a.npz"), false, Map.of(name, counting(NpyType.FLOAT32, 5, 2)));
    assertEquals(5, DataSets.open(file.toString(), List.of(PAIR), PLAIN).size());
  }

  @Test
  void argumentNamesOfASignatureCount() throws IOException {
    Path file =
        npz(
            folder.resolve("a.npz"),
            false,
            Map.of(
                "right", counting(NpyType.FLOAT32, 5, 3),
                "left", counting(NpyType.FLOAT32, 5, 2)));
    SignatureInfo signature =
        new SignatureInfo(
            "run", 0, new java.util.LinkedHashMap<>(Map.of("left", floats("t0", 1, 2))), Map.of());
    String message =
        assertThrows(
                DataFormatException.class, () -> DataSets.open(file.toString(), signature, PLAIN))
            .getMessage();
    assertTrue(message.contains("no input for the array 'right'"), message);
    assertTrue(message.contains("right") && message.contains("inputs are [left]"), message);
    java.util.LinkedHashMap<String, TensorInfo> both = new java.util.LinkedHashMap<>();
    both.put("left", floats("t0", 1, 2));
    both.put("right", floats("t1", 1, 3));
    DataSet set =
        DataSets.open(file.toString(), new SignatureInfo("run", 0, both, Map.of()), PLAIN);
    assertEquals(3, all(set).get(4).inputs().get(1).elements());
  }

  @Test
  void partsOfKerasFilesAreNamed() throws IOException {
    Path file =
        npz(
            folder.resolve("mnist.npz"),
            false,
            Map.of(
                "x_train", counting(NpyType.UINT8, 6, 2, 2),
                "y_train", counting(NpyType.UINT8, 6),
                "x_test", counting(NpyType.UINT8, 3, 2, 2),
                "y_test", counting(NpyType.UINT8, 3)));
    DataSet test = DataSets.open(file + ":test", List.of(SMALL), PLAIN);
    assertEquals(3, test.size());
    assertEquals(2, all(test).get(2).label());
    assertEquals(11 / 255f, firsts(test).get(2)[3]);
    assertEquals(6, DataSets.open(file + ":train", List.of(SMALL), PLAIN).size());
    assertTrue(refusal(file.toString(), SMALL).contains("no array for the input 'x'"));
  }

  @Test
  void lengthsAndLabelsMustFit() throws IOException {
    Path lengths =
        npz(
            folder.resolve("a.npz"),
            false,
            Map.of("x", counting(NpyType.FLOAT32, 5, 2), "y", counting(NpyType.INT32, 4)));
    assertTrue(refusal(lengths.toString(), PAIR).contains("counts 4 samples"));
    Path hot =
        npz(
            folder.resolve("b.npz"),
            false,
            Map.of("x", counting(NpyType.FLOAT32, 5, 2), "y", counting(NpyType.FLOAT32, 5, 4)));
    assertTrue(refusal(hot.toString(), PAIR).contains("one-hot"));
    Path negative =
        npz(
            folder.resolve("c.npz"),
            false,
            Map.of("x", counting(NpyType.FLOAT32, 2, 2), "y", NpyArray.of(new int[] {0, -3}, 2)));
    assertTrue(refusal(negative.toString(), PAIR).contains("label -3"));
  }

  @Test
  void damagedArchivesAreRefusedByName() throws IOException {
    Path file = npz(folder.resolve("a.npz"), false, Map.of("x", counting(NpyType.FLOAT32, 50, 2)));
    byte[] whole = Files.readAllBytes(file);
    Path cut = Files.write(folder.resolve("cut.npz"), Arrays.copyOf(whole, whole.length / 2));
    assertTrue(refusal(cut.toString(), PAIR).startsWith(cut + ": not a whole .npz file"));
    assertThrows(
        NoSuchFileException.class,
        () -> DataSets.open(folder.resolve("no.npz").toString(), List.of(PAIR), PLAIN));
    Path other = DataFiles.write(folder.resolve("o.npz"), whole);
    byte[] name = "x.npy".getBytes();
    for (int i = 0; i + name.length < whole.length; i++) {
      if (Arrays.equals(name, Arrays.copyOfRange(whole, i, i + name.length))) {
        whole[i + 4] = 'z';
      }
    }
    Files.write(other, whole);
    assertTrue(refusal(other.toString(), PAIR).contains("does not end in .npy"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".gz"})
  void idxFilesAreReadWithTheirLabels(String ending) throws IOException {
    DataFiles.idx(folder, "train", ending, 7);
    DataFiles.idx(folder, "t10k", ending, 2);
    DataSet set = DataSets.open(folder + ":train", List.of(SMALL), PLAIN);
    assertEquals(7, set.size());
    List<Sample> samples = all(set);
    assertEquals(2, samples.get(5).label());
    assertEquals(folder + ":train[5]", samples.get(5).name());
    assertArrayEquals(new float[] {20 / 255f, 21 / 255f, 22 / 255f, 23 / 255f}, firsts(set).get(5));
    assertEquals(2, DataSets.open(folder + ":t10k", List.of(SMALL), PLAIN).size());
    assertEquals(7, DataSets.checkLabels(set, 3));
    assertTrue(
        assertThrows(DataFormatException.class, () -> DataSets.checkLabels(set, 2))
            .getMessage()
            .contains(folder + ":train[2]: has label 2"));
    String message = refusal(folder + ":valid", SMALL);
    assertTrue(message.contains("valid-images") && message.contains("[t10k, train]"), message);
  }

  @Test
  void classNamesComeFromAFileThatCoversTheLabels() throws IOException {
    DataFiles.idx(folder, "train", "", 7);
    Path three = Files.writeString(folder.resolve("three.txt"), "a\nb\n c \n\n");
    DataSet set = DataSets.open(folder + ":train", List.of(SMALL), PLAIN.labels(three));
    assertEquals(List.of("a", "b", "c"), set.classes());
    Path two = Files.writeString(folder.resolve("two.txt"), "a\nb\n");
    String message =
        assertThrows(
                DataFormatException.class,
                () -> DataSets.open(folder + ":train", List.of(SMALL), PLAIN.labels(two)))
            .getMessage();
    assertTrue(message.contains("[2]") && message.contains("two.txt names 2"), message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".gz"})
  void damagedIdxFilesAreRefusedByName(String ending) throws IOException {
    DataFiles.idx(folder, "train", ending, 7);
    Path images = folder.resolve("train-images-idx3-ubyte" + ending);
    byte[] good = DataFiles.idxBytes(8, new int[] {7, 2, 2}, new byte[28]);
    ByteBuffer bytes = ByteBuffer.wrap(good);
    assertDamaged(images, Arrays.copyOf(good, 40), "");
    assertDamaged(images, Arrays.copyOf(good, 9), "");
    assertDamaged(images, Arrays.copyOf(good, good.length + 1), "");
    assertDamaged(images, DataFiles.idxBytes(13, new int[] {7, 2, 2}, new byte[112]), "type 13");
    assertDamaged(images, DataFiles.idxBytes(8, new int[] {7, -2, 2}, new byte[28]), "-2");
    assertDamaged(images, bytes.putInt(0, 0x01000803).array().clone(), "two zeros");
    int most = Integer.MAX_VALUE;
    assertDamaged(images, DataFiles.idxBytes(8, new int[] {most, most, most}, new byte[28]), "");
    assertDamaged(images, DataFiles.idxBytes(8, new int[] {0, 2, 2}, new byte[0]), "no sample");
    assertDamaged(images, DataFiles.idxBytes(8, new int[] {6, 2, 2}, new byte[24]), "7 samples");
    assertDamaged(images, DataFiles.idxBytes(8, new int[] {7, 2, 3}, new byte[42]), "[7, 2, 3]");
  }

  private void assertDamaged(Path images, byte[] bytes, String reason) throws IOException {
    DataFiles.write(images, bytes);
    String message = refusal(folder + ":train", SMALL);
    assertTrue(message.contains("train") && message.contains(reason), message);
  }
}
