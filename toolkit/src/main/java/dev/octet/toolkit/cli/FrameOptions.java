// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import dev.octet.toolkit.data.FrameFormat;
import dev.octet.toolkit.data.FrameStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How a stream of camera frames is read. */
final class FrameOptions {
  private static final Pattern SIZE = Pattern.compile("([0-9]{1,5})x([0-9]{1,5})");

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--frames",
      paramLabel = "FORMAT",
      description = {
        "Of the stream: mjpeg, y4m (both are told by their first bytes), or rgb24, bgr24, gray,"
            + " yuv420 with --size."
      })
  private String format;

  @Option(names = "--size", paramLabel = "WxH", description = "Of a raw stream's frames.")
  private String size;

  @Option(
      names = "--newest",
      description = "Leave out frames that came while another was looked at, instead of waiting.")
  private boolean newest;

  @Option(
      names = "--count",
      paramLabel = "N",
      description = "Stop after N frames (default: at the end of the stream).")
  private Long count;

  boolean newest() {
    return newest;
  }

  long count() {
    if (count != null && count < 1) {
      throw new ParameterException(spec.commandLine(), "--count " + count + " is less than 1");
    }
    return count == null ? Long.MAX_VALUE : count;
  }

  /** True when an option that only a stream has was given. */
  boolean given() {
    return format != null || size != null || newest || count != null;
  }

  FrameStream open(String source, InputStream in) throws IOException {
    FrameFormat wanted = format == null ? null : format();
    int h = 0;
    int w = 0;
    if (size != null) {
      Matcher matcher = SIZE.matcher(size);
      if (!matcher.matches()) {
        throw new ParameterException(spec.commandLine(), "--size '" + size + "' is not WxH");
      }
      w = Integer.parseInt(matcher.group(1));
      h = Integer.parseInt(matcher.group(2));
    } else if (wanted != null && wanted.needsSize()) {
      throw new ParameterException(spec.commandLine(), "--frames " + format + " needs --size WxH");
    }
    try {
      return FrameFormat.open(source, in, wanted, h, w);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private FrameFormat format() {
    for (FrameFormat each : FrameFormat.values()) {
      if (each.label().equals(format.toLowerCase(Locale.ROOT))) {
        return each;
      }
    }
    throw new ParameterException(
        spec.commandLine(),
        "--frames '"
            + format
            + "' is none of "
            + Arrays.stream(FrameFormat.values())
                .map(FrameFormat::label)
                .collect(Collectors.joining(", ")));
  }
}
