// SPDX-License-Identifier: Apache-2.0
package dev.octet.benchmarks;

import dev.octet.Octet;
import dev.octet.peer.Peer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What a measurement was made on and with. */
final class Machine {
  private static final Pattern COMPILER =
      Pattern.compile("(?:GCC: |[a-zA-Z ]*clang version )[\\x20-\\x7e]+");

  private Machine() {}

  /** Facts by name, in the order to show them. */
  static Map<String, String> facts() {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("cpu", cpu());
    facts.put("cores", String.valueOf(Runtime.getRuntime().availableProcessors()));
    facts.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    facts.put("java", System.getProperty("java.runtime.version"));
    facts.put("octet", Octet.version());
    facts.put("isa", Octet.isa());
    facts.put("compiler", compiler());
    facts.put("peer", "TensorFlow Lite " + Peer.version() + " with XNNPACK");
    return facts;
  }

  private static String cpu() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(System.getProperty("os.arch"));
    } catch (IOException e) {
      return System.getProperty("os.arch");
    }
  }

  /** What the compiler wrote into the library's .comment section. */
  private static String compiler() {
    String library = "/dev/octet/presets/" + platform() + "/liboctet.so";
    try (InputStream in = Machine.class.getResourceAsStream(library)) {
      if (in == null) {
        return "unknown";
      }
      Matcher matcher =
          COMPILER.matcher(new String(in.readAllBytes(), StandardCharsets.ISO_8859_1));
      return matcher.find() ? matcher.group() : "unknown";
    } catch (IOException e) {
      return "unknown";
    }
  }

  private static String platform() {
    return System.getProperty("os.arch").equals("aarch64") ? "linux-arm64" : "linux-x86_64";
  }
}
