// SPDX-License-Identifier: Apache-2.0
package dev.octet.peer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Table;
import dev.octet.tflite.TestModel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The peer answers, refuses and crashes without harm to this process. */
final class PeerProcessTest {
  private final PeerProcess process = new PeerProcess(Duration.ofSeconds(20));

  @AfterEach
  void close() {
    process.close();
  }

  @ParameterizedTest
  @EnumSource
  void adds(PeerKernels kernels) {
    PeerAnswer loaded = process.load(addition(), kernels, 1).orThrow();
    assertEquals("x", loaded.inputs().get(0).name());
    assertEquals(TensorType.FLOAT32, loaded.outputs().get(0).type());
    assertArrayEquals(new int[] {1, 2}, loaded.inputs().get(1).shape());
    assertArrayEquals(floats(11, 22), run(floats(1, 2), floats(10, 20)));
  }

  @Test
  void resizes() {
    process.load(addition(), PeerKernels.BUILT_IN, 1).orThrow();
    List<int[]> shapes = List.of(new int[] {1, 3}, new int[] {1, 3});
    PeerAnswer resized = process.resize(shapes).orThrow();
    assertArrayEquals(new int[] {1, 3}, resized.outputs().get(0).shape());
    assertArrayEquals(floats(5, 7, 9), run(floats(1, 2, 3), floats(4, 5, 6)));
  }

  @Test
  void refusesWithTheReasonOfTensorFlowLite() {
    byte[] model = addition();
    model[4] = 'X';
    PeerAnswer answer = process.load(model, PeerKernels.BUILT_IN, 1);
    assertEquals(PeerAnswer.Status.REFUSED, answer.status());
    assertTrue(answer.message().contains("should be 'TFL3'"), answer.message());
  }

  @Test
  void survivesACrashAndStartsAgain() {
    byte[] model = addition();
    ByteBuffer bytes = ByteBuffer.wrap(model).order(ByteOrder.LITTLE_ENDIAN);
    // the root table is said to lie far outside the file, which TensorFlow Lite does not check
    bytes.putInt(0, 0x7ffffff0);
    PeerAnswer answer = process.load(model, PeerKernels.BUILT_IN, 1);
    assertEquals(PeerAnswer.Status.CRASHED, answer.status(), answer.message());
    process.load(addition(), PeerKernels.BUILT_IN, 1).orThrow();
    assertArrayEquals(floats(3, 3), run(floats(1, 2), floats(2, 1)));
  }

  @Test
  void anAnswerThatDoesNotComeIsATimeOut() {
    try (PeerProcess hurried = new PeerProcess(Duration.ofMillis(1))) {
      PeerAnswer answer = hurried.load(addition(), PeerKernels.BUILT_IN, 1);
      assertEquals(PeerAnswer.Status.TIMED_OUT, answer.status());
    }
  }

  private byte[] run(byte[]... inputs) {
    return process.run(List.of(inputs)).orThrow().values().get(0);
  }

  private static byte[] addition() {
    TestModel model = new TestModel();
    TestModel.Graph graph = model.graph();
    int x = graph.input("x", TensorType.FLOAT32, 1, 2);
    int y = graph.input("y", TensorType.FLOAT32, 1, 2);
    int sum = graph.output("sum", TensorType.FLOAT32, 1, 2);
    graph.operator(
        BuiltinOperator.ADD, 1, Table.of("AddOptions"), new int[] {x, y}, new int[] {sum});
    return bytes(model.write());
  }

  private static byte[] floats(float... values) {
    return bytes(TestModel.floats(values));
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }
}
