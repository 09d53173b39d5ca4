// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.edgetpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.MalformedModelException;
import dev.octet.TensorType;
import dev.octet.robustness.Mutation;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.TableMutator;
import dev.octet.toolkit.SharedFolder;
import dev.octet.toolkit.model.EditableModel;
import dev.octet.toolkit.model.EditableTensor;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;

/** Damaged models are mapped, or refused with a sentence; nothing else happens. */
class DamagedModelsMappedTest {
  private static final int MUTATIONS = Integer.getInteger("octet.mapping.mutations", 400);

  private final List<String> failures = new ArrayList<>();
  private int mapped;
  private int refused;

  @Test
  void everyOperatorWithALimitation() {
    byte[] model = model().toBytes();
    tryAll(model, new TableMutator(model)::of);
    tryAll(model, new Mutation(model)::of);
    assertEquals(List.of(), failures);
    assertTrue(mapped > MUTATIONS / 10 && refused > MUTATIONS / 10, mapped + " and " + refused);
  }

  @Test
  void publishedModels() throws IOException {
    for (String name : List.of("keras_lstm_mnist_ptq", "split_concat")) {
      byte[] model = Files.readAllBytes(SharedFolder.file("models/" + name + ".tflite"));
      tryAll(model, new TableMutator(model)::of);
      tryAll(model, new Mutation(model)::of);
    }
    assertEquals(List.of(), failures);
    assertTrue(mapped > MUTATIONS / 10 && refused > MUTATIONS / 10, mapped + " and " + refused);
  }

  private void tryAll(byte[] model, LongFunction<byte[]> mutator) {
    for (long seed = 0; seed < MUTATIONS; seed++) {
      try {
        Mapping mapping = Mapping.of(EditableModel.read("damaged", mutator.apply(seed)));
        MappingText.print(new PrintWriter(new StringWriter()), "damaged", mapping);
        MappingJson.of("damaged", mapping);
        mapped++;
      } catch (MalformedModelException | IllegalArgumentException e) {
        refused++;
      } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
        failures.add(model.length + " bytes, seed " + seed + ": " + e);
      }
    }
  }

  private static EditableModel model() {
    QuantizedGraph g = new QuantizedGraph();
    int[] image = {1, 4, 4, 4};
    EditableTensor x = g.input(image);
    EditableTensor size = g.ints(8, 8);
    EditableTensor pads = g.ints(0, 0, 1, 1, 0, 0, 0, 0).shape(new int[] {4, 2}, new int[] {4, 2});
    EditableTensor filter = g.constant(1, 4, 3, 3, 4);
    EditableTensor deep = g.constant(1, 1, 3, 3, 4);
    EditableTensor wide = g.constant(0, image);
    List<EditableTensor> ends = new ArrayList<>();
    ends.add(g.op(BuiltinOperator.CONV_2D, image, x, filter));
    ends.add(g.op(BuiltinOperator.DEPTHWISE_CONV_2D, image, x, deep));
    ends.add(g.op(BuiltinOperator.AVERAGE_POOL_2D, image, x));
    ends.add(g.op(BuiltinOperator.CONCATENATION, new int[] {1, 4, 4, 8}, x, wide));
    ends.add(g.op(BuiltinOperator.MEAN, new int[] {1, 4}, x, g.ints(1, 2)));
    ends.add(g.op(BuiltinOperator.PACK, new int[] {2, 1, 4, 4, 4}, x, x));
    ends.add(g.op(BuiltinOperator.PAD, new int[] {1, 6, 4, 4}, x, pads));
    ends.add(g.op(BuiltinOperator.PRELU, image, x, g.constant(1, 1, 1, 4)));
    ends.add(g.op(BuiltinOperator.RESIZE_BILINEAR, new int[] {1, 8, 8, 4}, x, size));
    ends.add(g.op(BuiltinOperator.SQUEEZE, new int[] {4, 4, 4}, x));
    ends.add(g.op(BuiltinOperator.TILE, image, g.input(1, 1, 1, 4), g.ints(1, 4, 4, 1)));
    EditableTensor row = g.op(BuiltinOperator.RESHAPE, new int[] {1, 64}, x, g.ints(1, 64));
    EditableTensor dense =
        g.op(BuiltinOperator.FULLY_CONNECTED, new int[] {1, 10}, row, g.constant(1, 10, 64));
    ends.add(g.op(BuiltinOperator.SOFTMAX, new int[] {1, 10}, dense));
    ends.add(
        g.op(
            BuiltinOperator.STRIDED_SLICE,
            new int[] {1, 5},
            dense,
            g.ints(0, 0),
            g.ints(1, 5),
            g.ints(1, 1)));
    EditableTensor half = g.tensor(TensorType.INT8, 1, 4, 4, 2);
    EditableTensor other = g.tensor(TensorType.INT8, 1, 4, 4, 2);
    g.add(BuiltinOperator.SPLIT, o -> o, List.of(half, other), g.scalar(3), x);
    ends.add(half);
    ends.add(other);
    return g.model(ends.toArray(EditableTensor[]::new));
  }
}
