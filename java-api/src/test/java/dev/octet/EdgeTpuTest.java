// SPDX-License-Identifier: Apache-2.0
package dev.octet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.DelegateException.Reason;
import dev.octet.EdgeTpu.Device;
import dev.octet.EdgeTpu.Type;
import dev.octet.EdgeTpuOptions.Performance;
import dev.octet.delegate.Simulators;
import dev.octet.edgetpu.CompiledModelWriter;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Table;
import dev.octet.tflite.TestModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link EdgeTpu} on a simulated device. */
final class EdgeTpuTest {
  private static final String PROPERTY = "dev.octet.edgetpu.library";
  private static final String STICK = "device usb /sys/bus/usb/devices/2-1\n";
  private static final String TWO_STICKS = STICK + "device usb /sys/bus/usb/devices/2-2\n";
  private static final String CARD = "device pci /dev/apex_0\n";

  @TempDir Path folder;
  private String before;

  @BeforeEach
  void useTheSimulator() throws IOException {
    before = System.getProperty(PROPERTY);
    Path library = folder.resolve("libtpu.so");
    Files.copy(Simulators.require("libedgetpu_simulator_112_88.so"), library);
    System.setProperty(PROPERTY, library.toString());
  }

  @AfterEach
  void restore() {
    if (before == null) {
      System.clearProperty(PROPERTY);
    } else {
      System.setProperty(PROPERTY, before);
    }
  }

  /** Says what the world is like, from the next call on. */
  private void world(String settings) throws IOException {
    String trace = "trace " + folder.resolve("trace") + "\nseed 7\n";
    Files.writeString(folder.resolve("libtpu.conf"), settings + trace);
  }

  private List<String> trace() throws IOException {
    return Files.readAllLines(folder.resolve("trace"));
  }

  private static DelegateException refusal(Reason reason, String words, Executable what) {
    DelegateException error = assertThrows(DelegateException.class, what);
    assertEquals(reason, error.reason(), error.getMessage());
    assertTrue(error.getMessage().contains(words), error.getMessage());
    return error;
  }

  private static CompiledModelWriter compiled() {
    return new CompiledModelWriter()
        .input("x", TensorType.UINT8, 1, 16)
        .output("y", TensorType.UINT8, 1, 8);
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  private static Model model(CompiledModelWriter compiled) {
    return Model.load("compiled.tflite", bytes(compiled.model().write()));
  }

  private static byte[] answer(Interpreter interpreter, int x) {
    byte[] input = new byte[interpreter.input(0).buffer().remaining()];
    Arrays.fill(input, (byte) x);
    interpreter.input(0).set(input);
    interpreter.run();
    return bytes(interpreter.output(0).buffer());
  }

  @Test
  void devicesAndTheVersionAreTheLibrarys() throws IOException {
    world(CARD + STICK + "runtime 13\n");
    assertTrue(EdgeTpu.isAvailable());
    assertEquals(
        List.of(
            new Device(Type.PCI, "/dev/apex_0"), new Device(Type.USB, "/sys/bus/usb/devices/2-1")),
        EdgeTpu.devices());
    assertTrue(EdgeTpu.runtimeVersion().contains("RuntimeVersion("), EdgeTpu.runtimeVersion());
    assertThrows(IllegalArgumentException.class, () -> EdgeTpu.verbosity(11));
  }

  @ParameterizedTest
  @CsvSource({
    "'', /dev/apex_0",
    ":1, /sys/bus/usb/devices/2-1",
    ":2, /sys/bus/usb/devices/2-2",
    "usb, /sys/bus/usb/devices/2-1",
    "usb:1, /sys/bus/usb/devices/2-2",
    "pci, /dev/apex_0",
    "pci:0, /dev/apex_0"
  })
  void aDeviceIsFoundByTypeAndNumber(String device, String path) throws IOException {
    world(CARD + TWO_STICKS);
    try (EdgeTpu tpu = EdgeTpu.open(device)) {
      assertEquals(path, tpu.device().path());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpu", "usb:", "usb:-1", "0", "usb:0 ", "/dev/apex_0", ":99999"})
  void otherNamesOfDevicesAreRefused(String device) throws IOException {
    world(CARD + TWO_STICKS);
    assertThrows(IllegalArgumentException.class, () -> EdgeTpu.open(device));
  }

  @Test
  void noDeviceAndNotThatDeviceAreToldApart() throws IOException {
    world("");
    refusal(Reason.NO_DEVICE, "plugged in", () -> EdgeTpu.open(""));
    world(TWO_STICKS);
    refusal(Reason.NO_DEVICE, "PCIe Edge TPU here, only [usb", () -> EdgeTpu.open("pci"));
    refusal(Reason.NOT_LISTED, "number 2", () -> EdgeTpu.open("usb:2"));
  }

  @Test
  void aDeviceThatIsHeldOrForbiddenIsNotOpenable() throws IOException {
    world(STICK + "refuse /sys/bus/usb/devices/2-1\n");
    refusal(Reason.NOT_OPENABLE, "plugdev", () -> EdgeTpu.open("usb"));
  }

  @Test
  void optionsReachTheLibrary() throws IOException {
    world(STICK);
    EdgeTpuOptions options =
        new EdgeTpuOptions()
            .performance(Performance.LOW)
            .usbAlwaysDfu(false)
            .usbMaxBulkInQueueLength(8);
    EdgeTpu.open("usb", options).close();
    String created =
        "create usb /sys/bus/usb/devices/2-1"
            + " Performance=Low Usb.AlwaysDfu=False Usb.MaxBulkInQueueLength=8 -> d1";
    assertTrue(trace().contains(created), () -> traceText());
    assertThrows(
        IllegalArgumentException.class, () -> new EdgeTpuOptions().usbMaxBulkInQueueLength(257));
  }

  private String traceText() {
    try {
      return String.join("\n", trace());
    } catch (IOException e) {
      return e.toString();
    }
  }

  @Test
  void librariesThatAreNoneSaySo() throws IOException {
    System.setProperty(PROPERTY, folder.resolve("libnone.so").toString());
    DelegateException missing =
        refusal(Reason.LIBRARY_MISSING, "No such file", () -> EdgeTpu.devices());
    assertTrue(missing.getMessage().contains(PROPERTY), missing.getMessage());
    assertFalse(EdgeTpu.isAvailable());
    assertNotNull(EdgeTpu.unavailabilityCause());
    Path text = Files.writeString(folder.resolve("libtext.so"), "no library at all\n".repeat(9));
    System.setProperty(PROPERTY, text.toString());
    refusal(Reason.LIBRARY_UNSUITABLE, "invalid ELF header", () -> EdgeTpu.open(""));
    System.setProperty(PROPERTY, Simulators.require("libxnnpack_plugin.so").toString());
    refusal(Reason.LIBRARY_UNSUITABLE, "is not libedgetpu", () -> EdgeTpu.open(""));
    System.setProperty(PROPERTY, Simulators.require("liboctet.so").toString());
    refusal(Reason.LIBRARY_UNSUITABLE, "exports neither", () -> EdgeTpu.open(""));
  }

  @Test
  void aModelRunsAndAllIsFreedInOrder() throws IOException {
    world(STICK);
    byte[] first;
    try (EdgeTpu tpu = EdgeTpu.open("usb");
        Model model = model(compiled())) {
      InterpreterOptions options = new InterpreterOptions().delegate(tpu);
      try (Interpreter one = model.interpreter(options);
          Interpreter other = model.interpreter(options)) {
        first = answer(one, 1);
        assertFalse(Arrays.equals(first, answer(one, 2)));
        assertArrayEquals(first, answer(other, 1));
        Profile.Entry entry = one.profile(1).entries().get(0);
        assertEquals("edgetpu-custom-op", entry.operator());
        assertEquals("edgetpu", entry.kernel());
      }
    }
    List<String> trace = trace();
    assertTrue(trace.stream().noneMatch(line -> line.startsWith("VIOLATION")), () -> traceText());
    for (String order : List.of("free k1,free_delegate d2", "free k2,free_delegate d3")) {
      String[] both = order.split(",");
      assertTrue(trace.indexOf(both[0]) >= 0, () -> traceText());
      assertTrue(trace.indexOf(both[0]) < trace.indexOf(both[1]), () -> traceText());
    }
    assertTrue(trace.contains("free_delegate d1"), () -> traceText());
    assertEquals("close usb /sys/bus/usb/devices/2-1", trace.get(trace.size() - 1));
  }

  @Test
  void moreRowsAreABatch() throws IOException {
    world(STICK);
    try (EdgeTpu tpu = EdgeTpu.open("usb");
        Model model = model(compiled());
        Interpreter interpreter = model.interpreter(new InterpreterOptions().delegate(tpu))) {
      byte[] one = answer(interpreter, 5);
      interpreter.resize(0, 3, 16);
      byte[] three = answer(interpreter, 5);
      assertEquals(3 * one.length, three.length);
      assertArrayEquals(one, Arrays.copyOf(three, one.length));
    }
    assertTrue(trace().stream().noneMatch(line -> line.startsWith("VIOLATION")), this::traceText);
  }

  @Test
  void octetComputesWhatIsAroundTheDevicesOperator() throws IOException {
    world(STICK);
    TestModel around = new TestModel();
    TestModel.Graph graph = around.graph();
    int x = graph.input("x", TensorType.UINT8, 1, 16);
    int made = graph.tensor("made", TensorType.UINT8, 1, 8);
    int y = graph.output("y", TensorType.UINT8, 2, 4);
    int shape = graph.constant("shape", TensorType.INT32, TestModel.ints(2, 4), 2);
    compiled().addTo(graph, new int[] {x}, new int[] {made});
    graph.operator(
        BuiltinOperator.RESHAPE,
        1,
        Table.of("ReshapeOptions"),
        new int[] {made, shape},
        new int[] {y});
    try (EdgeTpu tpu = EdgeTpu.open("usb");
        Model model = Model.load(around.write());
        Model bare = model(compiled());
        Interpreter reshaped = model.interpreter(new InterpreterOptions().delegate(tpu));
        Interpreter plain = bare.interpreter(new InterpreterOptions().delegate(tpu))) {
      byte[] answer = answer(reshaped, 3);
      assertEquals(8, answer.length);
      assertFalse(Arrays.equals(new byte[8], answer));
      assertEquals(plain.output(0).buffer().remaining(), answer.length);
    }
  }

  @Test
  void refusalsOfTheLibraryHaveTheirReasons() throws IOException {
    world(STICK + "runtime 13\n");
    try (EdgeTpu tpu = EdgeTpu.open("usb")) {
      InterpreterOptions options = new InterpreterOptions().delegate(tpu);
      refusal(
          Reason.RUNTIME_TOO_OLD,
          "Package requires runtime version (14)",
          () -> model(compiled().minRuntimeVersion(14)).interpreter(options));
      TestModel corrupt = new TestModel();
      TestModel.Graph graph = corrupt.graph();
      int x = graph.input("x", TensorType.UINT8, 1, 16);
      int y = graph.output("y", TensorType.UINT8, 1, 8);
      ByteBuffer zeros = CompiledModelWriter.options(ByteBuffer.allocate(4096));
      graph.custom("edgetpu-custom-op", zeros, new int[] {x}, new int[] {y});
      refusal(
          Reason.CORRUPT_PACKAGE,
          "Package verification failed",
          () -> Model.load(corrupt.write()).interpreter(options));
      TestModel wrong = new TestModel();
      TestModel.Graph signed = wrong.graph();
      int a = signed.input("x", TensorType.INT8, 1, 16);
      int b = signed.output("y", TensorType.UINT8, 1, 8);
      compiled().addTo(signed, new int[] {a}, new int[] {b});
      refusal(
          Reason.WRONG_TYPE,
          "tf_lite_type != kTfLiteUInt8 (9 != 3)",
          () -> Model.load(wrong.write()).interpreter(options));
      refusal(
          Reason.NOT_COMPILED,
          "edgetpu_compiler",
          () -> Model.load(Fixtures.linear()).interpreter(options));
      world(STICK + "fail prepare the device is upside down\n");
      refusal(Reason.REFUSED, "upside down", () -> model(compiled()).interpreter(options));
    }
  }

  @Test
  void aRunThatFailsLeavesTheInterpreterUsable() throws IOException {
    world(STICK);
    try (EdgeTpu tpu = EdgeTpu.open("usb");
        Model model = model(compiled());
        Interpreter interpreter = model.interpreter(new InterpreterOptions().delegate(tpu))) {
      byte[] first = answer(interpreter, 1);
      world(STICK + "fail invoke it is too hot\n");
      refusal(Reason.RUN, "it is too hot", interpreter::run);
      world(STICK);
      assertArrayEquals(first, answer(interpreter, 1));
    }
  }

  @Test
  void theDeadlineIsAskedBeforeTheDevice() throws IOException {
    world(STICK);
    try (EdgeTpu tpu = EdgeTpu.open("usb");
        Model model = model(compiled());
        Interpreter interpreter = model.interpreter(new InterpreterOptions().delegate(tpu))) {
      interpreter.deadline(Duration.ofNanos(1));
      InferenceException error = assertThrows(InferenceException.class, interpreter::run);
      assertEquals(InferenceException.Kind.DEADLINE_EXCEEDED, error.kind());
      assertTrue(trace().stream().noneMatch(line -> line.startsWith("invoke")), this::traceText);
      interpreter.deadline(Duration.ZERO);
      interpreter.run();
      assertTrue(trace().stream().anyMatch(line -> line.startsWith("invoke")), this::traceText);
    }
  }

  @Test
  void withoutADelegateTheOperatorSaysWhatItNeeds() {
    try (Model model = model(compiled())) {
      UnsupportedOperatorException error =
          assertThrows(UnsupportedOperatorException.class, () -> model.interpreter());
      assertTrue(error.getMessage().contains("--device"), error.getMessage());
    }
  }
}
