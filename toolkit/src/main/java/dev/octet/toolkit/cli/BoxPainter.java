// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import dev.octet.toolkit.data.AtomicFile;
import dev.octet.toolkit.data.Picture;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;

/** Draws boxes with their labels over a picture. */
final class BoxPainter {
  /** Colours that are told apart on light and dark ground; a class keeps its colour. */
  private static final int[] COLOURS = {
    0xe6194b, 0x3cb44b, 0xffe119, 0x4363d8, 0xf58231, 0x42d4f4, 0xf032e6, 0xbfef45
  };

  private BoxPainter() {}

  /** Writes the picture with its boxes as a PNG file. */
  static void write(Picture picture, List<Detections.Detection> boxes, Labels labels, Path file)
      throws IOException {
    BufferedImage image = image(picture);
    Graphics2D graphics = image.createGraphics();
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    float line = Math.max(1.5f, Math.min(picture.h(), picture.w()) / 150f);
    graphics.setStroke(new BasicStroke(line));
    // the best is drawn last, over the others
    for (int i = boxes.size() - 1; i >= 0; i--) {
      draw(graphics, image, boxes.get(i), labels, line);
    }
    graphics.dispose();
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    if (!ImageIO.write(image, "png", png)) {
      throw new IOException(file + ": this Java writes no PNG files");
    }
    AtomicFile.write(file, png.toByteArray());
  }

  private static BufferedImage image(Picture picture) {
    Picture colour = picture.channels(3);
    BufferedImage image = new BufferedImage(picture.w(), picture.h(), BufferedImage.TYPE_INT_RGB);
    float[] pixels = colour.pixels();
    for (int i = 0; i < picture.h() * picture.w(); i++) {
      int rgb = 0;
      for (int c = 0; c < 3; c++) {
        rgb = rgb << 8 | Math.round(pixels[3 * i + c]);
      }
      image.setRGB(i % picture.w(), i / picture.w(), rgb);
    }
    return image;
  }

  private static void draw(
      Graphics2D graphics,
      BufferedImage image,
      Detections.Detection box,
      Labels labels,
      float line) {
    double x = box.xmin() * image.getWidth();
    double y = box.ymin() * image.getHeight();
    Color colour = new Color(COLOURS[Math.floorMod(box.label(), COLOURS.length)]);
    graphics.setColor(colour);
    graphics.draw(
        new Rectangle2D.Double(
            x,
            y,
            (box.xmax() - box.xmin()) * image.getWidth(),
            (box.ymax() - box.ymin()) * image.getHeight()));
    String text = String.format(Locale.ROOT, "%s %.2f", labels.name(box.label()), box.score());
    try {
      write(graphics, text, colour, Math.max(0, x), Math.max(0, y), line);
    } catch (LinkageError | InternalError | RuntimeException e) {
      // a Java without fonts (a headless runtime without fontconfig) draws the boxes alone; the
      // command prints the labels anyway
    }
  }

  private static void write(
      Graphics2D graphics, String text, Color colour, double x, double y, float line) {
    graphics.setFont(new Font(Font.SANS_SERIF, Font.BOLD, Math.round(Math.max(10, 7 * line))));
    Rectangle2D extent = graphics.getFontMetrics().getStringBounds(text, graphics);
    graphics.fill(new Rectangle2D.Double(x, y, extent.getWidth() + 4, extent.getHeight()));
    int luminance = 299 * colour.getRed() + 587 * colour.getGreen() + 114 * colour.getBlue();
    graphics.setColor(luminance > 140_000 ? Color.BLACK : Color.WHITE);
    graphics.drawString(text, (float) x + 2, (float) (y - extent.getY()));
  }
}
