// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.octet.TensorType;
import dev.octet.edgetpu.CompiledModelWriter;
import dev.octet.tflite.TfliteReader;
import dev.octet.toolkit.SharedFolder;
import dev.octet.toolkit.ShippedFiles;
import dev.octet.toolkit.edgetpu.SimulatedEdgeTpu;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code --device} of the commands that run a model, on a simulated Edge TPU. */
class DeviceCommandsTest {
  @TempDir Path directory;
  private Path twin;
  private Path compiled;

  @BeforeEach
  void models() throws IOException {
    twin = ShippedFiles.copy(directory, "digits_int8.tflite");
    compiled =
        Files.write(
            directory.resolve("digits_int8_edgetpu.tflite"),
            CompiledModelWriter.of(TfliteReader.map(twin)).write());
  }

  private static void nothingBroken(SimulatedEdgeTpu tpu) throws IOException {
    List<String> calls = tpu.calls();
    assertTrue(
        calls.stream().noneMatch(each -> each.matches("(VIOLATION|abort|error).*")),
        calls.toString());
  }

  @Test
  void runGivesWhatTheCpuGives() throws IOException {
    Path here = directory.resolve("here");
    Path there = directory.resolve("there");
    CommandRun.good("run", twin, "--output", here, "--seed", "7");
    try (SimulatedEdgeTpu tpu = SimulatedEdgeTpu.start(directory).answering(twin)) {
      CommandRun.good("run", compiled, "--output", there, "--seed", "7", "--device", "usb:0");
      assertTrue(tpu.calls().stream().anyMatch(each -> each.startsWith("invoke")));
      assertTrue(tpu.calls().get(tpu.calls().size() - 1).startsWith("close usb"), "not closed");
      nothingBroken(tpu);
    }
    assertArrayEquals(
        Files.readAllBytes(here.resolve("0.bin")), Files.readAllBytes(there.resolve("0.bin")));
  }

  private Path file(String name, ByteBuffer contents) throws IOException {
    byte[] bytes = new byte[contents.remaining()];
    contents.get(bytes);
    return Files.write(directory.resolve(name), bytes);
  }

  private Path picture(int size) throws IOException {
    BufferedImage image = new BufferedImage(size, size, BufferedImage.TYPE_BYTE_GRAY);
    for (int y = size / 4; y < size / 2; y++) {
      for (int x = size / 4; x < size / 2; x++) {
        image.setRGB(x, y, 0xffffff);
      }
    }
    Path file = directory.resolve("picture.png");
    ImageIO.write(image, "png", file.toFile());
    return file;
  }

  @Test
  void detectFindsWhatTheCpuFinds() throws IOException {
    Path detector = file("detector.tflite", DetectorModel.file());
    Path onDevice = file("detector_edgetpu.tflite", DetectorModel.compiled());
    Path part = file("part.tflite", DetectorModel.compiledPart());
    Path picture = picture(64);
    String here = CommandRun.good("detect", detector, picture).out();
    assertTrue(here.contains(" 4 found"), here);
    try (SimulatedEdgeTpu tpu = SimulatedEdgeTpu.start(directory).answering(part)) {
      assertEquals(here, CommandRun.good("detect", onDevice, picture, "--device", "usb:0").out());
      assertTrue(tpu.calls().stream().anyMatch(each -> each.startsWith("invoke")));
      nothingBroken(tpu);
    }
  }

  @Test
  void workersOfALoadShareTheDevice() throws IOException {
    try (SimulatedEdgeTpu tpu = SimulatedEdgeTpu.start(directory)) {
      JsonObject load =
          CommandRun.good(
                  "bench",
                  compiled,
                  "--load",
                  "100",
                  "--duration",
                  "0.3",
                  "--workers",
                  "2",
                  "--device",
                  "usb:0",
                  "--json")
              .json()
              .getAsJsonObject()
              .getAsJsonObject("load");
      assertEquals(0, load.get("unanswered").getAsInt(), load.toString());
      assertEquals(1, tpu.calls().stream().filter(each -> each.startsWith("open ")).count());
      nothingBroken(tpu);
    }
  }

  @Test
  void classifySeesWhatTheCpuSees() throws IOException {
    Path picture = picture(28);
    String here = CommandRun.good("classify", twin, picture).out();
    try (SimulatedEdgeTpu tpu = SimulatedEdgeTpu.start(directory).answering(twin)) {
      assertEquals(here, CommandRun.good("classify", compiled, picture, "--device", "usb").out());
      nothingBroken(tpu);
    }
  }

  @Test
  void optionsReachTheLibrary() throws IOException {
    try (SimulatedEdgeTpu tpu = SimulatedEdgeTpu.start(directory)) {
      CommandRun.good(
          "run",
          compiled,
          "--device",
          ":0",
          "--edgetpu-performance",
          "low",
          "--edgetpu-always-dfu",
          "--edgetpu-bulk-in-queue",
          "64");
      String open =
          tpu.calls().stream().filter(each -> each.startsWith("open")).findFirst().orElseThrow();
      assertTrue(
          open.contains("Performance=Low Usb.AlwaysDfu=True Usb.MaxBulkInQueueLength=64"), open);
      nothingBroken(tpu);
    }
  }

  @Test
  void benchTellsTheFirstRunApart() throws IOException {
    try (SimulatedEdgeTpu tpu =
        SimulatedEdgeTpu.start(
            directory, "device usb " + SimulatedEdgeTpu.STICK, "load-millis 60", "run-millis 1")) {
      JsonObject report =
          CommandRun.good("bench", compiled, "--seconds", "0.1", "--device", "usb:0", "--json")
              .json()
              .getAsJsonObject();
      assertEquals("usb:0", report.get("device").getAsString());
      assertTrue(report.get("first_us").getAsDouble() > 60_000, report.toString());
      assertTrue(report.get("p50_us").getAsDouble() >= 1000, report.toString());
      assertTrue(report.get("p50_us").getAsDouble() < 60_000, report.toString());
      String text =
          CommandRun.good("bench", compiled, "--seconds", "0.05", "--device", "usb:0").out();
      assertTrue(text.contains("Edge TPU usb:0") && text.contains("first run: "), text);
      nothingBroken(tpu);
    }
    JsonObject plain =
        CommandRun.good("bench", twin, "--seconds", "0.02", "--json").json().getAsJsonObject();
    assertTrue(plain.get("first_us").isJsonNull() && plain.get("device").isJsonNull());
  }

  @Test
  void benchPutsTheTwinBeside() throws IOException {
    try (SimulatedEdgeTpu tpu = SimulatedEdgeTpu.start(directory).answering(twin)) {
      Object[] command = {
        "bench", compiled, "--twin", twin, "--seconds", "0.2", "--device", "usb:0"
      };
      String text = CommandRun.good(command).out();
      for (String word :
          List.of(
              "in turn", "Edge TPU  ", "CPU, twin  ", "ratio of medians", "numbers are equal")) {
        assertTrue(text.contains(word), text);
      }
      nothingBroken(tpu);
    }
    try (SimulatedEdgeTpu tpu = SimulatedEdgeTpu.start(directory)) {
      JsonObject report =
          CommandRun.good(
                  "bench",
                  compiled,
                  "--twin",
                  twin,
                  "--seconds",
                  "0.1",
                  "--device",
                  "usb:0",
                  "--json")
              .json()
              .getAsJsonObject();
      JsonObject other = report.getAsJsonObject("twin");
      assertEquals(twin.toString(), other.get("model").getAsString());
      assertEquals(report.get("runs").getAsInt(), other.get("runs").getAsInt());
      assertEquals(
          other.get("p50_us").getAsDouble() / report.get("p50_us").getAsDouble(),
          report.get("twin_p50_over_device_p50").getAsDouble(),
          1e-9);
      int differ = report.get("output_numbers_that_differ").getAsInt();
      assertTrue(differ > 0, "seeded answers are not the model's: " + report);
      assertTrue(report.get("largest_output_difference").getAsDouble() > 0, report.toString());
      nothingBroken(tpu);
    }
  }

  @Test
  void aTwinOfAnotherShapeIsRefused() throws IOException {
    Path other =
        Files.write(
            directory.resolve("other.tflite"),
            new CompiledModelWriter()
                .input("x", TensorType.INT8, 1, 9)
                .output("y", TensorType.INT8, 1, 3)
                .write());
    try (SimulatedEdgeTpu tpu = SimulatedEdgeTpu.start(directory)) {
      String line =
          CommandRun.failed(1, "bench", other, "--twin", twin, "--device", "usb", "--seconds", "1");
      assertTrue(line.contains("is it the one that MODEL was compiled from?"), line);
      nothingBroken(tpu);
    }
  }

  @Test
  void wrongUsage() {
    assertTrue(
        CommandRun.failed(2, "bench", compiled, "--twin", twin).contains("--twin goes with"));
    assertTrue(
        CommandRun.failed(2, "run", compiled, "--device", "gpu")
            .contains("--device: device 'gpu'"));
    assertTrue(
        CommandRun.failed(2, "run", compiled, "--edgetpu-performance", "low")
            .contains("needs --device"));
    assertTrue(
        CommandRun.failed(2, "run", compiled, "--device", "usb", "--edgetpu-performance", "warp")
            .contains("low, medium, high or max"));
    assertTrue(
        CommandRun.failed(2, "run", compiled, "--device", "usb", "--edgetpu-bulk-in-queue", "257")
            .contains("not 0 to 256"));
  }

  @Test
  void failuresAreOneLineInPlainWords() throws IOException {
    assertTrue(
        CommandRun.failed(1, "run", compiled).contains("--device"), "what would run it is told");
    try (SimulatedEdgeTpu tpu = SimulatedEdgeTpu.start(directory)) {
      String line = CommandRun.failed(1, "run", compiled, "--device", "usb:1");
      assertTrue(line.contains("usb:1") && line.contains(SimulatedEdgeTpu.STICK), line);
      line = CommandRun.failed(1, "run", compiled, "--device", "pci");
      assertTrue(line.startsWith("octet: there is no PCIe Edge TPU"), line);
      assertTrue(line.endsWith("(octet edgetpu doctor tells more)"), line);
      line = CommandRun.failed(1, "run", twin, "--device", "usb");
      assertTrue(line.contains("has no operator edgetpu-custom-op"), line);
      assertFalse(tpu.calls().stream().anyMatch(each -> each.startsWith("VIOLATION")));
    }
    try (SimulatedEdgeTpu tpu =
        SimulatedEdgeTpu.start(
            directory,
            "device usb " + SimulatedEdgeTpu.STICK,
            "refuse " + SimulatedEdgeTpu.STICK)) {
      String line = CommandRun.failed(1, "detect", compiled, "absent.png", "--device", "usb");
      assertTrue(line.contains("permission") || line.contains("open"), line);
    }
    System.setProperty(SimulatedEdgeTpu.PROPERTY, directory.resolve("no.so").toString());
    try {
      String line = CommandRun.failed(1, "bench", compiled, "--device", "usb");
      assertTrue(line.contains("no.so") && line.contains("libedgetpu1-std"), line);
    } finally {
      System.clearProperty(SimulatedEdgeTpu.PROPERTY);
    }
  }

  @Test
  void aPublishedModelAndItsTwin() throws IOException {
    Path published = SharedFolder.file("models/mobilenet_v1_0.25_128_quant_edgetpu.tflite");
    Path plain = SharedFolder.file("models/mobilenet_v1_0.25_128_quant.tflite");
    try (SimulatedEdgeTpu tpu = SimulatedEdgeTpu.start(directory).answering(plain)) {
      String text =
          CommandRun.good(
                  "bench", published, "--twin", plain, "--seconds", "0.2", "--device", "usb:0")
              .out();
      assertTrue(text.contains("all 1,001 numbers are equal"), text);
      nothingBroken(tpu);
    }
  }
}
