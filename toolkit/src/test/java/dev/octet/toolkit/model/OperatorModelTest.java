// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.octet.Interpreter;
import dev.octet.InterpreterOptions;
import dev.octet.Model;
import dev.octet.toolkit.ShippedFiles;
import dev.octet.toolkit.data.RandomInput;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class OperatorModelTest {
  @Test
  void operatorsOneByOneComputeWhatTheModelComputes() throws IOException {
    for (String name : new String[] {"digits_float.tflite", "digits_int8.tflite"}) {
      byte[] bytes = ShippedFiles.bytes(name);
      EditableGraph graph = EditableModel.read(name, bytes).graphs().get(0);
      String[] taps =
          graph.operators().stream().map(o -> o.output(0).name()).toArray(String[]::new);
      try (Model model = Model.load(bytes);
          Interpreter whole = model.interpreter(new InterpreterOptions().taps(taps))) {
        whole
            .input(0)
            .buffer()
            .put(new RandomInput(1).next(whole.input(0).type(), whole.input(0).shape()));
        whole.run();
        for (EditableOperator operator : graph.operators()) {
          try (Model one = Model.load(OperatorModel.of(operator).toBytes());
              Interpreter single = one.interpreter()) {
            assertEquals("in0", single.input(0).name());
            EditableTensor from = operator.input(0);
            boolean first = graph.inputs().contains(from);
            single
                .input(0)
                .buffer()
                .put(first ? whole.input(0).buffer() : whole.tap(from.name()).buffer());
            single.run();
            byte[] expected = new byte[single.output(0).bytes()];
            whole.tap(operator.output(0).name()).buffer().get(expected);
            byte[] actual = new byte[expected.length];
            single.output(0).buffer().get(actual);
            assertArrayEquals(expected, actual, name + ": " + operator);
          }
        }
      }
    }
  }
}
