// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.evaluate;

/** The metrics that Octet has. */
public final class Metrics {
  private static final String NAMES = "top1 (or any topK), loss, mse, mae, rmse, auc";

  private Metrics() {}

  /** Share of samples whose label has the greatest score: {@link #top} of 1. */
  public static Metric accuracy() {
    return top(1);
  }

  /**
   * Share of samples whose label is among the {@code k} greatest scores of the first output. Of
   * equal scores the first stands first, as with numpy's argmax.
   *
   * @throws IllegalArgumentException unless {@code k >= 1}
   */
  public static Metric top(int k) {
    return new TopMetric(k);
  }

  /**
   * Mean of {@code -ln p(label)} in nats, p at least 1e-7 (Keras's limit: a quantized probability
   * may be 0). p is the first output where that holds probabilities, else its softmax, by the rule
   * of {@link Scores}.
   */
  public static Metric loss() {
    return new LossMetric();
  }

  /** Mean of {@code (output - target)^2} over the first output's elements and the samples. */
  public static Metric meanSquaredError() {
    return new ErrorMetric("MSE", ErrorMetric.Form.SQUARE);
  }

  /** Mean of {@code |output - target|} over the first output's elements and the samples. */
  public static Metric meanAbsoluteError() {
    return new ErrorMetric("MAE", ErrorMetric.Form.ABSOLUTE);
  }

  /** The root of {@link #meanSquaredError}. */
  public static Metric rootMeanSquaredError() {
    return new ErrorMetric("RMSE", ErrorMetric.Form.ROOT);
  }

  /**
   * Area under the ROC curve of an anomaly score; labels are 0 (normal) and 1 (anomaly). The score
   * of a sample is the mean square of output less input where both have the same number of elements
   * (a model that reconstructs its input), and the output itself where that is one number.
   */
  public static Metric areaUnderCurve() {
    return new AreaMetric();
  }

  /**
   * The metric of a name: {@code top1}, {@code top5}, …, {@code loss}, {@code mse}, {@code mae},
   * {@code rmse}, {@code auc}; or the name of a public class on the class path that implements
   * {@link Metric} and has a constructor without parameters.
   *
   * @throws IllegalArgumentException naming what is wrong
   */
  public static Metric named(String name) {
    if (name.matches("top[1-9][0-9]{0,5}")) {
      return top(Integer.parseInt(name.substring(3)));
    }
    return switch (name) {
      case "accuracy" -> accuracy();
      case "loss" -> loss();
      case "mse" -> meanSquaredError();
      case "mae" -> meanAbsoluteError();
      case "rmse" -> rootMeanSquaredError();
      case "auc" -> areaUnderCurve();
      default -> load(name);
    };
  }

  private static Metric load(String name) {
    try {
      ClassLoader context = Thread.currentThread().getContextClassLoader();
      Class<?> type = Class.forName(name, true, context);
      return (Metric) type.getConstructor().newInstance();
    } catch (ClassNotFoundException e) {
      throw new IllegalArgumentException(
          "'" + name + "' is no metric (" + NAMES + ") and no class on the class path", e);
    } catch (ClassCastException e) {
      throw new IllegalArgumentException(name + " does not implement " + Metric.class.getName(), e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException(
          name + " cannot be made: it takes a public constructor without parameters", e);
    }
  }
}
