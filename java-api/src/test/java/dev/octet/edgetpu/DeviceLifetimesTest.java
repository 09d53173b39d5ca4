// SPDX-License-Identifier: Apache-2.0
package dev.octet.edgetpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.DelegateException;
import dev.octet.EdgeTpu;
import dev.octet.Interpreter;
import dev.octet.InterpreterOptions;
import dev.octet.Model;
import dev.octet.TensorType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who holds a simulated device, how long, and what several interpreters do to one another. */
final class DeviceLifetimesTest {
  private SimulatedEdgeTpu simulated;
  private TwinServer server;

  /** y[i] = x[i] + the number that the output's name ends with. */
  private static void add(TwinServer.Request request) {
    byte[] x = request.inputs().get(0).bytes();
    TwinServer.Part y = request.outputs().get(0);
    int number = Integer.parseInt(y.name().substring(1));
    for (int i = 0; i < y.bytes().length; i++) {
      y.bytes()[i] = (byte) (x[i] + number);
    }
  }

  @BeforeEach
  void start() throws IOException {
    simulated = new SimulatedEdgeTpu("104_72");
    server = new TwinServer(simulated.socket(), DeviceLifetimesTest::add);
    simulated.settings(SimulatedEdgeTpu.STICK, "socket " + simulated.socket());
  }

  @AfterEach
  void stop() throws IOException {
    if (simulated != null) {
      server.close();
      simulated.close();
    }
  }

  private static Model adding(int number) {
    return Model.load(
        new CompiledModelWriter()
            .input("x", TensorType.UINT8, 1, 4)
            .output("y" + number, TensorType.UINT8, 1, 4)
            .token(number)
            .write());
  }

  private static byte[] run(Interpreter interpreter, int... x) {
    ByteBuffer input = interpreter.input(0).buffer();
    for (int each : x) {
      input.put((byte) each);
    }
    interpreter.run();
    byte[] y = new byte[x.length];
    interpreter.output(0).buffer().get(y);
    return y;
  }

  private static void assertAdds(int number, Interpreter interpreter) {
    byte n = (byte) number;
    assertArrayEquals(
        new byte[] {(byte) (n + 1), (byte) (n + 2), (byte) (n + 3), (byte) (n + 4)},
        run(interpreter, 1, 2, 3, 4));
  }

  @Test
  void severalModelsTakeTurnsOnOneDevice() throws IOException {
    try (EdgeTpu tpu = EdgeTpu.open("");
        Model ten = adding(10);
        Model twenty = adding(20)) {
      InterpreterOptions options = new InterpreterOptions().delegate(tpu);
      try (Interpreter first = ten.interpreter(options);
          Interpreter second = twenty.interpreter(options)) {
        assertAdds(10, first);
        assertAdds(10, first);
        assertAdds(20, second);
        assertAdds(10, first);
      }
    }
    simulated.assertAllFreed();
    assertEquals(1, simulated.trace("open").size());
    assertEquals(3, simulated.trace("load").size(), "parameters change places with the model");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void closingInAnyOrder(long seed) throws Exception {
    EdgeTpu tpu = EdgeTpu.open("usb:0");
    Model model = adding(7);
    InterpreterOptions options = new InterpreterOptions().delegate(tpu);
    Interpreter first = model.interpreter(options);
    Interpreter second = model.interpreter(options);
    List<AutoCloseable> order = new ArrayList<>(List.of(tpu, model, first, second));
    Collections.shuffle(order, new Random(seed));
    for (AutoCloseable each : order) {
      for (Interpreter running : List.of(first, second)) {
        if (order.indexOf(running) >= order.indexOf(each)
            && order.indexOf(model) >= order.indexOf(each)) {
          assertAdds(7, running);
        }
      }
      each.close();
      each.close();
    }
    simulated.assertAllFreed();
  }

  @Test
  void aThreadEach() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try (EdgeTpu tpu = EdgeTpu.open("");
        Model ten = adding(10);
        Model twenty = adding(20)) {
      List<Callable<Void>> work = new ArrayList<>();
      for (int number : new int[] {10, 20}) {
        work.add(
            () -> {
              Model model = number == 10 ? ten : twenty;
              for (int round = 0; round < 5; round++) {
                InterpreterOptions options = new InterpreterOptions().delegate(tpu);
                try (Interpreter interpreter = model.interpreter(options)) {
                  for (int run = 0; run < 20; run++) {
                    assertAdds(number, interpreter);
                  }
                }
              }
              return null;
            });
      }
      for (Future<Void> done : threads.invokeAll(work, 120, TimeUnit.SECONDS)) {
        done.get();
      }
    } finally {
      threads.shutdownNow();
    }
    simulated.assertAllFreed();
    assertEquals(200, simulated.trace("invoke").size());
    assertEquals(1, simulated.trace("open").size());
  }

  @Test
  void eachSampleOfABatchHasItsAnswer() throws IOException {
    try (EdgeTpu tpu = EdgeTpu.open("");
        Model model = adding(3);
        Interpreter interpreter = model.interpreter(new InterpreterOptions().delegate(tpu))) {
      interpreter.resize(0, 3, 4);
      assertArrayEquals(new int[] {3, 4}, interpreter.output(0).shape());
      byte[] expected = new byte[12];
      int[] x = new int[12];
      for (int i = 0; i < 12; i++) {
        x[i] = 10 * i;
        expected[i] = (byte) (10 * i + 3);
      }
      assertArrayEquals(expected, run(interpreter, x));
      interpreter.resize(0, 1, 4);
      assertAdds(3, interpreter);
    }
    simulated.assertAllFreed();
  }

  /** Version 13 takes the answer by the number of the output where that of the sample belongs. */
  @Test
  void aRuntimeThatMixesUpBatchesRunsNone() throws IOException {
    simulated.settings(SimulatedEdgeTpu.STICK, "runtime 13", "socket " + simulated.socket());
    try (EdgeTpu tpu = EdgeTpu.open("");
        Model model = adding(3);
        Interpreter interpreter = model.interpreter(new InterpreterOptions().delegate(tpu))) {
      DelegateException refused =
          assertThrows(DelegateException.class, () -> interpreter.resize(0, 3, 4));
      assertEquals(DelegateException.Reason.REFUSED, refused.reason());
      assertTrue(refused.getMessage().contains("one sample at a time"), refused.getMessage());
      assertAdds(3, interpreter);
    }
    simulated.assertAllFreed();
  }

  private void forget(EdgeTpu tpu, Model model) {
    assertAdds(5, model.interpreter(new InterpreterOptions().delegate(tpu)));
  }

  @Test
  void anInterpreterThatIsForgottenIsFreed() throws Exception {
    try (EdgeTpu tpu = EdgeTpu.open("");
        Model model = adding(5)) {
      forget(tpu, model);
      for (int wait = 0; wait < 200 && simulated.trace("free k1").isEmpty(); wait++) {
        System.gc();
        Thread.sleep(20);
      }
      assertEquals(1, simulated.trace("free k1").size());
    }
    for (int wait = 0; wait < 200 && simulated.trace("close").isEmpty(); wait++) {
      Thread.sleep(20);
    }
    simulated.assertAllFreed();
  }

  @Test
  void reasonsOfTheDeviceArriveAsTheyAre() throws IOException {
    try (EdgeTpu tpu = EdgeTpu.open("");
        Model model = adding(5);
        Interpreter interpreter = model.interpreter(new InterpreterOptions().delegate(tpu))) {
      simulated.settings(SimulatedEdgeTpu.STICK, "fail invoke 100%n of %s, %d");
      String message = "";
      try {
        interpreter.run();
      } catch (DelegateException e) {
        message = e.getMessage();
      }
      assertTrue(message.contains("Failed to execute request. 100%n of %s, %d"), message);
      simulated.settings(SimulatedEdgeTpu.STICK, "socket " + simulated.socket());
      assertAdds(5, interpreter);
    }
    simulated.assertAllFreed();
  }

  @Test
  void aPackageThatIsRefusedLeavesNothingBehind() throws IOException {
    byte[] tooNew =
        new CompiledModelWriter()
            .input("x", TensorType.UINT8, 1, 4)
            .output("y1", TensorType.UINT8, 1, 4)
            .minRuntimeVersion(15)
            .write();
    try (EdgeTpu tpu = EdgeTpu.open("");
        Model model = Model.load(tooNew);
        Model good = adding(1)) {
      InterpreterOptions options = new InterpreterOptions().delegate(tpu);
      for (int i = 0; i < 3; i++) {
        try (Interpreter none = model.interpreter(options)) {
          assertTrue(false, "made " + none);
        } catch (DelegateException e) {
          assertEquals(DelegateException.Reason.RUNTIME_TOO_OLD, e.reason());
        }
      }
      try (Interpreter interpreter = good.interpreter(options)) {
        assertAdds(1, interpreter);
      }
    }
    simulated.assertAllFreed();
    assertEquals(List.of("close usb /bus/2-1"), simulated.trace("close"));
  }
}
