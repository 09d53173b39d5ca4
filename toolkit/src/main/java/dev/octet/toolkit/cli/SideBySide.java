// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import com.google.gson.JsonObject;
import dev.octet.Interpreter;
import dev.octet.Tensor;
import dev.octet.toolkit.data.TensorNumbers;
import dev.octet.toolkit.text.Progress;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.Locale;

/**
 * A compiled model on an Edge TPU and the model it was compiled from on the CPU, in turn: their
 * times, and how far their outputs of the same inputs are apart.
 *
 * @param first microseconds of the first run on the Edge TPU, in which the model gets there
 * @param device times of later ones
 * @param twin times on the CPU
 * @param outputs of both first runs, compared
 */
record SideBySide(double first, Percentiles device, Percentiles twin, Outputs outputs) {
  private static final int WARM_UP_SHARE = 5;

  /**
   * How far outputs are apart.
   *
   * @param elements of all outputs
   * @param differing how many of them are not the same number
   * @param largest difference, of dequantized numbers
   */
  record Outputs(long elements, long differing, double largest) {}

  /**
   * Runs both in turn, at least once each, after a fifth of the time to warm up. Both must have
   * their inputs.
   *
   * @throws IllegalArgumentException when inputs or outputs of the two are not alike
   */
  static SideBySide measure(
      Interpreter device, Interpreter twin, double seconds, Progress progress) {
    requireAlike(device, twin);
    long budget = (long) (seconds * 1e9);
    double first = RunTimes.one(device);
    twin.run();
    Outputs outputs = compare(device, twin); // before recurrent states drift apart
    long warm = System.nanoTime() + budget / WARM_UP_SHARE;
    while (System.nanoTime() < warm) {
      device.run();
      twin.run();
    }
    double[] deviceMicros = new double[1024];
    double[] twinMicros = new double[1024];
    int count = 0;
    long start = System.nanoTime();
    do {
      if (count == deviceMicros.length) {
        deviceMicros = Arrays.copyOf(deviceMicros, 2 * count);
        twinMicros = Arrays.copyOf(twinMicros, 2 * count);
      }
      deviceMicros[count] = RunTimes.one(device);
      twinMicros[count++] = RunTimes.one(twin);
      progress.update(System.nanoTime() - start, budget);
    } while (System.nanoTime() - start < budget);
    return new SideBySide(
        first,
        new Percentiles(Arrays.copyOf(deviceMicros, count)),
        new Percentiles(Arrays.copyOf(twinMicros, count)),
        outputs);
  }

  private static void requireAlike(Interpreter device, Interpreter twin) {
    boolean alike =
        device.inputCount() == twin.inputCount() && device.outputCount() == twin.outputCount();
    for (int i = 0; alike && i < device.inputCount(); i++) {
      alike =
          alike(device.input(i), twin.input(i)) && device.input(i).type() == twin.input(i).type();
    }
    for (int i = 0; alike && i < device.outputCount(); i++) {
      alike = alike(device.output(i), twin.output(i));
    }
    if (!alike) {
      throw new IllegalArgumentException(
          "--twin: its inputs and outputs are not those of MODEL; is it the one that MODEL was"
              + " compiled from?");
    }
  }

  private static boolean alike(Tensor a, Tensor b) {
    return Arrays.equals(a.shape(), b.shape());
  }

  private static Outputs compare(Interpreter device, Interpreter twin) {
    long elements = 0;
    long differing = 0;
    double largest = 0;
    for (int i = 0; i < device.outputCount(); i++) {
      Tensor output = device.output(i);
      if (!TensorNumbers.has(output.type()) || !TensorNumbers.has(twin.output(i).type())) {
        continue;
      }
      double[] a = TensorNumbers.of(output);
      double[] b = TensorNumbers.of(twin.output(i));
      elements += a.length;
      for (int j = 0; j < a.length; j++) {
        if (Double.compare(a[j], b[j]) != 0) {
          differing++;
          largest = Math.max(largest, Math.abs(a[j] - b[j]));
        }
      }
    }
    return new Outputs(elements, differing, largest);
  }

  /** The twin's median over the device's: above 1 the Edge TPU is faster. */
  double ratio() {
    return twin.at(50) / device.at(50);
  }

  void print(PrintWriter out) {
    out.printf(
        "%-14s%12s%12s%12s%12s%12s \u00b5s%n", "in turn", "min", "p50", "p90", "p99", "p99.9");
    row(out, "Edge TPU", device);
    row(out, "CPU, twin", twin);
    out.printf(
        Locale.ROOT,
        "ratio of medians: the Edge TPU %s; %d runs each%n",
        ratio() >= 1
            ? String.format(Locale.ROOT, "is %.2f times as fast", ratio())
            : String.format(Locale.ROOT, "takes %.2f times as long", 1 / ratio()),
        device.count());
    if (outputs.differing() == 0) {
      out.printf("outputs of the same inputs: all %,d numbers are equal%n", outputs.elements());
    } else {
      out.printf(
          Locale.ROOT,
          "outputs of the same inputs: %,d of %,d numbers differ, by %.6g at most%n",
          outputs.differing(),
          outputs.elements(),
          outputs.largest());
    }
  }

  private static void row(PrintWriter out, String name, Percentiles times) {
    out.printf(
        "%-14s%12s%12s%12s%12s%12s%n",
        name,
        Micros.text(times.min()),
        Micros.text(times.at(50)),
        Micros.text(times.at(90)),
        Micros.text(times.at(99)),
        Micros.text(times.at(99.9)));
  }

  void addTo(JsonObject report) {
    JsonObject other = new JsonObject();
    RunTimes.addTo(other, twin);
    report.add("twin", other);
    report.add("twin_p50_over_device_p50", Json.number(ratio()));
    report.addProperty("output_numbers", outputs.elements());
    report.addProperty("output_numbers_that_differ", outputs.differing());
    report.add("largest_output_difference", Json.number(outputs.largest()));
  }
}
