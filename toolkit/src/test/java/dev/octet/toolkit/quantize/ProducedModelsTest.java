// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.peer.PeerException;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.TfliteQuantization;
import dev.octet.toolkit.ShippedFiles;
import dev.octet.toolkit.model.EditableModel;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProducedModelsTest {
  @ParameterizedTest
  @ValueSource(strings = {"digits_float.tflite", "digits_int8.tflite"})
  void aModelThatIsReadAndWrittenIsTheSameToTensorFlowLite(String name) throws IOException {
    ProducedModels.assertSameAsPeer(EditableModel.read(name, ShippedFiles.bytes(name)).toBytes());
  }

  @Test
  void whatTensorFlowLiteRefusesIsSaidInItsWords() throws IOException {
    EditableModel model = EditableModel.read("digits", ShippedFiles.bytes("digits_int8.tflite"));
    for (EditableOperator each : model.graphs().get(0).operators()) {
      if (each.is(BuiltinOperator.CONV_2D)) {
        // older converters wrote the axis of the weights here; Octet accepts it as they did
        EditableTensor bias = each.input(2);
        TfliteQuantization old = bias.quantization();
        bias.quantization(
            new TfliteQuantization(
                old.min(), old.max(), old.scales(), old.zeroPoints(), 3, old.details()));
      }
    }
    byte[] bytes = model.toBytes();
    PeerException e =
        assertThrows(PeerException.class, () -> ProducedModels.assertSameAsPeer(bytes));
    assertTrue(e.getMessage().contains("REFUSED"), e.getMessage());
  }
}
