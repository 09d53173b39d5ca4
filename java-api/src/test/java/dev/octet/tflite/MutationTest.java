// SPDX-License-Identifier: Apache-2.0
package dev.octet.tflite;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.octet.Emulation;
import dev.octet.MalformedModelException;
import dev.octet.TensorType;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Damaged models: whatever the damage, reading ends with a model or with {@link
 * MalformedModelException}, soon and without much memory. A failure names its seed.
 */
class MutationTest {
  private static final int ROUNDS = 4000;

  /** Per byte of the file; a table of 4 bytes takes about 200 in the heap, with its record. */
  private static final long HEAP_PER_BYTE = 400;

  private static final long HEAP_AT_LEAST = 1 << 20;
  private static final long MILLISECONDS = 2000;

  /** What a mutation does to a file. */
  enum Damage {
    FLIP_BITS {
      @Override
      ByteBuffer apply(ByteBuffer file, Random random) {
        for (int i = random.nextInt(8); i >= 0; i--) {
          int at = random.nextInt(file.limit());
          file.put(at, (byte) (file.get(at) ^ 1 << random.nextInt(8)));
        }
        return file;
      }
    },
    SET_WORD {
      @Override
      ByteBuffer apply(ByteBuffer file, Random random) {
        int[] words = {0, 1, -1, 4, 8, 0x7fffffff, 0x80000000, 0xffff, file.limit(), 1 << 28};
        for (int i = random.nextInt(3); i >= 0; i--) {
          file.putInt(4 * random.nextInt(file.limit() / 4), words[random.nextInt(words.length)]);
        }
        return file;
      }
    },
    COPY_WORD {
      @Override
      ByteBuffer apply(ByteBuffer file, Random random) {
        int words = file.limit() / 4;
        return file.putInt(4 * random.nextInt(words), file.getInt(4 * random.nextInt(words)));
      }
    },
    TRUNCATE {
      @Override
      ByteBuffer apply(ByteBuffer file, Random random) {
        return file.limit(random.nextInt(file.limit()));
      }
    };

    abstract ByteBuffer apply(ByteBuffer file, Random random);
  }

  static Stream<Damage> damages() {
    return Stream.of(Damage.values());
  }

  @ParameterizedTest
  @MethodSource("damages")
  void readingEndsWell(Damage damage) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long thread = Thread.currentThread().getId();
    List<ByteBuffer> files = List.of(convolution(), whileLoop(), everything());
    int refused = 0;
    for (int seed = 0; seed < ROUNDS; seed++) {
      ByteBuffer sound = files.get(seed % files.size());
      ByteBuffer file =
          ByteBuffer.allocate(sound.limit()).put(sound.duplicate()).flip().order(sound.order());
      damage.apply(file, new Random(seed));
      long heap = threads.getThreadAllocatedBytes(thread);
      long start = System.nanoTime();
      try {
        TfliteReader.read("damaged", file);
      } catch (MalformedModelException e) {
        refused++;
      } catch (Throwable e) {
        throw new AssertionError(damage + " with seed " + seed + ": " + e, e);
      }
      long taken = threads.getThreadAllocatedBytes(thread) - heap;
      long most = HEAP_AT_LEAST + HEAP_PER_BYTE * file.limit();
      assertTrue(taken < most, damage + " with seed " + seed + " took " + taken + " bytes");
      long milliseconds = (System.nanoTime() - start) / 1_000_000;
      assertTrue(
          milliseconds < MILLISECONDS * Emulation.SLOWER,
          damage + " with seed " + seed + " took " + milliseconds);
    }
    assertTrue(refused > ROUNDS / 10, refused + " of " + ROUNDS + " were refused");
  }

  private static ByteBuffer convolution() {
    TestModel model = new TestModel();
    TestModel.Graph graph = model.graph();
    int x = graph.input("x", TensorType.INT8, 1, 4, 4, 1);
    int w = graph.constant("w", TensorType.INT8, TestModel.bytes(new int[18]), 2, 3, 3, 1);
    int b = graph.constant("b", TensorType.INT32, TestModel.ints(1, 2), 2);
    int y = graph.output("y", TensorType.INT8, 1, 4, 4, 2);
    graph.quantize(x, 0.5f, -3).quantize(y, 0.25f, 5);
    graph.quantize(w, new float[] {0.1f, 0.2f}, new long[2], 0);
    graph.quantize(b, new float[] {0.05f, 0.1f}, new long[2], 0);
    Table options =
        Table.builder("Conv2DOptions")
            .set("stride_w", 1)
            .set("stride_h", 1)
            .set("fused_activation_function", Activation.RELU6)
            .build();
    graph.operator(BuiltinOperator.CONV_2D, 3, options, new int[] {x, w, b}, new int[] {y});
    return model.write();
  }

  private static ByteBuffer whileLoop() {
    TestModel model = new TestModel();
    TestModel.Graph graph = model.graph();
    int x = graph.input("x", TensorType.INT32, 1);
    int y = graph.output("y", TensorType.INT32, 1);
    Table options =
        Table.builder("WhileOptions")
            .set("cond_subgraph_index", 1)
            .set("body_subgraph_index", 2)
            .build();
    graph.operator(BuiltinOperator.WHILE, 1, options, new int[] {x}, new int[] {y});
    for (TensorType type : List.of(TensorType.BOOL, TensorType.INT32)) {
      TestModel.Graph inner = model.graph();
      int in = inner.input("in", TensorType.INT32, 1);
      int ten = inner.constant("ten", TensorType.INT32, TestModel.ints(10), 1);
      int out = inner.output("out", type, 1);
      BuiltinOperator operator =
          type == TensorType.BOOL ? BuiltinOperator.LESS : BuiltinOperator.ADD;
      inner.operator(operator, 1, null, new int[] {in, ten}, new int[] {out});
    }
    Table entry = Table.builder("TensorMap").set("name", "arg").set("tensor_index", x).build();
    model
        .model()
        .set(
            "signature_defs",
            List.of(
                Table.builder("SignatureDef")
                    .set("signature_key", "serve")
                    .set("inputs", List.of(entry))
                    .build()));
    return model.write();
  }

  private static ByteBuffer everything() {
    TestModel model = new TestModel();
    TestModel.Graph graph = model.graph();
    int x = graph.input("x", TensorType.FLOAT32, 2, 4);
    int w = graph.constant("w", TensorType.FLOAT32, TestModel.floats(1, 2, 3), 2, 4);
    graph.constant("s", TensorType.STRING, TestModel.strings("ab", "", "c"), 3);
    int y = graph.output("y", TensorType.FLOAT32, 2, 4);
    Table segments = Table.builder("Uint8Vector").set("values", TestModel.bytes(0, 1, 3)).build();
    Table indices = Table.builder("Int32Vector").set("values", new int[] {1, 0, 3}).build();
    graph
        .tensor(w)
        .set(
            "sparsity",
            Table.builder("SparsityParameters")
                .set("traversal_order", new int[] {0, 1})
                .set(
                    "dim_metadata",
                    List.of(
                        Table.builder("DimensionMetadata").set("dense_size", 2).build(),
                        Table.builder("DimensionMetadata")
                            .set("format", DimensionFormat.SPARSE_CSR)
                            .set("array_segments", segments)
                            .set("array_indices", indices)
                            .build()))
                .build());
    graph.custom("Sinh", TestModel.bytes(1, 2, 3), new int[] {x, w}, new int[] {y});
    model
        .model()
        .set("description", "a model of everything")
        .set(
            "metadata",
            List.of(
                Table.builder("Metadata")
                    .set("name", "min_runtime_version")
                    .set("buffer", model.buffer(TestModel.bytes('1', '.', '0')))
                    .build()));
    return model.write();
  }
}
