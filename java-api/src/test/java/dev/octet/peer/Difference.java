// SPDX-License-Identifier: Apache-2.0
package dev.octet.peer;

import dev.octet.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** How far outputs lie from those of the peer, summed over inputs. */
public final class Difference {
  /** Below so many elements a tensor's own greatest value is no yardstick: it may be near zero. */
  private static final int SHORT = 8;

  private long values;
  private long differing;
  private double greatestStep;
  private double greatestRelative;
  private double shortStep;
  private double shortScale;
  private int firsts;
  private int sameFirsts;
  private double greatestFirstLoss;

  /** Adds one output tensor; {@code peer} is the yardstick. */
  public void add(TensorType type, byte[] octet, byte[] peer) {
    if (octet.length != peer.length) {
      throw new AssertionError(octet.length + " bytes, the peer gives " + peer.length);
    }
    double[] a = values(type, octet);
    double[] b = values(type, peer);
    double step = 0;
    double scale = 0;
    for (int i = 0; i < a.length; i++) {
      if (Double.compare(a[i], b[i]) != 0 && !(a[i] == b[i])) {
        differing++;
      }
      double each = Math.abs(a[i] - b[i]);
      if (Double.isNaN(each) && Double.compare(a[i], b[i]) != 0) {
        each = Double.POSITIVE_INFINITY;
      }
      step = Math.max(step, Double.isNaN(each) ? 0 : each);
      scale = Math.max(scale, Math.abs(b[i]));
    }
    values += a.length;
    greatestStep = Math.max(greatestStep, step);
    if (a.length < SHORT) {
      shortStep = Math.max(shortStep, step);
      shortScale = Math.max(shortScale, scale);
    } else {
      greatestRelative = Math.max(greatestRelative, relative(step, scale));
    }
    addFirst(a, b);
  }

  private static double relative(double step, double scale) {
    return step == 0 ? 0 : step / scale;
  }

  private void addFirst(double[] a, double[] b) {
    if (a.length < 2) {
      return;
    }
    int first = first(a);
    double best = b[first(b)];
    firsts++;
    if (b[first] == best) {
      sameFirsts++;
    }
    greatestFirstLoss = Math.max(greatestFirstLoss, best - b[first]);
  }

  private static int first(double[] values) {
    int first = 0;
    for (int i = 1; i < values.length; i++) {
      if (values[i] > values[first]) {
        first = i;
      }
    }
    return first;
  }

  private static double[] values(TensorType type, byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    double[] values = new double[bytes.length / type.bytes()];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (type) {
            case FLOAT32 -> in.getFloat();
            case INT8 -> in.get();
            case UINT8 -> in.get() & 0xff;
            case INT16 -> in.getShort();
            case INT32 -> in.getInt();
            case INT64 -> in.getLong();
            case BOOL -> in.get();
            default -> throw new IllegalArgumentException("no comparison of " + type);
          };
    }
    return values;
  }

  /** Adds the outputs of one run. */
  public void add(List<TensorType> types, List<byte[]> octet, List<byte[]> peer) {
    for (int i = 0; i < types.size(); i++) {
      add(types.get(i), octet.get(i), peer.get(i));
    }
  }

  /** Values that are not the same. */
  public long differing() {
    return differing;
  }

  /** Greatest |a - b|: in quantized tensors the number of steps. */
  public double greatestStep() {
    return greatestStep;
  }

  /**
   * Greatest max|a - b| / max|b| of a tensor; for tensors of a few elements the maxima are those of
   * all inputs.
   */
  public double greatestRelative() {
    return Math.max(greatestRelative, relative(shortStep, shortScale));
  }

  /** The most by which the peer's value at Octet's greatest falls short of the peer's greatest. */
  public double greatestFirstLoss() {
    return greatestFirstLoss;
  }

  /** True when Octet's greatest value is, everywhere, one that is greatest in the peer too. */
  public boolean sameFirsts() {
    return sameFirsts == firsts;
  }

  @Override
  public String toString() {
    return String.format(
        "%d of %d values differ, greatest step %.4g, relative %.2g, top-1 same in %d of %d",
        differing, values, greatestStep, greatestRelative(), sameFirsts, firsts);
  }
}
