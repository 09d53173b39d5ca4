// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.TensorInfo;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Seeded damage to every kind of input file: read, or refused with {@link DataFormatException}. */
class DamagedFilesTest {
  private static final int MUTATIONS = 2000;
  // of those that are written to the disk
  private static final int FILES = 400;

  @TempDir Path folder;

  private static byte[] picture(String format) throws IOException {
    Random random = new Random(5);
    BufferedImage image = new BufferedImage(23, 17, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < 17; y++) {
      for (int x = 0; x < 23; x++) {
        image.setRGB(x, y, random.nextInt(1 << 24));
      }
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertTrue(ImageIO.write(image, format, out));
    return out.toByteArray();
  }

  private static byte[] damage(byte[] whole, Random random) {
    byte[] damaged = whole.clone();
    if (random.nextInt(10) < 3) {
      return Arrays.copyOf(damaged, random.nextInt(damaged.length));
    }
    // half of the flips go where the headers are
    int reach = random.nextBoolean() ? Math.min(64, damaged.length) : damaged.length;
    for (int flips = 1 + random.nextInt(8); flips > 0; flips--) {
      damaged[random.nextInt(reach)] ^= (byte) (1 << random.nextInt(8));
    }
    return damaged;
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "jpg", "bmp"})
  void pictures(String format) throws IOException {
    byte[] whole = picture(format);
    Random random = new Random(20261121);
    int refused = 0;
    for (int i = 0; i < MUTATIONS; i++) {
      byte[] damaged = damage(whole, random);
      try {
        Picture picture = PictureReader.read("damaged", new ByteArrayInputStream(damaged));
        assertFalse((long) picture.h() * picture.w() > PictureReader.MAX_PIXELS);
      } catch (DataFormatException e) {
        refused++;
      }
    }
    assertTrue(refused > MUTATIONS / 20 && refused < MUTATIONS, refused + " refused");
  }

  @Test
  void npy() throws IOException {
    Path file = folder.resolve("a.npy");
    ByteBuffer data = ByteBuffer.allocate(4 * 6);
    NpyWriter.write(file, new NpyArray(NpyType.FLOAT32, new int[] {2, 3}, data));
    byte[] whole = Files.readAllBytes(file);
    Random random = new Random(20261121);
    int refused = 0;
    for (int i = 0; i < MUTATIONS; i++) {
      try {
        NpyReader.parse("damaged", ByteBuffer.wrap(damage(whole, random)));
      } catch (DataFormatException e) {
        refused++;
      }
    }
    assertTrue(refused > MUTATIONS / 20 && refused < MUTATIONS, refused + " refused");
  }

  /** Reads all samples of a damaged file, in order or shuffled; returns false when refused. */
  private static boolean reads(String spec, DataOptions options) throws IOException {
    try {
      for (Sample sample : DataSets.open(spec, List.of(DataFiles.floats("x", 1, 3)), options)) {
        assertTrue(sample.label() >= -1);
      }
      return true;
    } catch (DataFormatException e) {
      return false;
    } catch (UncheckedIOException e) {
      assertInstanceOf(DataFormatException.class, e.getCause());
      return false;
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void npz(boolean stored) throws IOException {
    Map<String, NpyArray> arrays =
        Map.of(
            "x", DataFiles.counting(NpyType.FLOAT32, 40, 3),
            "y", DataFiles.counting(NpyType.INT32, 40));
    byte[] whole = Files.readAllBytes(DataFiles.npz(folder.resolve("a.npz"), stored, arrays));
    Path file = folder.resolve("damaged.npz");
    Random random = new Random(20261121);
    int refused = 0;
    for (int i = 0; i < FILES; i++) {
      byte[] damaged = damage(whole, random);
      // the directory that a zip is read by stands at its end
      for (int flips = random.nextInt(3); flips > 0 && damaged.length > 300; flips--) {
        damaged[damaged.length - 1 - random.nextInt(200)] ^= (byte) (1 << random.nextInt(8));
      }
      Files.write(file, damaged);
      boolean read = reads(file.toString(), DataOptions.DEFAULT);
      reads(file.toString(), DataOptions.DEFAULT.shuffle(1));
      refused += read ? 0 : 1;
    }
    assertTrue(refused > FILES / 20 && refused < FILES, refused + " refused");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".gz"})
  void idx(String ending) throws IOException {
    Path file = folder.resolve("train-images-idx3-ubyte" + ending);
    DataFiles.write(file, DataFiles.idxBytes(8, new int[] {40, 1, 3}, new byte[120]));
    byte[] whole = Files.readAllBytes(file);
    Random random = new Random(20261121);
    int refused = 0;
    for (int i = 0; i < FILES; i++) {
      Files.write(file, damage(whole, random));
      refused += reads(folder + ":train", DataOptions.DEFAULT) ? 0 : 1;
    }
    assertTrue(refused > FILES / 20 && refused < FILES, refused + " refused");
  }

  @Test
  void anArchiveThatUnpacksWithoutEndTakesNoMemory() throws IOException {
    // 300 MB of zeros behind a small header: a sample is 12 bytes of them
    Path file = folder.resolve("bomb.npz");
    byte[] start = DataFiles.npyBytes(folder, DataFiles.counting(NpyType.FLOAT32, 1, 3));
    String header = new String(start, 0, start.length - 12, StandardCharsets.ISO_8859_1);
    String huge = header.replaceFirst("\\(1, 3, \\)(.*) {8}\n", "(25000000, 3, )$1 \n");
    assertEquals(header.length(), huge.length());
    byte[] zeros = new byte[1 << 20];
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      zip.setLevel(1);
      zip.putNextEntry(new ZipEntry("x.npy"));
      zip.write(huge.getBytes(StandardCharsets.ISO_8859_1));
      for (long left = 25_000_000L * 12; left > 0; left -= zeros.length) {
        zip.write(zeros, 0, (int) Math.min(left, zeros.length));
      }
    }
    List<TensorInfo> inputs = List.of(DataFiles.floats("x", 1, 3));
    DataSet set = DataSets.open(file + "@1000:1003", inputs, DataOptions.DEFAULT);
    assertEquals(3, DataFiles.all(set).size());
  }

  @Test
  void aHeaderThatClaimsTooMuchIsRefusedBeforeMemoryIsTaken() throws IOException {
    ByteBuffer png = ByteBuffer.wrap(picture("png"));
    png.putInt(16, 60000).putInt(20, 60000);
    CRC32 checksum = new CRC32();
    checksum.update(png.array(), 12, 17);
    png.putInt(29, (int) checksum.getValue());
    DataFormatException e =
        assertThrows(
            DataFormatException.class,
            () -> PictureReader.read("huge.png", new ByteArrayInputStream(png.array())));
    assertTrue(e.getMessage().contains("60000 x 60000"), e.getMessage());
  }
}
