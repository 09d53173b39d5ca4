// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.load;

import com.google.gson.JsonObject;
import java.util.Locale;

/** What a load gave, for people and for programs. */
public final class LoadReport {
  private static final double[] PERCENTILES = {50, 90, 99, 99.9, 99.99, 100};

  private LoadReport() {}

  /** A few lines, the last one ended. */
  public static String text(LoadResult result, LoadOptions options, int workers) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "capacity  %.1f requests/s of %d %s, one after the other%n",
            result.capacity(),
            workers,
            workers == 1 ? "worker" : "workers"));
    text.append(
        String.format(
            Locale.ROOT,
            "load      %.1f requests/s (%.0f %% of that), %s arrivals, %.0f s%s%n",
            result.intended(),
            100 * result.intended() / result.capacity(),
            options.arrivals() == Arrivals.Kind.FIXED ? "evenly spaced" : "Poisson",
            options.seconds(),
            options.neighbourMegabytes() > 0
                ? String.format(
                    Locale.ROOT, ", neighbour allocating %.0f MB/s", options.neighbourMegabytes())
                : ""));
    text.append(
        String.format(
            Locale.ROOT,
            "achieved  %.1f requests/s, %d answers%s%n",
            result.achieved(),
            result.answered(),
            result.unanswered() == 0
                ? ""
                : ", " + result.unanswered() + " NOT ANSWERED within twice the time"));
    text.append(String.format("latency   from when a request was due, \u00b5s%n         "));
    for (double percent : PERCENTILES) {
      text.append(String.format(Locale.ROOT, " %s %.1f ", name(percent), result.micros(percent)));
    }
    text.append(
        String.format(
            Locale.ROOT,
            "%n          p99 is %.2f times p50%ngarbage   %d collections, %d ms together%n",
            result.micros(99) / result.micros(50),
            result.collections(),
            result.collectionMillis()));
    return text.toString();
  }

  private static String name(double percent) {
    return percent == 100 ? "max" : "p" + (percent % 1 == 0 ? "" + (int) percent : "" + percent);
  }

  /** The same with full numbers. */
  public static JsonObject json(LoadResult result, LoadOptions options, int workers) {
    JsonObject object = new JsonObject();
    object.addProperty("workers", workers);
    object.addProperty("arrivals", options.arrivals().name().toLowerCase(Locale.ROOT));
    object.addProperty("seconds", options.seconds());
    object.addProperty("neighbour_mb_per_second", options.neighbourMegabytes());
    object.addProperty("capacity_per_second", result.capacity());
    object.addProperty("load_per_second", result.intended());
    object.addProperty("achieved_per_second", result.achieved());
    object.addProperty("answered", result.answered());
    object.addProperty("unanswered", result.unanswered());
    for (double percent : PERCENTILES) {
      object.addProperty(name(percent).replace(".", "") + "_us", result.micros(percent));
    }
    object.addProperty("collections", result.collections());
    object.addProperty("collection_ms", result.collectionMillis());
    return object;
  }
}
