// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What Linux tells of the machine, as far as it bears on speed and on instructions. No name of
 * host, user or file and no serial number is among it.
 */
final class MachineFacts {
  private static final Set<String> CPU_LINES =
      Set.of(
          "model name",
          "Model",
          "Hardware",
          "CPU implementer",
          "CPU architecture",
          "CPU variant",
          "CPU part",
          "CPU revision",
          "Features",
          "flags");

  private MachineFacts() {}

  static JsonObject json() {
    JsonObject facts = new JsonObject();
    facts.addProperty("summary", Machine.describe());
    facts.add("board", text(Path.of("/proc/device-tree/model")));
    JsonArray cpu = new JsonArray();
    cpuLines().forEach(cpu::add);
    facts.add("cpu", cpu);
    facts.addProperty("kernel", System.getProperty("os.version"));
    facts.add("system", osName());
    facts.addProperty("java", Runtime.version().toString());
    facts.addProperty("java_vm", System.getProperty("java.vm.name"));
    facts.add("memory", memoryTotal());
    Path first = Path.of("/sys/devices/system/cpu/cpu0/cpufreq");
    facts.add("governor", text(first.resolve("scaling_governor")));
    facts.add("max_khz", text(first.resolve("cpuinfo_max_freq")));
    return facts;
  }

  /** What changes while a report is made: a hot or underfed board slows down. */
  static JsonObject state() {
    JsonObject state = new JsonObject();
    state.add("khz", text(Path.of("/sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq")));
    state.add("millidegrees", text(Path.of("/sys/class/thermal/thermal_zone0/temp")));
    state.add("load", text(Path.of("/proc/loadavg")));
    return state;
  }

  /** The different lines on processors. */
  private static Set<String> cpuLines() {
    Set<String> found = new LinkedHashSet<>();
    for (String line : lines(Path.of("/proc/cpuinfo"))) {
      int colon = line.indexOf(':');
      if (colon > 0 && CPU_LINES.contains(line.substring(0, colon).strip())) {
        found.add(line.substring(0, colon).strip() + ": " + line.substring(colon + 1).strip());
      }
    }
    return found;
  }

  private static JsonElement osName() {
    return find(Path.of("/etc/os-release"), "PRETTY_NAME=");
  }

  private static JsonElement memoryTotal() {
    return find(Path.of("/proc/meminfo"), "MemTotal:");
  }

  private static JsonElement find(Path file, String start) {
    for (String line : lines(file)) {
      if (line.startsWith(start)) {
        return new JsonPrimitive(line.substring(start.length()).replace("\"", "").strip());
      }
    }
    return JsonNull.INSTANCE;
  }

  private static JsonElement text(Path file) {
    List<String> lines = lines(file);
    return lines.isEmpty()
        ? JsonNull.INSTANCE
        : new JsonPrimitive(lines.get(0).replace("\0", "").strip());
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException | SecurityException e) {
      return List.of();
    }
  }
}
