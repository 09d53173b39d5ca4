// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.octet.TensorType;
import dev.octet.edgetpu.CompiledModelWriter;
import dev.octet.toolkit.ShippedFiles;
import dev.octet.toolkit.edgetpu.SimulatedEdgeTpu;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code octet edgetpu doctor} on trees that look like a machine, and a simulated library. */
class EdgeTpuDoctorCommandTest {
  @TempDir Path directory;

  /** A tree with one stick at {@link SimulatedEdgeTpu#STICK}. */
  private Path machine(String speed) throws IOException {
    Path root = Files.createTempDirectory(directory, "root");
    Path stick = root.resolve("sys/bus/usb/devices/2-1");
    Files.createDirectories(stick);
    Files.writeString(stick.resolve("idVendor"), "18d1\n");
    Files.writeString(stick.resolve("idProduct"), "9302\n");
    Files.writeString(stick.resolve("speed"), speed + "\n");
    Files.writeString(stick.resolve("busnum"), "2\n");
    Files.writeString(stick.resolve("devnum"), "5\n");
    Path node = root.resolve("dev/bus/usb/002/005");
    Files.createDirectories(node.getParent());
    Files.writeString(node, "");
    return root;
  }

  private Path compiled(int runtime) throws IOException {
    return Files.write(
        directory.resolve("m_edgetpu.tflite"),
        new CompiledModelWriter()
            .input("x", TensorType.UINT8, 1, 8, 8, 3)
            .output("y", TensorType.UINT8, 1, 10)
            .minRuntimeVersion(runtime)
            .parameters(5000, 300)
            .write());
  }

  private static void has(String text, String... words) {
    for (String word : words) {
      assertTrue(text.contains(word), "'" + word + "' is not in\n" + text);
    }
  }

  private static CommandRun doctor(int code, Object... args) {
    Object[] all = new Object[args.length + 2];
    all[0] = "edgetpu";
    all[1] = "doctor";
    System.arraycopy(args, 0, all, 2, args.length);
    CommandRun run = CommandRun.of(all);
    assertEquals("", run.err());
    assertEquals(code, run.code(), run.out());
    return run;
  }

  @Test
  void aDeviceThatCanBeUsed() throws IOException {
    try (SimulatedEdgeTpu tpu = SimulatedEdgeTpu.start(directory)) {
      String out = doctor(0, "--root", machine("5000")).out();
      has(
          out,
          "ok    octet",
          "runtime 14",
          "USB 3 (5000 Mbit/s)",
          "usb:0 = " + SimulatedEdgeTpu.STICK,
          "ok    open",
          "An Edge TPU can be used.");
      assertFalse(out.contains("FAULT"), out);
      List<String> calls = tpu.calls();
      assertEquals("close usb " + SimulatedEdgeTpu.STICK, calls.get(calls.size() - 1));
    }
  }

  @Test
  void aModelThatFits() throws IOException {
    try (SimulatedEdgeTpu tpu = SimulatedEdgeTpu.start(directory)) {
      String out = doctor(0, compiled(14), "--root", machine("480")).out();
      has(
          out,
          "note  usb",
          "USB 2 (480 Mbit/s)",
          "1 compiled operator",
          "'x' UINT8 [1, 8, 8, 3]",
          "needs runtime 14, this one is 14",
          "300 are sent at every run",
          "An Edge TPU can be used.");
      assertTrue(tpu.calls().stream().noneMatch(each -> each.startsWith("invoke")), "was run");
      assertTrue(tpu.calls().stream().anyMatch(each -> each.startsWith("register")), "not taken");
    }
  }

  @Test
  void whatIsWrongWithAModelKeepsTheDeviceClosed() throws IOException {
    try (SimulatedEdgeTpu tpu =
        SimulatedEdgeTpu.start(directory, "device usb " + SimulatedEdgeTpu.STICK, "runtime 13")) {
      Path root = machine("5000");
      has(doctor(3, compiled(14), "--root", root).out(), "FAULT runtime", "only 13");
      Path plain = ShippedFiles.copy(directory, "digits_int8.tflite");
      has(doctor(3, plain, "--root", root).out(), "FAULT model", "was not compiled");
      byte[] damaged = Files.readAllBytes(compiled(13));
      // where the package's root is told: far beyond its end
      int at = new String(damaged, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf("DWN1");
      damaged[at - 1] = 0x7f;
      Path broken = Files.write(directory.resolve("broken.tflite"), damaged);
      has(doctor(3, broken, "--root", root).out(), "FAULT model", "is damaged");
      assertTrue(tpu.calls().stream().noneMatch(each -> each.startsWith("open")));
    }
  }

  @Test
  void noLibrary() throws IOException {
    System.setProperty(SimulatedEdgeTpu.PROPERTY, "libedgetpu.so.absent");
    try {
      String out = doctor(3, "--root", machine("5000")).out();
      has(
          out,
          "FAULT library",
          "libedgetpu.so.absent: cannot open shared object file",
          "sudo apt install libedgetpu1-std",
          "18d1:9302",
          "No Edge TPU can be used: one fault, see above.");
    } finally {
      System.clearProperty(SimulatedEdgeTpu.PROPERTY);
    }
  }

  @Test
  void listedAndNotOpened() throws IOException {
    try (SimulatedEdgeTpu tpu =
        SimulatedEdgeTpu.start(
            directory,
            "device usb " + SimulatedEdgeTpu.STICK,
            "refuse " + SimulatedEdgeTpu.STICK)) {
      JsonObject report = doctor(3, "--root", machine("5000"), "--json").json().getAsJsonObject();
      assertFalse(report.get("usable").getAsBoolean());
      assertEquals(1, report.get("faults").getAsInt());
      JsonObject last =
          report
              .getAsJsonArray("findings")
              .get(report.getAsJsonArray("findings").size() - 1)
              .getAsJsonObject();
      assertEquals("fault", last.get("kind").getAsString());
      assertEquals("open", last.get("subject").getAsString());
      assertTrue(last.getAsJsonArray("remedy").size() > 0);
    }
  }

  @Test
  void anotherDeviceThanThereIs() throws IOException {
    try (SimulatedEdgeTpu tpu = SimulatedEdgeTpu.start(directory)) {
      has(
          doctor(3, "--root", machine("5000"), "--device", "usb:3").out(),
          "FAULT list",
          "--device usb:3 is not among");
      assertTrue(tpu.calls().stream().noneMatch(each -> each.startsWith("open")));
    }
  }

  @Test
  void nothingAtAll() throws IOException {
    try (SimulatedEdgeTpu tpu = SimulatedEdgeTpu.start(directory, "# no device")) {
      Path empty = Files.createDirectories(directory.resolve("empty"));
      has(
          doctor(3, "--root", empty).out(),
          "FAULT device",
          "no Edge TPU on USB or PCI",
          "no /dev/bus/usb at all");
    }
  }

  @Test
  void wrongUsage() throws IOException {
    String line = CommandRun.failed(2, "edgetpu", "doctor", "--device", "tpu0");
    assertTrue(line.startsWith("octet edgetpu doctor: --device: "), line);
    Path text = Files.writeString(directory.resolve("x.tflite"), "no model");
    assertTrue(CommandRun.failed(1, "edgetpu", "doctor", text).contains("x.tflite"));
    assertTrue(CommandRun.failed(2, "edgetpu").contains("which command?"));
    has(CommandRun.good("edgetpu", "--help").out(), "doctor");
    has(CommandRun.good("edgetpu", "doctor", "--help").out(), "Exit codes:", "MODEL");
  }
}
