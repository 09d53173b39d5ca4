// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import static dev.octet.toolkit.data.DataFiles.all;
import static dev.octet.toolkit.data.DataFiles.counting;
import static dev.octet.toolkit.data.DataFiles.firsts;
import static dev.octet.toolkit.data.DataFiles.floats;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.TensorInfo;
import dev.octet.TensorType;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderDataTest {
  private static final DataOptions PLAIN = DataOptions.DEFAULT;
  private static final TensorInfo GREY = floats("x", 1, 2, 2, 1);
  private static final TensorInfo COLOUR = floats("x", 1, 2, 2, 3);

  @TempDir Path folder;

  /** Writes a grey picture of one value. */
  private void picture(String name, int value) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    BufferedImage image = new BufferedImage(2, 2, BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < 4; i++) {
      image.getRaster().setSample(i % 2, i / 2, 0, value);
    }
    String format = name.substring(name.lastIndexOf('.') + 1);
    assertTrue(ImageIO.write(image, format, file.toFile()), format);
  }

  private void raw(String name, byte[] bytes) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, bytes);
  }

  private static byte[] bytes(float... values) {
    ByteBuffer out = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    out.asFloatBuffer().put(values);
    return out.array();
  }

  private DataSet open(TensorInfo... inputs) throws IOException {
    return DataSets.open(folder.toString(), List.of(inputs), PLAIN);
  }

  private String refusal(DataOptions options, TensorInfo... inputs) {
    return assertThrows(
            DataFormatException.class,
            () -> DataSets.open(folder.toString(), List.of(inputs), options))
        .getMessage();
  }

  private static List<Integer> labels(DataSet set) {
    return all(set).stream().map(Sample::label).toList();
  }

  @Test
  void subFoldersAreLabelsInNaturalOrder() throws IOException {
    picture("cat 10/a.png", 30);
    picture("cat 9/b10.png", 20);
    picture("cat 9/b9.bmp", 10);
    Files.writeString(folder.resolve("cat 9/notes.txt"), "not a sample");
    DataSet set = open(GREY);
    assertEquals(List.of("cat 9", "cat 10"), set.classes());
    assertEquals(List.of(0, 0, 1), labels(set));
    assertEquals(10 / 255f, firsts(set).get(0)[0]);
    assertEquals(20 / 255f, firsts(set).get(1)[3]);
    assertTrue(all(set).get(1).name().endsWith("b10.png"));
    assertArrayEquals(new int[] {1, 2, 2, 1}, all(set).get(0).inputs().get(0).shape());
  }

  @Test
  void subFoldersNamedByNumbersAreTheseNumbers() throws IOException {
    picture("0/a.png", 1);
    picture("2/a.png", 1);
    picture("10/a.png", 1);
    DataSet set = open(GREY);
    assertEquals(List.of(0, 2, 10), labels(set));
    assertEquals(11, set.classes().size());
    assertEquals("10", set.classes().get(10));
    assertThrows(DataFormatException.class, () -> DataSets.checkLabels(set, 10));
  }

  @Test
  void aFileOfNamesPutsSubFoldersInItsOrder() throws IOException {
    picture("cat/a.png", 1);
    picture("dog/a.png", 2);
    Path names = Files.writeString(folder.resolve("names.txt"), "dog\nfish\ncat\n");
    DataSet set = DataSets.open(folder.toString(), List.of(GREY), PLAIN.labels(names));
    assertEquals(List.of(2, 0), labels(set));
    assertEquals(List.of("dog", "fish", "cat"), set.classes());
    picture("bird/a.png", 2);
    String message = refusal(PLAIN.labels(names), GREY);
    assertTrue(message.contains("bird") && message.contains("none of the 3 classes"), message);
  }

  @Test
  void numberedSubFoldersMayHaveNames() throws IOException {
    picture("0/a.png", 1);
    picture("1/a.png", 2);
    Path names = Files.writeString(folder.resolve("names.txt"), "zero\none\n");
    DataSet set = DataSets.open(folder.toString(), List.of(GREY), PLAIN.labels(names));
    assertEquals(List.of(0, 1), labels(set));
    picture("2/a.png", 2);
    assertTrue(refusal(PLAIN.labels(names), GREY).contains("has label 2"));
  }

  @Test
  void picturesFollowTheRuleOfPixels() throws IOException {
    picture("a.png", 200);
    assertEquals(-1, labels(open(GREY)).get(0));
    assertEquals((float) ((200 - 127.5) / 127.5), firsts(open(COLOUR)).get(0)[5]);
    DataOptions halved = PLAIN.normalization(new Normalization(0, 2));
    assertEquals(100, firsts(DataSets.open(folder.toString(), List.of(GREY), halved)).get(0)[0]);
    TensorInfo i8 = DataFiles.quantized("x", TensorType.INT8, 0.5f, -3, 1, 2, 2, 1);
    assertEquals(0.5f * (200 - 128 + 3), firsts(open(i8)).get(0)[0]);
    DataSet one = DataSets.open(folder + "/a.png", List.of(floats("x", 1, -1, -1, 3)), PLAIN);
    assertArrayEquals(new int[] {1, 2, 2, 3}, all(one).get(0).inputs().get(0).shape());
  }

  @Test
  void aDamagedPictureIsNamedWhenItIsRead() throws IOException {
    picture("a.png", 1);
    Files.writeString(folder.resolve("b.png"), "no picture");
    DataSet set = open(GREY);
    assertEquals(2, set.size());
    assertTrue(DataSetRefusals.read(set).startsWith(folder.resolve("b.png").toString()));
  }

  @Test
  void rawFilesAreKnownByTheirSize() throws IOException {
    raw("a/1.bin", bytes(1, 2, 3, 4));
    raw("b/2.bin", new byte[] {(byte) 255, 0, 51, 0});
    DataSet set = open(GREY);
    assertEquals(List.of(0, 1), labels(set));
    assertArrayEquals(new float[] {1, 2, 3, 4}, firsts(set).get(0));
    assertArrayEquals(new float[] {1, 0, 0.2f, 0}, firsts(set).get(1));
    TensorInfo i8 = DataFiles.quantized("x", TensorType.INT8, 0.5f, 1, 1, 2, 2, 1);
    assertArrayEquals(new float[] {1, 2, 3, 4}, firsts(open(i8)).get(0));
    assertArrayEquals(new float[] {-1, -0.5f, 25, -0.5f}, firsts(open(i8)).get(1));
    raw("b/3.bin", new byte[5]);
    String message = DataSetRefusals.read(open(GREY));
    assertTrue(message.contains("3.bin: holds 5 bytes") && message.contains("4 elements"), message);
    assertTrue(refusal(PLAIN, floats("x", 1, -1)).contains("raw files tell no shape"));
  }

  @Test
  void filesOfSeveralInputsAreNamedAfterThem() throws IOException {
    TensorInfo left = floats("left", 1, 2);
    TensorInfo right = floats("serving_default_right:0", 1, 1);
    raw("s10.left.bin", bytes(3, 4));
    raw("s10.right.bin", bytes(5));
    raw("s9.0.bin", bytes(1, 2));
    raw("s9.input_1.bin", bytes(6));
    List<Sample> samples = all(open(left, right));
    assertEquals(folder.resolve("s9").toString(), samples.get(0).name());
    assertArrayEquals(new float[] {1, 2}, samples.get(0).inputs().get(0).toFloats());
    assertArrayEquals(new float[] {5}, samples.get(1).inputs().get(1).toFloats());
    raw("s11.left.bin", bytes(1, 2));
    assertTrue(refusal(PLAIN, left, right).contains("s11: has no file for the input 'serving"));
    raw("s11.middle.bin", bytes(1, 2));
    String message = refusal(PLAIN, left, right);
    assertTrue(message.contains("s11.middle.bin: names no input"), message);
    assertTrue(message.contains("[left, serving_default_right:0]"), message);
  }

  @Test
  void arraysMayBeFilesOfAFolder() throws IOException {
    DataFiles.npy(folder.resolve("a.npy"), counting(NpyType.FLOAT32, 2, 2));
    assertArrayEquals(new float[] {0, 1, 2, 3}, firsts(open(GREY)).get(0));
    DataFiles.npy(folder.resolve("b.npy"), counting(NpyType.FLOAT32, 5, 2, 2));
    assertTrue(DataSetRefusals.read(open(GREY)).contains("has shape [5, 2, 2]"));
  }

  @Test
  void foldersThatAreUnclearAreRefused() throws IOException {
    assertTrue(refusal(PLAIN, GREY).contains("holds no .png"));
    DataFiles.idx(folder, "train", "", 2);
    assertTrue(refusal(PLAIN, GREY).contains("named as " + folder + ":train"));
    picture("a.png", 1);
    assertTrue(refusal(PLAIN, floats("x", 1, 4, 4, 2)).contains("takes no single picture"));
    raw("b.bin", new byte[4]);
    assertTrue(refusal(PLAIN, GREY).contains("different kinds"));
    Files.delete(folder.resolve("b.bin"));
    picture("sub/a.png", 1);
    assertTrue(refusal(PLAIN, GREY).contains("labels or not"));
  }

  @Test
  void naturalOrderCounts() {
    List<String> names =
        List.of("", "007", "07", "7", "9", "10", "10a", "a", "a0", "a00b", "a9", "a9b", "a10", "b");
    for (int i = 0; i < names.size(); i++) {
      for (int j = 0; j < names.size(); j++) {
        int order = NaturalOrder.INSTANCE.compare(names.get(i), names.get(j));
        assertEquals(Integer.compare(i, j), Integer.signum(order), names.get(i) + names.get(j));
      }
    }
    String long1 = "n" + "1".repeat(400);
    assertTrue(NaturalOrder.INSTANCE.compare(long1, long1 + "0") < 0);
  }

  @Test
  void aThousandFilesComeInOrder() throws IOException {
    for (int i = 0; i < 1000; i++) {
      raw(i % 10 + "/" + i + ".bin", bytes(i, 0, 0, 0));
    }
    List<Float> values = firsts(open(GREY)).stream().map(x -> x[0]).toList();
    List<Float> expected =
        IntStream.range(0, 1000).mapToObj(i -> (float) (i % 100 * 10 + i / 100)).toList();
    assertEquals(expected, values);
  }
}
