// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.evaluate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.Interpreter;
import dev.octet.Model;
import dev.octet.TensorType;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.toolkit.ShippedFiles;
import dev.octet.toolkit.calibrate.RecurrentModels;
import dev.octet.toolkit.data.DataSet;
import dev.octet.toolkit.data.DataSets;
import dev.octet.toolkit.data.NpyArray;
import dev.octet.toolkit.data.NpyType;
import dev.octet.toolkit.data.Sample;
import dev.octet.toolkit.data.Samples;
import dev.octet.toolkit.model.EditableGraph;
import dev.octet.toolkit.model.EditableModel;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

class EvaluatorTest {
  private static final DataSet DIGITS = DataSets.digits(7, 333);

  private static Evaluator digits() throws IOException {
    return Evaluator.on(DIGITS)
        .model("float", ShippedFiles.bytes("digits_float.tflite"))
        .model("int8", ShippedFiles.bytes("digits_int8.tflite"))
        .bootstrap(new Bootstrap(200, 1))
        .timing(Duration.ZERO);
  }

  /** Everything counted once more, sample by sample, through the engine alone. */
  @Test
  void countsWhatTheEngineSays() throws IOException {
    Evaluations result = digits().evaluate();
    int[] right = new int[2];
    int[] classRight = new int[10];
    int same = 0;
    double noise = 0;
    double signal = 0;
    try (Model f = Model.load(ShippedFiles.bytes("digits_float.tflite"));
        Model q = Model.load(ShippedFiles.bytes("digits_int8.tflite"));
        Interpreter a = f.interpreter();
        Interpreter b = q.interpreter()) {
      int i = 0;
      for (Sample sample : DIGITS) {
        Samples.fill(a, sample);
        Samples.fill(b, sample);
        a.run();
        b.run();
        float[] x = a.output(0).toFloats();
        float[] y = b.output(0).dequantize();
        right[0] += argmax(x) == sample.label() ? 1 : 0;
        right[1] += argmax(y) == sample.label() ? 1 : 0;
        classRight[sample.label()] += argmax(y) == sample.label() ? 1 : 0;
        same += argmax(x) == argmax(y) ? 1 : 0;
        assertEquals(argmax(y), result.models().get(1).predicted()[i++]);
        for (int j = 0; j < 10; j++) {
          signal += (double) x[j] * x[j];
          noise += ((double) y[j] - x[j]) * ((double) y[j] - x[j]);
        }
      }
    }
    assertEquals(333, result.samples());
    assertEquals(right[0] / 333.0, result.model("float").metric("top-1").value(), 1e-12);
    assertEquals(right[1] / 333.0, result.model("int8").metric("top-1").value(), 1e-12);
    Comparison comparison = result.comparison("int8").orElseThrow();
    assertEquals(same / 333.0, comparison.agreement().sameClass(), 1e-12);
    assertEquals(
        10 * Math.log10(signal / noise), comparison.agreement().outputs().get(0).sqnr(), 1e-6);
    MetricDifference top = comparison.metrics().get(0);
    assertEquals((right[0] - right[1]) / 3.33, top.lossPoints(), 1e-9);
    assertEquals(right[0] - right[1], top.pairs().orElseThrow().lost() - top.pairs().get().won());
    for (ClassDrop drop : comparison.classes()) {
      assertEquals(classRight[drop.label()], drop.right());
    }
    assertTrue(result.comparison("float").isEmpty());
    assertEquals(List.of("top-1", "cross-entropy"), names(result));
  }

  private static List<String> names(Evaluations result) {
    return result.models().get(0).metrics().stream().map(MetricValue::name).toList();
  }

  private static int argmax(float[] values) {
    int best = 0;
    for (int i = 1; i < values.length; i++) {
      best = values[i] > values[best] ? i : best;
    }
    return best;
  }

  @Test
  void resultsDoNotDependOnThreads() throws IOException {
    String one = EvaluationJson.of(digits().workers(1).evaluate(), "").toString();
    assertEquals(one, EvaluationJson.of(digits().workers(4).evaluate(), "").toString());
  }

  @Test
  void theBaselineMayBeAnyModel() throws IOException {
    Evaluations forward = digits().evaluate();
    Evaluations backward = digits().baseline("int8").evaluate();
    assertEquals(1, backward.baseline());
    assertEquals("float", backward.comparisons().get(0).model());
    PairedCounts a = forward.comparisons().get(0).metrics().get(0).pairs().orElseThrow();
    PairedCounts b = backward.comparisons().get(0).metrics().get(0).pairs().orElseThrow();
    assertEquals(new PairedCounts(a.bothRight(), a.won(), a.lost(), a.bothWrong()), b);
    assertThrows(IllegalArgumentException.class, () -> digits().baseline("other").evaluate());
    assertThrows(IllegalArgumentException.class, () -> digits().model("int8", new byte[0]));
  }

  @Test
  void aModelIsTheSameAsItself() throws IOException {
    byte[] bytes = ShippedFiles.bytes("digits_int8.tflite");
    Evaluations result =
        Evaluator.on(DIGITS).model("a", bytes).model("b", bytes).timing(Duration.ZERO).evaluate();
    Comparison comparison = result.comparisons().get(0);
    for (MetricDifference metric : comparison.metrics()) {
      assertEquals(MetricDifference.Verdict.SAME, metric.verdict());
      assertEquals(metric.name() + ": the same on every sample", metric.sentence());
    }
    assertEquals(1, comparison.agreement().sameClass());
    assertEquals(Double.POSITIVE_INFINITY, comparison.agreement().outputs().get(0).sqnr());
    assertTrue(comparison.worstClass().isEmpty() && comparison.lost().isEmpty());
  }

  @Test
  void sizeTimeAndMemory() throws IOException {
    byte[] bytes = ShippedFiles.bytes("digits_float.tflite");
    Evaluation model = digits().timing(Duration.ofMillis(20)).evaluate().model("float");
    assertEquals(bytes.length, model.size().bytes());
    assertTrue(model.size().gzipBytes() < bytes.length);
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (var gzip = new java.util.zip.GZIPOutputStream(packed)) {
      gzip.write(bytes);
    }
    assertTrue(model.size().gzipBytes() <= packed.size(), "level 9 is worse than level 6");
    assertEquals(
        bytes.length,
        new GZIPInputStream(new java.io.ByteArrayInputStream(packed.toByteArray()))
            .readAllBytes()
            .length);
    Timing timing = model.timing().orElseThrow();
    assertTrue(timing.minMicros() > 0 && timing.minMicros() <= timing.medianMicros());
    assertTrue(timing.runs() >= 10);
    try (Model loaded = Model.load(bytes);
        Interpreter interpreter = loaded.interpreter()) {
      interpreter.run();
      assertEquals(interpreter.memoryBytes() + interpreter.weightBytes(), model.memoryBytes());
    }
  }

  @Test
  void aUsersMetricIsTreatedAsAnyOther() throws IOException {
    Evaluations result = digits().metrics(new ZeroShare()).evaluate();
    assertEquals(List.of("zeros"), names(result));
    MetricDifference zeros = result.comparisons().get(0).metrics().get(0);
    assertTrue(zeros.pairs().isPresent());
    assertEquals(0.1, zeros.value(), 0.05);
    assertTrue(result.models().get(0).classes().isEmpty());
    Metric failing = new TestMetric(prediction -> 1 / (prediction.label() % 10 - 4));
    RuntimeException e =
        assertThrows(RuntimeException.class, () -> digits().metrics(failing).evaluate());
    assertTrue(e.getMessage().contains("test of float, digits:7:333[4]"), e.getMessage());
  }

  private record TestMetric(java.util.function.ToDoubleFunction<Prediction> of) implements Metric {
    @Override
    public String name() {
      return "test";
    }

    @Override
    public boolean higherIsBetter() {
      return true;
    }

    @Override
    public double value(Prediction prediction) {
      return of.applyAsDouble(prediction);
    }
  }

  /** What an LSTM gives for a sample does not depend on the samples before it. */
  @Test
  void statesStartAnewWithEverySample() throws IOException {
    byte[] lstm =
        RecurrentModels.sequence(3, RecurrentModels.Options.plain(), 1, 5, 3, 4, 4).toBytes();
    int[] shape;
    try (Model model = Model.load(lstm)) {
      shape = model.inputs().get(0).shape();
    }
    Random random = new Random(5);
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < 70; i++) {
      samples.add(sample("s" + i, shape, random, -1, null));
    }
    Metric first = new TestMetric(prediction -> prediction.output(0)[0]);
    double[] forward = values(lstm, samples, first);
    Collections.reverse(samples);
    double[] backward = values(lstm, samples, first);
    for (int i = 0; i < 70; i++) {
      assertEquals(forward[i], backward[69 - i]);
    }
    assertTrue(java.util.Arrays.stream(forward).distinct().count() > 60);
  }

  private static double[] values(byte[] model, List<Sample> samples, Metric metric)
      throws IOException {
    return Evaluator.on(DataSets.of("listed", samples))
        .model("m", model)
        .metrics(metric)
        .workers(2)
        .timing(Duration.ZERO)
        .evaluate()
        .models()
        .get(0)
        .metrics()
        .get(0)
        .values();
  }

  private static Sample sample(String name, int[] shape, Random random, int label, float[] target) {
    int n = 1;
    for (int dim : shape) {
      n *= dim;
    }
    ByteBuffer data = ByteBuffer.allocate(4 * n).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < n; i++) {
      data.putFloat(4 * i, (float) random.nextGaussian());
    }
    return new Sample(name, List.of(new NpyArray(NpyType.FLOAT32, shape, data)), label, target);
  }

  private static List<Sample> listed(int count, int label, float[] target, int... shape) {
    Random random = new Random(1);
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      samples.add(sample("listed[" + i + "]", shape, random, i < 40 ? 3 : label, target));
    }
    return samples;
  }

  private static String refused(List<Sample> samples, Metric... metrics) {
    DataSet data = DataSets.of("listed", samples);
    Exception e =
        assertThrows(
            Exception.class,
            () ->
                Evaluator.on(data)
                    .model("float", ShippedFiles.bytes("digits_float.tflite"))
                    .metrics(metrics)
                    .evaluate());
    return e.getMessage();
  }

  @Test
  void wrongDataSetsAreRefusedByName() {
    String label = refused(listed(60, 10, null, 28, 28));
    assertTrue(label.startsWith("listed[40]: label 10, but "), label);
    assertTrue(label.endsWith("float tells 10 classes apart (0 to 9)"), label);
    String missing = refused(listed(60, -1, null, 28, 28));
    assertEquals("listed[40]: no label, and top-1 needs one", missing);
    String target = refused(listed(3, 3, null, 28, 28), Metrics.meanSquaredError());
    assertEquals("listed[0]: no target, and MSE needs one", target);
    String length = refused(listed(3, 3, new float[3], 28, 28), Metrics.meanSquaredError());
    assertTrue(length.startsWith("listed[0]: a target of 3 numbers, but "), length);
    String shape = refused(listed(3, 3, null, 28, 27));
    assertTrue(shape.startsWith("listed[0]: ") && shape.contains("[28, 27]"), shape);
    String nothing =
        assertThrows(
                IOException.class,
                () ->
                    Evaluator.on(new DataSetOf(List.of()))
                        .model("float", ShippedFiles.bytes("digits_float.tflite"))
                        .evaluate())
            .getMessage();
    assertEquals("listed: no samples", nothing);
    assertThrows(IllegalArgumentException.class, () -> Evaluator.on(DIGITS).evaluate());
  }

  /** A model that gives |x| for x is far from an anomaly, whose numbers are negative. */
  @Test
  void reconstructionErrorsTellAnomalies() throws IOException {
    EditableModel model = RecurrentModels.empty("absolute");
    EditableTensor x = new EditableTensor("x", TensorType.FLOAT32, 1, 4);
    EditableTensor y = new EditableTensor("y", TensorType.FLOAT32, 1, 4);
    EditableGraph graph = model.graphs().get(0);
    graph.inputs().add(x);
    graph.outputs().add(y);
    graph.operators().add(new EditableOperator(BuiltinOperator.ABS, List.of(x), List.of(y)));
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      // one normal sample in ten is as negative as an anomaly
      boolean negative = i % 2 == 1 || i % 20 == 0;
      ByteBuffer data = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
      data.putFloat(0, negative ? -1 : 1);
      NpyArray input = new NpyArray(NpyType.FLOAT32, new int[] {4}, data);
      samples.add(new Sample("s" + i, List.of(input), i % 2, null));
    }
    Evaluations result =
        Evaluator.on(DataSets.of("listed", samples))
            .model("absolute", model.toBytes())
            .timing(Duration.ZERO)
            .evaluate();
    assertEquals(List.of("AUC"), names(result));
    MetricValue area = result.models().get(0).metrics().get(0);
    // 3 of 25 normal samples tie with every anomaly
    assertEquals(1 - 0.5 * 3 / 25, area.value(), 1e-12);
    assertTrue(area.interval().low() < 0.94 && area.interval().high() > 0.94);
  }

  private record DataSetOf(List<Sample> samples) implements DataSet {
    @Override
    public String name() {
      return "listed";
    }

    @Override
    public int size() {
      return -1;
    }

    @Override
    public List<String> classes() {
      return List.of();
    }

    @Override
    public java.util.Iterator<Sample> iterator() {
      return samples.iterator();
    }
  }

  @Test
  void ofFiveSamplesNothingIsBeyondChance() throws IOException {
    for (int count : new int[] {1, 5, 6}) {
      Evaluations result =
          Evaluator.on(DataSets.digits(2, count))
              .model("float", ShippedFiles.bytes("digits_float.tflite"))
              .model("int8", ShippedFiles.bytes("digits_int8.tflite"))
              .timing(Duration.ZERO)
              .metrics(Metrics.loss())
              .evaluate();
      MetricDifference loss = result.comparisons().get(0).metrics().get(0);
      assertEquals(count < 6, loss.verdict() == MetricDifference.Verdict.UNKNOWN, loss.sentence());
      assertEquals(
          count < 6, loss.sentence().endsWith("on samples too few to tell it from chance"));
      assertEquals(
          count < 6, EvaluationTable.row(result, result.models().get(1)).get(2).equals("\u2013"));
    }
  }

  @Test
  void withoutLabelsModelsCanOnlyAgree() throws IOException {
    List<Sample> samples = new ArrayList<>();
    for (Sample sample : DIGITS) {
      samples.add(new Sample(sample.name(), sample.inputs(), -1, null));
    }
    DataSet data = DataSets.of("bare", samples);
    Evaluations result =
        Evaluator.on(data)
            .model("float", ShippedFiles.bytes("digits_float.tflite"))
            .model("int8", ShippedFiles.bytes("digits_int8.tflite"))
            .evaluate();
    assertEquals(List.of(), names(result));
    assertTrue(result.comparisons().get(0).agreement().outputs().get(0).sqnr() > 10);
    assertTrue(Double.isNaN(result.comparisons().get(0).agreement().sameClass()));
    assertEquals(
        "bare: no labels and no targets, and one model alone agrees with nothing",
        refused(samples).replace("listed", "bare"));
  }

  @Test
  void modelsOfOtherOutputsAreNotCompared() throws IOException {
    byte[] other =
        RecurrentModels.sequence(3, RecurrentModels.Options.plain(), 1, 5, 3, 4, 4).toBytes();
    Exception e = assertThrows(Exception.class, () -> digits().model("lstm", other).evaluate());
    assertTrue(e.getMessage().startsWith("lstm: labels are compared"), e.getMessage());
  }

  @Test
  void anInterruptedThreadStops() throws IOException {
    Thread caller = Thread.currentThread();
    Evaluator evaluator = digits().workers(2);
    evaluator.listener((done, total) -> caller.interrupt());
    CancellationException e = assertThrows(CancellationException.class, evaluator::evaluate);
    assertTrue(Thread.interrupted());
    assertTrue(e.getMessage().contains("interrupted after"), e.getMessage());
    List<Long> heard = new ArrayList<>();
    Evaluations again =
        evaluator
            .listener(
                (done, total) -> {
                  assertEquals(333, total);
                  heard.add(done);
                })
            .evaluate();
    assertEquals(333, again.samples());
    assertEquals(333L, heard.get(heard.size() - 1));
    assertArrayEquals(heard.stream().sorted().toArray(), heard.toArray());
  }
}
