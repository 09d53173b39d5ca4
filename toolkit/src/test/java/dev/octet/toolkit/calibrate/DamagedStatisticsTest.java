// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.calibrate;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.octet.OctetException;
import dev.octet.toolkit.ShippedFiles;
import dev.octet.toolkit.data.DataFormatException;
import dev.octet.toolkit.data.DataSets;
import dev.octet.toolkit.quantize.Mode;
import dev.octet.toolkit.quantize.Quantizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Saved statistics are a user's file: damaged, they are refused by name or mean something else. */
class DamagedStatisticsTest {
  private static final List<String> PIECES =
      List.of("-1", "1e400", "NaN", "null", "\"x\"", "{}", "[]", "9999999999999", "", "]", "0.5");

  @TempDir private Path folder;

  @Test
  void damageIsRefusedByName() throws IOException {
    byte[] model = ShippedFiles.bytes("digits_float.tflite");
    Path file = folder.resolve("statistics.json");
    new Calibrator("digits", model).calibrate(null, DataSets.digits(1, 5)).save(file);
    String text = Files.readString(file);
    Random random = new Random(1);
    int refused = 0;
    for (int i = 0; i < 400; i++) {
      Files.writeString(file, damaged(text, random));
      try {
        CalibrationStatistics read = CalibrationStatistics.load(file, "digits", model);
        for (String method : List.of("min-max", "percentile:99", "mse", "entropy")) {
          Quantizer.of("digits", model)
              .mode(Mode.INT8)
              .method(CalibrationMethod.named(method))
              .calibration(read)
              .quantize();
        }
      } catch (DataFormatException e) {
        assertTrue(e.getMessage().contains("statistics.json"), e.getMessage());
        refused++;
      } catch (OctetException | IllegalArgumentException | UncheckedIOException e) {
        assertTrue(e.getMessage() != null && !e.getMessage().isEmpty(), "no message");
      } catch (RuntimeException | Error e) {
        fail("damage " + i + ": " + e, e);
      }
    }
    assertTrue(refused > 100, refused + " refused");
  }

  /** Cuts, changes a character, or puts another value where a number or a word stands. */
  private static String damaged(String text, Random random) {
    int at = random.nextInt(text.length());
    switch (random.nextInt(3)) {
      case 0:
        return text.substring(0, at);
      case 1:
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        bytes[at] = (byte) (32 + random.nextInt(95));
        return new String(bytes, StandardCharsets.US_ASCII);
      default:
        int end = at;
        while (end < text.length() && ",]}:".indexOf(text.charAt(end)) < 0) {
          end++;
        }
        return text.substring(0, at)
            + PIECES.get(random.nextInt(PIECES.size()))
            + text.substring(end);
    }
  }
}
