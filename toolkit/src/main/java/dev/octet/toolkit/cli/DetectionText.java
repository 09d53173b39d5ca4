// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.octet.toolkit.data.Picture;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** Detections for readers and programs. */
final class DetectionText {
  private DetectionText() {}

  /** A line for each, boxes in pixels. */
  static void print(
      PrintWriter out, List<Detections.Detection> found, Labels names, Picture picture) {
    for (Detections.Detection each : found) {
      out.printf(
          Locale.ROOT,
          "  %.3f  %-20s x %4d to %4d, y %4d to %4d%n",
          each.score(),
          names.name(each.label()),
          Math.round(each.xmin() * picture.w()),
          Math.round(each.xmax() * picture.w()),
          Math.round(each.ymin() * picture.h()),
          Math.round(each.ymax() * picture.h()));
    }
  }

  /** Adds {@code h}, {@code w} and {@code detections}, boxes in parts of the picture. */
  static void add(
      JsonObject report, List<Detections.Detection> found, Labels names, Picture picture) {
    JsonArray boxes = new JsonArray();
    found.forEach(each -> boxes.add(json(each, names)));
    report.addProperty("h", picture.h());
    report.addProperty("w", picture.w());
    report.add("detections", boxes);
  }

  private static JsonObject json(Detections.Detection each, Labels names) {
    JsonObject object = new JsonObject();
    object.addProperty("index", each.label());
    object.addProperty("label", names.name(each.label()));
    object.add("score", Json.number(each.score()));
    object.add("ymin", Json.number(each.ymin()));
    object.add("xmin", Json.number(each.xmin()));
    object.add("ymax", Json.number(each.ymax()));
    object.add("xmax", Json.number(each.xmax()));
    return object;
  }
}
