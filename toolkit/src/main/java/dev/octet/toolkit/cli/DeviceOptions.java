// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import dev.octet.DelegateException;
import dev.octet.EdgeTpu;
import dev.octet.EdgeTpuOptions;
import dev.octet.EdgeTpuOptions.Performance;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The options of every command that runs a model on a Coral Edge TPU. */
final class DeviceOptions {
  private static final int LONGEST_QUEUE = 256;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--device",
      paramLabel = "usb|usb:N|pci|pci:N|:N",
      description = {
        "Run what was compiled for a Coral Edge TPU on that device, the rest here; N from 0 in the"
            + " order in which libedgetpu lists them (octet edgetpu doctor). libedgetpu ends the"
            + " whole process when a USB device is unplugged."
      })
  private String device;

  @Option(
      names = "--edgetpu-performance",
      paramLabel = "low|medium|high|max",
      converter = PerformanceConverter.class,
      description = {
        "The Edge TPU's clock: the faster, the hotter (default: the library's choice, max; high in"
            + " its build of reduced clock)."
      })
  private Performance performance;

  @Option(
      names = "--edgetpu-always-dfu",
      description = "Load the firmware of a USB device each time anew.")
  private boolean alwaysDfu;

  @Option(
      names = "--edgetpu-bulk-in-queue",
      paramLabel = "N",
      description = "USB requests under way at once, 0 to 256 (default: the library's choice).")
  private Integer queue;

  /** True when a device was asked for. */
  boolean given() {
    return device != null;
  }

  /** The device as it was asked for, or null. */
  String device() {
    return device;
  }

  /**
   * Opens the device, or returns null when none was asked for: a {@code try} takes both, and so
   * does {@code InterpreterOptions.delegate}.
   *
   * @throws DelegateException when it cannot be used
   */
  EdgeTpu open() {
    if (device == null) {
      if (performance != null || alwaysDfu || queue != null) {
        throw new ParameterException(spec.commandLine(), "--edgetpu-... needs --device");
      }
      return null;
    }
    EdgeTpuOptions options = new EdgeTpuOptions();
    if (performance != null) {
      options = options.performance(performance);
    }
    if (alwaysDfu) {
      options = options.usbAlwaysDfu(true);
    }
    if (queue != null) {
      if (queue < 0 || queue > LONGEST_QUEUE) {
        throw new ParameterException(
            spec.commandLine(), "--edgetpu-bulk-in-queue " + queue + " is not 0 to 256");
      }
      options = options.usbMaxBulkInQueueLength(queue);
    }
    try {
      return EdgeTpu.open(device, options);
    } catch (DelegateException e) {
      throw new DelegateException(
          e.reason(), e.getMessage() + " (octet edgetpu doctor tells more)", e);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--device: " + e.getMessage(), e);
    }
  }

  static final class PerformanceConverter implements ITypeConverter<Performance> {
    @Override
    public Performance convert(String value) {
      for (Performance each : Performance.values()) {
        if (each.name().toLowerCase(Locale.ROOT).equals(value)) {
          return each;
        }
      }
      throw new TypeConversionException("'" + value + "' is not low, medium, high or max");
    }
  }
}
