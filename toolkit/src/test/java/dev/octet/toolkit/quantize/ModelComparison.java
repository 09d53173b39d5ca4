// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.quantize;

import dev.octet.TensorType;
import dev.octet.tflite.TfliteModel;
import dev.octet.tflite.TfliteOperator;
import dev.octet.tflite.TfliteQuantization;
import dev.octet.tflite.TfliteReader;
import dev.octet.tflite.TfliteSubgraph;
import dev.octet.tflite.TfliteTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Two models operator by operator: what differs in structure (in words) and how often numbers
 * differ. Tensors are paired by their places at the operators and the ends of the graphs; names and
 * indices are not compared.
 */
public final class ModelComparison {
  /** Counts of one kind of numbers. */
  public static final class Count {
    private long total;
    private long offByOne;
    private long wrong;

    private void add(long expected, long actual) {
      total++;
      if (Math.abs(expected - actual) == 1) {
        offByOne++;
      } else if (expected != actual) {
        wrong++;
      }
    }

    /** How many were compared. */
    public long total() {
      return total;
    }

    /** How many differ by one. */
    public long offByOne() {
      return offByOne;
    }

    /** How many differ by more. */
    public long wrong() {
      return wrong;
    }

    /** How many differ. */
    public long different() {
      return offByOne + wrong;
    }

    @Override
    public String toString() {
      return total + " (" + offByOne + " off by one, " + wrong + " wrong)";
    }
  }

  private final List<String> structure = new ArrayList<>();
  private final List<String> numbers = new ArrayList<>();
  private final Count weights = new Count();
  private final Count biases = new Count();
  private final Count zeroPoints = new Count();
  private long floats;
  private long floatsDifferent;
  private long scales;
  private long scalesDifferent;
  private long scaleUlps;

  private ModelComparison(TfliteModel expected, TfliteModel actual) {
    if (expected.subgraphs().size() != actual.subgraphs().size()) {
      structure.add(
          actual.subgraphs().size() + " subgraphs instead of " + expected.subgraphs().size());
      return;
    }
    for (int g = 0; g < expected.subgraphs().size(); g++) {
      compare(expected.subgraphs().get(g), actual.subgraphs().get(g));
    }
  }

  public static ModelComparison of(TfliteModel expected, TfliteModel actual) {
    return new ModelComparison(expected, actual);
  }

  public static ModelComparison of(Path expected, byte[] actual) throws IOException {
    return of(
        TfliteReader.read(expected.toString(), Files.readAllBytes(expected)),
        TfliteReader.read("actual", actual));
  }

  /** Kinds, order, versions, options, connections, types, shapes, axes: empty when all agree. */
  public List<String> structure() {
    return structure;
  }

  /** A line for each tensor whose numbers differ. */
  public List<String> numbers() {
    return numbers;
  }

  /** Constants of 4, 8 and 16 bits. */
  public Count weights() {
    return weights;
  }

  /** Constants of 32 and 64 bits that have a scale. */
  public Count biases() {
    return biases;
  }

  public Count zeroPoints() {
    return zeroPoints;
  }

  public long scales() {
    return scales;
  }

  public long scalesDifferent() {
    return scalesDifferent;
  }

  /** The greatest distance of two scales in units of the last place. */
  public long scaleUlps() {
    return scaleUlps;
  }

  /** Constants in FLOAT32 and FLOAT16. */
  public long floats() {
    return floats;
  }

  public long floatsDifferent() {
    return floatsDifferent;
  }

  /** True when nothing differs at all. */
  public boolean same() {
    return structure.isEmpty() && numbers.isEmpty();
  }

  private void compare(TfliteSubgraph expected, TfliteSubgraph actual) {
    String graph = "graph " + expected.index();
    List<String> kinds = expected.operators().stream().map(TfliteOperator::name).toList();
    List<String> actualKinds = actual.operators().stream().map(TfliteOperator::name).toList();
    if (!kinds.equals(actualKinds)) {
      int at = 0;
      while (at < Math.min(kinds.size(), actualKinds.size())
          && kinds.get(at).equals(actualKinds.get(at))) {
        at++;
      }
      structure.add(
          graph
              + ": operators differ from operator "
              + at
              + ": expected "
              + kinds.subList(at, kinds.size())
              + ", not "
              + actualKinds.subList(at, actualKinds.size()));
      return;
    }
    Map<Integer, Integer> pairs = new HashMap<>();
    pair(graph + " input", expected, expected.inputs(), actual, actual.inputs(), pairs);
    for (int i = 0; i < kinds.size(); i++) {
      TfliteOperator e = expected.operators().get(i);
      TfliteOperator a = actual.operators().get(i);
      String place = graph + " operator " + i + " " + e.name();
      if (e.version() != a.version()) {
        structure.add(place + ": version " + a.version() + " instead of " + e.version());
      }
      if (!String.valueOf(e.options()).equals(String.valueOf(a.options()))) {
        structure.add(place + ": " + a.options() + " instead of " + e.options());
      }
      pair(place + " input", expected, e.inputs(), actual, a.inputs(), pairs);
      pair(place + " output", expected, e.outputs(), actual, a.outputs(), pairs);
      pair(place + " intermediate", expected, e.intermediates(), actual, a.intermediates(), pairs);
    }
    pair(graph + " output", expected, expected.outputs(), actual, actual.outputs(), pairs);
  }

  private void pair(
      String place,
      TfliteSubgraph expected,
      int[] expectedEnds,
      TfliteSubgraph actual,
      int[] actualEnds,
      Map<Integer, Integer> pairs) {
    if (expectedEnds.length != actualEnds.length) {
      structure.add(place + "s: " + actualEnds.length + " instead of " + expectedEnds.length);
      return;
    }
    for (int i = 0; i < expectedEnds.length; i++) {
      int e = expectedEnds[i];
      int a = actualEnds[i];
      if (e < 0 || a < 0) {
        if (e >= 0 || a >= 0) {
          structure.add(place + " " + i + (a < 0 ? ": missing" : ": should be absent"));
        }
        continue;
      }
      TfliteTensor e1 = expected.tensors().get(e);
      TfliteTensor a1 = actual.tensors().get(a);
      Integer known = pairs.put(e, a);
      if (known == null) {
        compare(place + " " + i, e1, a1);
      } else if (known != a && !(e1.isConstant() && a1.isConstant())) {
        structure.add(place + " " + i + " is connected to another tensor");
      } else if (known != a) {
        // equal constants may be one tensor or two
        compare(place + " " + i, e1, a1);
      }
    }
  }

  private void compare(String place, TfliteTensor expected, TfliteTensor actual) {
    String tensor = place + " '" + expected.name() + "'";
    int before = structure.size();
    differs(tensor, "type", expected.type(), actual.type());
    differs(tensor, "shape", list(expected.shape()), list(actual.shape()));
    differs(tensor, "signature", list(expected.shapeSignature()), list(actual.shapeSignature()));
    differs(tensor, "constant", expected.isConstant(), actual.isConstant());
    differs(tensor, "variable", expected.variable(), actual.variable());
    float[] expectedScales = scales(expected);
    float[] actualScales = scales(actual);
    differs(tensor, "number of scales", expectedScales.length, actualScales.length);
    if (structure.size() > before) {
      return;
    }
    if (expectedScales.length > 1) {
      differs(
          tensor, "axis", expected.quantization().dimension(), actual.quantization().dimension());
    }
    if (expectedScales.length > 0) {
      parameters(tensor, expected.quantization(), actual.quantization());
    }
    if (expected.isConstant()) {
      contents(tensor, expected, actual);
    }
  }

  private static float[] scales(TfliteTensor tensor) {
    return tensor.quantization() == null ? new float[0] : tensor.quantization().scales();
  }

  private static String list(int[] values) {
    return java.util.Arrays.toString(values);
  }

  private void differs(String tensor, String what, Object expected, Object actual) {
    if (!expected.equals(actual)) {
      structure.add(tensor + ": " + what + " " + actual + " instead of " + expected);
    }
  }

  private void parameters(String tensor, TfliteQuantization expected, TfliteQuantization actual) {
    long worst = 0;
    long zeros = zeroPoints.different();
    for (int i = 0; i < expected.scales().length; i++) {
      long ulps =
          Math.abs(
              Float.floatToIntBits(expected.scales()[i])
                  - (long) Float.floatToIntBits(actual.scales()[i]));
      scales++;
      scalesDifferent += ulps == 0 ? 0 : 1;
      worst = Math.max(worst, ulps);
      zeroPoints.add(expected.zeroPoints()[i], actual.zeroPoints()[i]);
    }
    scaleUlps = Math.max(scaleUlps, worst);
    if (worst > 0 || zeroPoints.different() > zeros) {
      numbers.add(
          String.format(
              "%s: scale %s zero %d instead of %s zero %d (%d ulps)",
              tensor,
              actual.scales()[0],
              actual.zeroPoints()[0],
              expected.scales()[0],
              expected.zeroPoints()[0],
              worst));
    }
  }

  private void contents(String tensor, TfliteTensor expected, TfliteTensor actual) {
    ByteBuffer e = expected.data();
    ByteBuffer a = actual.data();
    if (e.remaining() != a.remaining()) {
      structure.add(tensor + ": " + a.remaining() + " bytes instead of " + e.remaining());
      return;
    }
    TensorType type = expected.type();
    boolean isFloat = type == TensorType.FLOAT32 || type == TensorType.FLOAT16;
    boolean wide = type == TensorType.INT32 || type == TensorType.INT64;
    if (isFloat || wide && scales(expected).length == 0) {
      int unit = Math.max(1, type.bytes());
      long different = 0;
      for (int i = 0; i < e.remaining(); i += unit) {
        different += e.slice(i, unit).equals(a.slice(i, unit)) ? 0 : 1;
      }
      floats += isFloat ? e.remaining() / unit : 0;
      floatsDifferent += isFloat ? different : 0;
      if (different > 0) {
        numbers.add(tensor + ": " + different + " of " + e.remaining() / unit + " differ");
      }
      return;
    }
    Count count = wide ? biases : weights;
    long before = count.different();
    for (int i = 0; i < e.remaining(); i += Math.max(1, type.bytes())) {
      switch (type) {
        case INT64 -> count.add(e.getLong(i), a.getLong(i));
        case INT32 -> count.add(e.getInt(i), a.getInt(i));
        case INT16 -> count.add(e.getShort(i), a.getShort(i));
        case UINT8 -> count.add(e.get(i) & 255, a.get(i) & 255);
        case INT4 -> {
          count.add(e.get(i) << 28 >> 28, a.get(i) << 28 >> 28);
          count.add(e.get(i) >> 4, a.get(i) >> 4);
        }
        default -> count.add(e.get(i), a.get(i));
      }
    }
    if (count.different() > before) {
      numbers.add(tensor + ": " + (count.different() - before) + " integers differ");
    }
  }

  @Override
  public String toString() {
    return String.format(
        "structure %s; weights %s; biases %s; zero points %s; scales %d (%d differ, at most %d"
            + " ulps); floats %d (%d differ)",
        structure.isEmpty() ? "same" : structure,
        weights,
        biases,
        zeroPoints,
        scales,
        scalesDifferent,
        scaleUlps,
        floats,
        floatsDifferent);
  }
}
