// SPDX-License-Identifier: Apache-2.0
package dev.octet.differential;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.Interpreter;
import dev.octet.InterpreterOptions;
import dev.octet.Model;
import dev.octet.Numerics;
import dev.octet.Tensor;
import dev.octet.TensorType;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pictures are taken for what a person sees in them. */
final class PicturesTest {
  private static final String LABELS = "data/images/imagenet_labels.txt";

  /**
   * MobileNet V1 at a quarter of its width takes the hot dog for a conch, in Octet and the peer.
   */
  @ParameterizedTest
  @CsvSource({
    "mobilenet_v1_0.25_128_quant, cat.bmp, cat",
    "mobilenet_v2_1.0_224_quant, cat.bmp, cat",
    "mobilenet_v2_1.0_224_quant, grace_hopper.bmp, military uniform",
    "mobilenet_v2_1.0_224_quant, hot_dog.jpg, hotdog",
    "tf2_mobilenet_v2_1.0_224_ptq, cat.bmp, cat",
    "tf2_mobilenet_v2_1.0_224_ptq, grace_hopper.bmp, military uniform",
    "tf2_mobilenet_v2_1.0_224_ptq, hot_dog.jpg, hotdog"
  })
  void classes(String name, String file, String expected) throws IOException {
    Path path = Shared.require("models/" + name + ".tflite");
    BufferedImage image = ImageIO.read(Shared.require("data/images/" + file).toFile());
    assertNotNull(image, file + " is not a picture that javax.imageio reads");
    List<String> labels = Files.readAllLines(Shared.require(LABELS));
    for (Numerics numerics : Numerics.values()) {
      try (Model model = Model.load(path);
          Interpreter interpreter =
              model.interpreter(new InterpreterOptions().numerics(numerics))) {
        Tensor input = interpreter.input(0);
        int[] nhwc = input.shape();
        input.set(pixels(image, nhwc[1], nhwc[2]));
        interpreter.run();
        byte[] scores = interpreter.output(0).toBytes();
        int best = 0;
        for (int i = 1; i < scores.length; i++) {
          best = (scores[i] & 0xff) > (scores[best] & 0xff) ? i : best;
        }
        String label = labels.get(best);
        System.out.printf("%s %s %s: %s %d%n", name, numerics, file, label, scores[best] & 0xff);
        assertTrue(label.contains(expected), label);
      }
    }
  }

  /** Stretched bilinearly, RGB; the models' input is UINT8 with the pixels' own 0 to 255. */
  private static byte[] pixels(BufferedImage image, int h, int w) {
    BufferedImage scaled = new BufferedImage(w, h, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = scaled.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    graphics.drawImage(image, 0, 0, w, h, null);
    graphics.dispose();
    byte[] pixels = new byte[3 * h * w];
    for (int i = 0; i < h * w; i++) {
      int rgb = scaled.getRGB(i % w, i / w);
      pixels[3 * i] = (byte) (rgb >> 16);
      pixels[3 * i + 1] = (byte) (rgb >> 8);
      pixels[3 * i + 2] = (byte) rgb;
    }
    return pixels;
  }

  /**
   * The two grey pictures hold int8 values as unsigned bytes (a pixel is the byte xor 0x80). Class
   * 1 is a person.
   */
  @ParameterizedTest
  @ValueSource(strings = {"vww_96_int8", "vww_96_float", "person_detect"})
  void aPersonIsToldFromNone(String name) throws IOException {
    Path path = Shared.require("models/" + name + ".tflite");
    BufferedImage person = ImageIO.read(Shared.require("data/images/person.bmp").toFile());
    BufferedImage none = ImageIO.read(Shared.require("data/images/no_person.bmp").toFile());
    for (Numerics numerics : Numerics.values()) {
      try (Model model = Model.load(path);
          Interpreter interpreter =
              model.interpreter(new InterpreterOptions().numerics(numerics))) {
        assertEquals(1, personClass(interpreter, person), name + " " + numerics);
        assertEquals(0, personClass(interpreter, none), name + " " + numerics);
      }
    }
  }

  private static int personClass(Interpreter interpreter, BufferedImage image) {
    Tensor input = interpreter.input(0);
    int channels = input.shape()[3];
    byte[] values = new byte[input.elements()];
    float[] reals = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      int pixel = i / channels;
      int w = image.getWidth();
      values[i] = (byte) image.getRaster().getSample(pixel % w, pixel / w, 0);
      reals[i] = (values[i] + 128) / 255f;
    }
    if (input.type() == TensorType.FLOAT32) {
      input.set(reals);
    } else {
      input.set(values);
    }
    interpreter.run();
    Tensor output = interpreter.output(0);
    float[] scores = output.type() == TensorType.FLOAT32 ? output.toFloats() : output.dequantize();
    System.out.printf("%.3f no person, %.3f person%n", scores[0], scores[1]);
    return scores[1] > scores[0] ? 1 : 0;
  }
}
