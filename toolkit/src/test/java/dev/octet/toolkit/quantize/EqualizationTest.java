// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.Interpreter;
import dev.octet.InterpreterOptions;
import dev.octet.Model;
import dev.octet.Numerics;
import dev.octet.toolkit.SharedFolder;
import dev.octet.toolkit.ShippedFiles;
import dev.octet.toolkit.data.RandomInput;
import dev.octet.toolkit.model.EditableModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class EqualizationTest {
  @Test
  void channelsThatWereRescaledComeBackToOneRange() throws IOException {
    EditableModel model = digits();
    byte[] before = model.toBytes();
    assertEquals(1, Rescaled.channels(model, 1));
    assertTrue(spread(model) > 100, "channels differ");
    assertSameFunction(before, model.toBytes(), 1e-5);

    List<Equalization.Result> results = Equalization.apply(model);
    assertEquals(1, results.size());
    assertEquals(12, results.get(0).channels());
    assertTrue(results.get(0).greatest() > 10 && results.get(0).least() < 0.1);
    assertSameFunction(before, model.toBytes(), 1e-5);
    EditableModel twice = model.copy();
    Equalization.apply(twice);
    assertTrue(spread(model) < 40, "channels are alike: " + spread(model));
    assertEquals(spread(model), spread(twice), 0.01 * spread(model));
  }

  @Test
  void theRangesOfWriterAndReaderAreEqualAfterwards() throws IOException {
    EditableModel model = digits();
    Rescaled.channels(model, 2);
    Equalization.apply(model);
    EqualizationGroup group = EqualizationGroup.of(model.graphs().get(0)).get(0);
    ChannelWeights writer = group.writers().get(0);
    ChannelWeights reader = group.readers().get(0);
    for (int c = 0; c < group.channels(); c++) {
      double written = 0;
      float[] w = writer.weights().floats();
      for (int i = 0; i < w.length; i++) {
        written = writer.output(i) == c ? Math.max(written, Math.abs(w[i])) : written;
      }
      double read = 0;
      w = reader.weights().floats();
      for (int i = 0; i < w.length; i++) {
        read = reader.input(i) % 12 == c ? Math.max(read, Math.abs(w[i])) : read;
      }
      assertEquals(written, read, 1e-5 * written, "channel " + c);
    }
  }

  @Test
  void aSeparableNetWithAdditionsKeepsItsFunction() throws IOException {
    byte[] before = ShippedFiles.bytes("digits_separable.tflite");
    EditableModel model = EditableModel.read("digits_separable.tflite", before);
    int groups = Rescaled.channels(model, 4);
    assertEquals(7, groups, "groups");
    assertSameFunction(before, model.toBytes(), 1e-4);
    Equalization.apply(model);
    assertSameFunction(before, model.toBytes(), 1e-4);
  }

  @Test
  void publishedModelsKeepTheirFunction() throws IOException {
    for (String name : List.of("pretrainedResnet", "ad01_fp32", "vww_96_float")) {
      Path file = SharedFolder.file("models/" + name + ".tflite");
      byte[] before = Files.readAllBytes(file);
      EditableModel model = EditableModel.read(name, before);
      int groups = Rescaled.channels(model, 3);
      assertTrue(groups > 3, name + ": " + groups);
      Equalization.apply(model);
      assertSameFunction(before, model.toBytes(), 1e-4);
    }
  }

  private static EditableModel digits() throws IOException {
    String name = "digits_float.tflite";
    return EditableModel.read(name, ShippedFiles.bytes(name));
  }

  /** Greatest range of a channel of the convolution by the least. */
  private static double spread(EditableModel model) {
    ChannelWeights weights = EqualizationGroup.of(model.graphs().get(0)).get(0).writers().get(0);
    double[] range = new double[weights.outputChannels()];
    float[] w = weights.weights().floats();
    for (int i = 0; i < w.length; i++) {
      range[weights.output(i)] = Math.max(range[weights.output(i)], Math.abs(w[i]));
    }
    double greatest = java.util.Arrays.stream(range).max().getAsDouble();
    return greatest / java.util.Arrays.stream(range).min().getAsDouble();
  }

  private static void assertSameFunction(byte[] before, byte[] after, double tolerance) {
    try (Model a = Model.load(before);
        Model b = Model.load(after);
        Interpreter x = a.interpreter(new InterpreterOptions().numerics(Numerics.EXACT));
        Interpreter y = b.interpreter(new InterpreterOptions().numerics(Numerics.EXACT))) {
      RandomInput random = new RandomInput(5);
      for (int run = 0; run < 5; run++) {
        x.input(0).buffer().put(random.next(x.input(0).type(), x.input(0).shape()));
        y.input(0).buffer().put(x.input(0).buffer());
        x.run();
        y.run();
        float[] expected = x.output(0).toFloats();
        float[] actual = y.output(0).toFloats();
        double greatest = 0;
        double error = 0;
        for (int i = 0; i < expected.length; i++) {
          greatest = Math.max(greatest, Math.abs(expected[i]));
          error = Math.max(error, Math.abs(expected[i] - actual[i]));
        }
        assertTrue(error <= tolerance * greatest, error + " of " + greatest);
      }
    }
  }
}
