// SPDX-License-Identifier: Apache-2.0
package dev.octet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Table;
import dev.octet.tflite.TestModel;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelTest {
  @TempDir Path folder;

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }

  private static float[] outputs(Model model) {
    try (model;
        Interpreter interpreter = model.interpreter()) {
      interpreter.input(0).set(new float[] {1, 1});
      interpreter.run();
      return interpreter.output(0).toFloats();
    }
  }

  @Test
  void loadsFromEverySource() throws Exception {
    byte[] bytes = bytes(Fixtures.linear());
    float[] expected = {3.5f, 6};
    Path file = Files.write(folder.resolve("linear.tflite"), bytes);
    assertArrayEquals(expected, outputs(Model.load(file)));
    assertArrayEquals(expected, outputs(Model.load(bytes)));
    assertArrayEquals(expected, outputs(Model.load(new ByteArrayInputStream(bytes))));
    ByteBuffer window = ByteBuffer.allocateDirect(bytes.length + 9);
    window.position(5).put(bytes).flip().position(5);
    assertArrayEquals(expected, outputs(Model.load(window)));
    assertEquals(5, window.position());
  }

  @Test
  void aModelDoesNotSeeLaterChangesOfAnArray() {
    byte[] bytes = bytes(Fixtures.linear());
    Model model = Model.load(bytes);
    java.util.Arrays.fill(bytes, (byte) 0);
    assertArrayEquals(new float[] {3.5f, 6}, outputs(model));
  }

  @Test
  void aFileCutAfterLoadGivesAnException() throws Exception {
    Path file = folder.resolve("cut.tflite");
    TestModel maker = new TestModel();
    TestModel.Graph graph = maker.graph();
    int x = graph.input("x", TensorType.FLOAT32, 1, 4096);
    int w = graph.constant("w", TensorType.FLOAT32, ByteBuffer.allocate(4 * 4096 * 64), 64, 4096);
    int y = graph.output("y", TensorType.FLOAT32, 1, 64);
    graph.operator(
        BuiltinOperator.FULLY_CONNECTED,
        1,
        Table.builder("FullyConnectedOptions").build(),
        new int[] {x, w, -1},
        new int[] {y});
    Files.write(file, bytes(maker.write()));
    try (Model model = Model.load(file)) {
      try (var channel =
          java.nio.channels.FileChannel.open(file, java.nio.file.StandardOpenOption.WRITE)) {
        channel.truncate(100);
      }
      MalformedModelException e = assertThrows(MalformedModelException.class, model::interpreter);
      assertTrue(e.getMessage().contains("cut.tflite"), e.getMessage());
    }
  }

  @Test
  void describesInputsOutputsAndMetadata() {
    TestModel maker = new TestModel();
    TestModel.Graph graph = maker.graph();
    int x = graph.input("x", TensorType.INT8, 1, 3);
    int y = graph.output("y", TensorType.INT8, 3, 1);
    graph.quantize(x, 0.5f, 3).quantize(y, 0.5f, 3);
    graph.tensor(x).set("shape_signature", new int[] {-1, 3});
    int shape = graph.constant("shape", TensorType.INT32, TestModel.ints(-1, 1), 2);
    graph.operator(BuiltinOperator.RESHAPE, 1, null, new int[] {x, shape}, new int[] {y});
    ByteBuffer note = ByteBuffer.wrap("made by hand".getBytes(StandardCharsets.UTF_8));
    maker
        .model()
        .set("description", "a reshape")
        .set(
            "metadata",
            List.of(
                Table.builder("Metadata")
                    .set("name", "note")
                    .set("buffer", maker.buffer(note))
                    .build()));
    try (Model model = Model.load(maker.write())) {
      assertEquals("a reshape", model.description());
      ByteBuffer read = model.metadata().get("note");
      assertEquals("made by hand", StandardCharsets.UTF_8.decode(read).toString());
      TensorInfo info = model.inputs().get(0);
      assertEquals("x", info.name());
      assertEquals(TensorType.INT8, info.type());
      assertArrayEquals(new int[] {1, 3}, info.shape());
      assertArrayEquals(new int[] {-1, 3}, info.shapeSignature());
      assertEquals(0.5f, info.quantization().orElseThrow().scale());
      assertEquals(3, info.quantization().orElseThrow().zeroPoint());
      assertFalse(info.constant());
      assertEquals(List.of(""), model.signatures().stream().map(SignatureInfo::key).toList());
      assertThrows(NoSuchElementException.class, () -> model.signature("serve"));
      assertTrue(model.unsupported(model.signatures().get(0)).isEmpty());
      try (Interpreter interpreter = model.interpreter()) {
        interpreter.input("x").set(new byte[] {1, 2, 3});
        interpreter.run();
        assertArrayEquals(new byte[] {1, 2, 3}, interpreter.output("y").toBytes());
        assertThrows(NoSuchElementException.class, () -> interpreter.input("z"));
      }
    }
  }

  @Test
  void anUnknownOperatorNamesItself() {
    TestModel maker = new TestModel();
    TestModel.Graph graph = maker.graph();
    int x = graph.input("x", TensorType.FLOAT32, 1);
    int y = graph.output("y", TensorType.FLOAT32, 1);
    graph.custom("MyOperator", ByteBuffer.allocate(0), new int[] {x}, new int[] {y});
    try (Model model = Model.load(maker.write())) {
      UnsupportedOperatorException e =
          assertThrows(UnsupportedOperatorException.class, model::interpreter);
      assertEquals("MyOperator", e.operator());
      assertEquals(0, e.operatorIndex());
      assertEquals(1, model.unsupported(model.signatures().get(0)).size());
    }
  }

  @Test
  void poolsServeThreadsAndClose() throws Exception {
    try (Model model = Model.load(Fixtures.linear());
        InterpreterPool pool = model.pool(2)) {
      List<Thread> threads = new ArrayList<>();
      AtomicInteger wrong = new AtomicInteger();
      for (int t = 0; t < 6; t++) {
        float x = t;
        Thread thread =
            new Thread(
                () -> {
                  for (int i = 0; i < 200; i++) {
                    float[] y =
                        pool.run(
                            interpreter -> {
                              interpreter.input(0).set(new float[] {x, 0});
                              interpreter.run();
                              return interpreter.output(0).toFloats();
                            });
                    wrong.addAndGet(y[0] == x + 0.5f ? 0 : 1);
                  }
                });
        thread.start();
        threads.add(thread);
      }
      for (Thread thread : threads) {
        thread.join();
      }
      assertEquals(0, wrong.get());
      pool.run(
          interpreter -> {
            interpreter.close();
            return null;
          });
      assertEquals(1, pool.run(Interpreter::outputCount), "a closed interpreter is not lent again");
      pool.close();
      assertThrows(IllegalStateException.class, () -> pool.run(Interpreter::outputCount));
    }
  }

  @Test
  void poolsServeVirtualThreads() throws Exception {
    java.lang.reflect.Method start;
    try {
      start = Thread.class.getMethod("startVirtualThread", Runnable.class);
    } catch (NoSuchMethodException e) {
      start = null;
    }
    Assumptions.assumeTrue(
        start != null, "virtual threads need Java 21, this is " + Runtime.version());
    AtomicInteger right = new AtomicInteger();
    try (Model model = Model.load(Fixtures.linear());
        InterpreterPool pool = model.pool(2)) {
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        float x = i;
        Runnable body =
            () -> {
              float y =
                  pool.run(
                      interpreter -> {
                        interpreter.input(0).set(new float[] {x, 0});
                        interpreter.run();
                        return interpreter.output(0).toFloats()[0];
                      });
              right.addAndGet(y == x + 0.5f ? 1 : 0);
            };
        threads.add((Thread) start.invoke(null, body));
      }
      for (Thread thread : threads) {
        thread.join();
      }
    }
    assertEquals(200, right.get());
  }
}
