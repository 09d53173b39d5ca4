// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.octet.toolkit.ShippedFiles;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DetectCommandTest {
  @TempDir private Path folder;
  private Path model;
  private Path image;

  /** Two squares in a dark picture of 128 x 128: cells (1, 2), full, and (6, 5), less bright. */
  @BeforeEach
  void files() throws Exception {
    ByteBuffer file = DetectorModel.file();
    byte[] bytes = new byte[file.remaining()];
    file.get(bytes);
    model = Files.write(folder.resolve("detector.tflite"), bytes);
    BufferedImage picture = new BufferedImage(128, 128, BufferedImage.TYPE_BYTE_GRAY);
    Graphics2D graphics = picture.createGraphics();
    graphics.setColor(Color.WHITE);
    graphics.fillRect(32, 16, 16, 16);
    graphics.dispose();
    for (int i = 0; i < 256; i++) {
      picture.getRaster().setSample(80 + i % 16, 96 + i / 16, 0, 180);
    }
    File png = folder.resolve("squares.png").toFile();
    ImageIO.write(picture, "png", png);
    image = png.toPath();
  }

  @Test
  void boxesAreFoundAndDrawn() throws Exception {
    Path labels = Files.writeString(folder.resolve("labels.txt"), "bright square\n");
    Path drawn = folder.resolve("boxes.png");
    CommandRun run = CommandRun.good("detect", model, image, "-o", drawn, "--labels", labels);
    assertTrue(run.out().contains("2 found"), run.out());
    assertTrue(run.out().contains("bright square"), run.out());
    assertTrue(run.out().matches("(?s).*1\\.000.*x   32 to   48, y   16 to   32.*"), run.out());
    BufferedImage before = ImageIO.read(image.toFile());
    BufferedImage after = ImageIO.read(drawn.toFile());
    assertEquals(128, after.getWidth());
    assertEquals(128, after.getHeight());
    assertNotEquals(before.getRGB(32, 28), after.getRGB(32, 28), "the left edge is drawn");
    assertEquals(before.getRGB(120, 60), after.getRGB(120, 60), "the rest is as it was");
  }

  @Test
  void theThresholdAndJsonSayTheSame() {
    CommandRun run = CommandRun.good("detect", model, image, "--threshold", "0.9", "--json");
    JsonObject report = JsonParser.parseString(run.out()).getAsJsonObject();
    JsonArray found = report.getAsJsonArray("detections");
    assertEquals(1, found.size());
    JsonObject box = found.get(0).getAsJsonObject();
    assertEquals(1, box.get("score").getAsDouble(), 1e-6);
    assertEquals(0.25, box.get("xmin").getAsDouble(), 1e-6);
    assertEquals(0.25, box.get("ymax").getAsDouble(), 1e-6);
    assertEquals("class 0", box.get("label").getAsString());
  }

  private static CommandRun watching(byte[] camera, Object... args) {
    InputStream before = System.in;
    System.setIn(new ByteArrayInputStream(camera));
    try {
      return CommandRun.of(args);
    } finally {
      System.setIn(before);
    }
  }

  private byte[] jpeg() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(ImageIO.read(image.toFile()), "jpeg", bytes);
    return bytes.toByteArray();
  }

  @Test
  void framesOfACameraAreReadUntilTheyEnd() throws Exception {
    byte[] picture = jpeg();
    ByteArrayOutputStream camera = new ByteArrayOutputStream();
    for (int i = 0; i < 5; i++) {
      camera.writeBytes(picture);
    }
    Path numbered = folder.resolve("frame%d.png");
    CommandRun run = watching(camera.toByteArray(), "detect", model, "-", "-o", numbered);
    assertEquals(0, run.code(), run.err());
    assertTrue(run.out().contains("frame 5: 2 found"), run.out());
    assertTrue(run.out().matches("(?s).*5 frames, .* a second, .*"), run.out());
    assertEquals(128, ImageIO.read(folder.resolve("frame5.png").toFile()).getWidth());
    run = watching(camera.toByteArray(), "detect", model, "-", "--json", "--count", "2");
    List<String> lines = run.out().lines().toList();
    assertEquals(2, lines.size());
    JsonObject second = JsonParser.parseString(lines.get(1)).getAsJsonObject();
    assertEquals(2, second.get("frame").getAsInt());
    assertEquals(2, second.getAsJsonArray("detections").size());
    run = watching(camera.toByteArray(), "detect", model, "-", "--newest");
    assertTrue(run.out().contains("left out as too many"), run.out());
  }

  @Test
  void rawFramesNeedTheirSize() {
    byte[] camera = new byte[2 * 128 * 128];
    for (int i = 0; i < 256; i++) {
      camera[128 * (16 + i / 16) + 32 + i % 16] = (byte) 255;
    }
    CommandRun run =
        watching(camera, "detect", model, "-", "--frames", "gray", "--size", "128x128");
    assertTrue(run.out().contains("frame 1: 1 found"), run.out());
    assertTrue(run.out().contains("frame 2: 0 found"), run.out());
    run = watching(camera, "detect", model, "-", "--frames", "gray");
    assertEquals(2, run.code());
    run = watching(camera, "detect", model, "-", "--frames", "h264");
    assertTrue(run.err().contains("mjpeg, y4m, rgb24"), run.err());
    run = watching(camera, "detect", model, "-");
    assertEquals(1, run.code());
    assertTrue(run.err().contains("raw frames need format and size"), run.err());
    assertEquals(2, CommandRun.of("detect", model, image, "--newest").code());
  }

  @Test
  void aModelWithoutPostProcessingIsToldSo() throws Exception {
    String line =
        CommandRun.failed(1, "detect", ShippedFiles.copy(folder, "digits_int8.tflite"), image);
    assertTrue(line.contains("TFLite_Detection_PostProcess"), line);
    Path empty = Files.writeString(folder.resolve("none.txt"), "");
    line = CommandRun.failed(1, "detect", model, image, "--labels", empty);
    assertTrue(line.contains("holds 0 labels"), line);
  }
}
