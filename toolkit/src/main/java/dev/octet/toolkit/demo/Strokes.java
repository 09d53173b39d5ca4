// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Pen strokes as polylines, read from a path text of the commands {@code M x y} (lift the pen and
 * put it down), {@code L x y} (line), {@code Q cx cy x y} and {@code C ax ay bx by x y} (Bezier
 * curves). Units are free; x grows to the right, y downwards. Curves become {@value #STEPS} lines.
 */
final class Strokes {
  private static final int STEPS = 16;

  private final List<List<double[]>> lines = new ArrayList<>();

  /**
   * @param path the commands above, separated by spaces
   * @throws IllegalArgumentException for an unknown command or a missing number
   */
  static Strokes parse(String path) {
    Strokes strokes = new Strokes();
    String[] words = path.trim().split("\\s+");
    int at = 0;
    while (at < words.length) {
      String command = words[at++];
      int numbers = numbersOf(command);
      if (at + numbers > words.length) {
        throw new IllegalArgumentException(command + " needs " + numbers + " numbers: " + path);
      }
      double[] v = new double[numbers];
      for (int i = 0; i < numbers; i++) {
        v[i] = Double.parseDouble(words[at++]);
      }
      strokes.add(command, v);
    }
    return strokes;
  }

  private static int numbersOf(String command) {
    return switch (command) {
      case "M", "L" -> 2;
      case "Q" -> 4;
      case "C" -> 6;
      default -> throw new IllegalArgumentException("unknown stroke command " + command);
    };
  }

  private void add(String command, double[] v) {
    if (command.equals("M")) {
      lines.add(new ArrayList<>(List.of(v)));
      return;
    }
    if (lines.isEmpty()) {
      throw new IllegalArgumentException("a stroke starts with M");
    }
    List<double[]> line = lines.get(lines.size() - 1);
    double[] p = line.get(line.size() - 1);
    switch (command) {
      case "L" -> line.add(v);
      case "Q" ->
          curve(
              line,
              p,
              new double[] {(p[0] + 2 * v[0]) / 3, (p[1] + 2 * v[1]) / 3},
              new double[] {(v[2] + 2 * v[0]) / 3, (v[3] + 2 * v[1]) / 3},
              new double[] {v[2], v[3]});
      default ->
          curve(
              line,
              p,
              new double[] {v[0], v[1]},
              new double[] {v[2], v[3]},
              new double[] {v[4], v[5]});
    }
  }

  private static void curve(List<double[]> line, double[] p, double[] a, double[] b, double[] q) {
    for (int i = 1; i <= STEPS; i++) {
      double t = (double) i / STEPS;
      double s = 1 - t;
      double[] point = new double[2];
      for (int d = 0; d < 2; d++) {
        point[d] =
            s * s * s * p[d] + 3 * s * s * t * a[d] + 3 * s * t * t * b[d] + t * t * t * q[d];
      }
      line.add(point);
    }
  }

  /** Leans every point: x becomes x - slant * y. */
  Strokes slanted(double slant) {
    return mapped((x, y) -> new double[] {x - slant * y, y});
  }

  /** Scales by {@code scale}, then moves by (dx, dy). */
  Strokes placed(double scale, double dx, double dy) {
    return mapped((x, y) -> new double[] {scale * x + dx, scale * y + dy});
  }

  /** Turns by {@code angle} radians, clockwise as one sees it, after stretching x. */
  Strokes turned(double angle, double stretch) {
    double cos = StrictMath.cos(angle);
    double sin = StrictMath.sin(angle);
    return mapped(
        (x, y) -> new double[] {stretch * x * cos - y * sin, stretch * x * sin + y * cos});
  }

  /** Bends: a point moves by smooth waves of random phase, {@code amplitude} units at most. */
  Strokes bent(double amplitude, Random random) {
    double[] phase = random.doubles(4, 0, 2 * Math.PI).toArray();
    double wave = 2 * Math.PI / 110;
    return mapped(
        (x, y) ->
            new double[] {
              x
                  + amplitude
                      / 2
                      * (StrictMath.sin(wave * y + phase[0]) + StrictMath.sin(wave * x + phase[1])),
              y
                  + amplitude
                      / 2
                      * (StrictMath.sin(wave * x + phase[2]) + StrictMath.sin(wave * y + phase[3]))
            });
  }

  /** Where a point goes. */
  private interface Move {
    double[] of(double x, double y);
  }

  private Strokes mapped(Move move) {
    Strokes out = new Strokes();
    for (List<double[]> line : lines) {
      List<double[]> moved = new ArrayList<>();
      for (double[] p : line) {
        moved.add(move.of(p[0], p[1]));
      }
      out.lines.add(moved);
    }
    return out;
  }

  /** Returns {left, top, right, bottom} of the points, without the width of the pen. */
  double[] bounds() {
    double[] box = {
      Double.POSITIVE_INFINITY,
      Double.POSITIVE_INFINITY,
      Double.NEGATIVE_INFINITY,
      Double.NEGATIVE_INFINITY
    };
    for (List<double[]> line : lines) {
      for (double[] p : line) {
        box[0] = Math.min(box[0], p[0]);
        box[1] = Math.min(box[1], p[1]);
        box[2] = Math.max(box[2], p[0]);
        box[3] = Math.max(box[3], p[1]);
      }
    }
    return box;
  }

  /** Returns the distance from (x, y) to the nearest point of any stroke. */
  double distance(double x, double y) {
    double best = Double.POSITIVE_INFINITY;
    for (List<double[]> line : lines) {
      for (int i = 0; i < line.size(); i++) {
        double[] p = line.get(i);
        double[] q = line.get(Math.min(i + 1, line.size() - 1));
        best = Math.min(best, squared(x, y, p, q));
      }
    }
    return Math.sqrt(best);
  }

  private static double squared(double x, double y, double[] p, double[] q) {
    double dx = q[0] - p[0];
    double dy = q[1] - p[1];
    double length = dx * dx + dy * dy;
    double t = length == 0 ? 0 : ((x - p[0]) * dx + (y - p[1]) * dy) / length;
    t = Math.max(0, Math.min(1, t));
    double ex = x - (p[0] + t * dx);
    double ey = y - (p[1] + t * dy);
    return ex * ex + ey * ey;
  }
}
