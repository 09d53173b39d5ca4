// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.demo;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;

/**
 * Draws the pictures of {@code octet demo}: the ten digits in three hands, as the data set of
 * handwritten digits MNIST shows them: {@value #SIZE} x {@value #SIZE}, white on black, the digit
 * scaled into a box of {@value #BOX} x {@value #BOX} pixels and its centre of mass in the middle.
 *
 * <p>The shapes are this project's own. A pixel is white * clamp(radius + 0.5 - distance to the
 * nearest stroke, 0, 1), so every machine draws the same bytes.
 *
 * <p>Usage: {@code java -cp octet.jar dev.octet.toolkit.demo.DigitPictures DIRECTORY} writes {@code
 * digit_<digit>_<hand>.png}.
 */
public final class DigitPictures {
  /** Height and width of a picture in pixels. */
  public static final int SIZE = 28;

  private static final int BOX = 20;

  private record Hand(String name, double radius, double slant, String... digits) {}

  private static final List<Hand> HANDS =
      List.of(
          new Hand(
              "round",
              1.25,
              0.0,
              "M 50 5 C 15 5 10 35 10 52 C 10 75 20 98 48 98 C 78 98 88 72 88 50 C 88 28 80 5 50 5",
              "M 50 2 L 50 98",
              "M 14 26 C 18 4 74 -6 76 28 C 77 52 34 74 10 95 L 86 94",
              "M 16 12 C 40 -4 76 4 74 26 C 72 44 50 48 38 48 C 62 48 84 54 82 74 C 80 98 34 104"
                  + " 12 86",
              "M 24 4 L 16 50 L 82 48 M 74 6 L 70 98",
              "M 78 4 L 28 6 L 22 44 C 48 32 82 44 80 68 C 78 96 38 104 14 88",
              "M 66 4 C 36 22 18 50 18 72 C 18 94 40 98 54 97 C 74 95 80 80 78 68 C 74 48 36 48"
                  + " 20 70",
              "M 10 8 L 84 8 C 66 36 50 64 42 98",
              "M 70 16 C 54 -4 22 4 24 24 C 26 44 78 56 76 80 C 74 102 26 102 24 80 C 22 56 74 44"
                  + " 70 16",
              "M 76 26 C 66 0 22 4 22 32 C 22 60 70 56 76 26 C 76 50 72 74 62 98"),
          new Hand(
              "upright",
              1.05,
              0.06,
              "M 46 2 C 20 8 16 40 22 70 C 28 98 62 104 74 74 C 84 46 74 4 46 2",
              "M 36 18 L 54 2 L 54 98",
              "M 18 22 C 30 -4 82 0 72 38 C 64 64 34 88 18 92 C 34 84 60 100 84 92",
              "M 18 8 L 76 6 L 42 42 C 70 40 86 58 78 78 C 70 100 32 102 14 88",
              "M 60 2 L 14 64 L 88 62 M 64 34 L 62 98",
              "M 74 4 L 30 4 L 24 42 C 44 34 76 36 76 66 C 76 94 42 102 18 90",
              "M 56 2 C 34 24 22 54 24 76 C 26 100 62 104 70 80 C 76 54 40 50 26 76",
              "M 14 12 C 34 6 60 8 82 6 C 72 40 56 66 50 98 M 34 52 L 78 50",
              "M 50 46 C 18 38 22 2 50 2 C 80 2 80 38 50 46 C 14 56 14 98 50 98 C 86 98 86 56 50"
                  + " 46",
              "M 74 10 C 46 -6 20 12 26 34 C 34 56 70 46 76 14 L 70 98"),
          new Hand(
              "slanted",
              1.45,
              0.25,
              "M 52 3 C 24 3 12 30 14 56 C 16 84 32 98 50 97 C 74 96 84 66 82 40 C 80 18 70 3 52 3",
              "M 48 2 L 50 98",
              "M 20 24 C 26 2 70 -2 72 24 C 72 50 40 68 18 94 C 40 88 64 94 82 92",
              "M 22 10 C 46 -6 74 8 68 28 C 62 44 50 46 40 46 C 66 46 82 60 74 80 C 64 100 30 100"
                  + " 16 84",
              "M 28 4 C 24 24 20 40 18 54 C 40 52 60 52 80 50 M 70 16 L 66 98",
              "M 80 4 L 34 8 L 28 44 C 54 36 78 48 74 72 C 68 98 34 100 16 86",
              "M 60 3 C 38 20 20 48 18 74 C 18 100 56 104 66 82 C 74 60 44 50 24 70",
              "M 16 12 C 36 6 62 10 82 8 C 68 38 52 64 46 98",
              "M 72 14 C 56 -2 26 4 26 24 C 28 46 74 56 72 78 C 70 100 28 102 26 82 C 24 58 68 42"
                  + " 72 14",
              "M 72 22 C 60 -2 24 6 24 32 C 26 58 66 52 74 22 C 74 50 70 76 66 98"));

  private DigitPictures() {}

  /** One drawn digit: its name, the digit it shows, and {@code SIZE * SIZE} grey pixels by rows. */
  public record DigitPicture(String name, int digit, byte[] pixels) {}

  /** Draws all pictures, digit by digit, hand by hand. */
  public static List<DigitPicture> all() {
    List<DigitPicture> pictures = new ArrayList<>();
    for (int digit = 0; digit < 10; digit++) {
      for (Hand hand : HANDS) {
        pictures.add(
            new DigitPicture("digit_" + digit + "_" + hand.name(), digit, draw(hand, digit)));
      }
    }
    return pictures;
  }

  /** The strokes of {@code digit} by hand 0, 1 or 2. */
  static Strokes strokes(int hand, int digit) {
    return Strokes.parse(HANDS.get(hand).digits()[digit]);
  }

  private static byte[] draw(Hand hand, int digit) {
    return draw(Strokes.parse(hand.digits()[digit]).slanted(hand.slant()), hand.radius());
  }

  /** The picture of strokes of any size drawn with a pen of {@code radius} pixels. */
  static byte[] draw(Strokes strokes, double radius) {
    double[] box = strokes.bounds();
    double room = BOX - 2 * radius;
    double scale = room / Math.max(box[2] - box[0], box[3] - box[1]);
    double half = SIZE / 2.0;
    Strokes placed =
        strokes.placed(
            scale, half - scale * (box[0] + box[2]) / 2, half - scale * (box[1] + box[3]) / 2);
    double[] mass = centreOfMass(ink(placed, radius));
    return bytes(ink(placed.placed(1, half - mass[0], half - mass[1]), radius));
  }

  private static double[] ink(Strokes strokes, double radius) {
    double[] ink = new double[SIZE * SIZE];
    for (int y = 0; y < SIZE; y++) {
      for (int x = 0; x < SIZE; x++) {
        double cover = radius + 0.5 - strokes.distance(x + 0.5, y + 0.5);
        ink[y * SIZE + x] = Math.max(0, Math.min(1, cover));
      }
    }
    return ink;
  }

  private static double[] centreOfMass(double[] ink) {
    double sum = 0;
    double x = 0;
    double y = 0;
    for (int i = 0; i < ink.length; i++) {
      sum += ink[i];
      x += ink[i] * (i % SIZE + 0.5);
      y += ink[i] * (i / SIZE + 0.5);
    }
    return new double[] {x / sum, y / sum};
  }

  private static byte[] bytes(double[] ink) {
    byte[] pixels = new byte[ink.length];
    for (int i = 0; i < ink.length; i++) {
      pixels[i] = (byte) Math.round(255 * ink[i]);
    }
    return pixels;
  }

  /**
   * Writes every picture as a grey PNG.
   *
   * @param args the directory to write into; it is made if absent
   */
  public static void main(String[] args) throws IOException {
    if (args.length != 1) {
      System.err.println("usage: DigitPictures DIRECTORY");
      System.exit(2);
    }
    Path directory = Files.createDirectories(Path.of(args[0]));
    for (DigitPicture picture : all()) {
      BufferedImage image = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_BYTE_GRAY);
      image.getRaster().setDataElements(0, 0, SIZE, SIZE, picture.pixels());
      ImageIO.write(image, "png", directory.resolve(picture.name() + ".png").toFile());
    }
  }
}
