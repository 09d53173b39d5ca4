// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.calibrate;

import dev.octet.Model;
import dev.octet.toolkit.data.Sample;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.AbstractList;
import java.util.List;

/**
 * Prints what a calibration takes: {@code CalibrationSpeed MODEL SAMPLES [THREADS]}, with normally
 * distributed samples for the model's one input.
 */
final class CalibrationSpeed {
  private CalibrationSpeed() {}

  public static void main(String[] args) throws Exception {
    byte[] bytes = Files.readAllBytes(Path.of(args[0]));
    int count = Integer.parseInt(args[1]);
    int[] shape;
    try (Model model = Model.load(bytes)) {
      shape = model.inputs().get(0).shape();
    }
    List<Sample> samples =
        new AbstractList<>() {
          @Override
          public Sample get(int i) {
            return ListedSamples.random(i, 1, shape).samples().get(0);
          }

          @Override
          public int size() {
            return count;
          }
        };
    long start = System.nanoTime();
    Calibrator calibrator = new Calibrator(args[0], bytes);
    if (args.length > 2) {
      calibrator.threads(Integer.parseInt(args[2]));
    }
    CalibrationStatistics seen = calibrator.calibrate(null, new ListedSamples("random", samples));
    System.out.printf(
        "%d tensors, %d samples: %.2f s, %.2f s of processors%n",
        seen.tensors().size(), count, (System.nanoTime() - start) / 1e9, cpuSeconds());
    for (String name : List.of("min-max", "moving-average", "percentile", "mse", "entropy")) {
      double before = cpuSeconds();
      for (TensorStatistics tensor : seen.tensors()) {
        CalibrationMethod.named(name).range(tensor, 8);
      }
      System.out.printf("%s: %.2f s of processors%n", name, cpuSeconds() - before);
    }
    start = System.nanoTime();
    int length = StatisticsJson.write(seen).length();
    System.out.printf("JSON: %d bytes, %.2f s%n", length, (System.nanoTime() - start) / 1e9);
    System.out.println(seen.convergence());
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    System.out.printf("heap %d MB%n", runtime.totalMemory() - runtime.freeMemory() >> 20);
  }

  private static double cpuSeconds() {
    return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos() / 1e9;
  }
}
