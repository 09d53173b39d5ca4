// SPDX-License-Identifier: Apache-2.0
package dev.octet;

import dev.octet.delegate.DelegateLibrary;
import dev.octet.delegate.DeviceName;
import dev.octet.delegate.EdgeTpuLibrary;
import dev.octet.delegate.EdgeTpuSource;
import java.util.List;

/**
 * A Coral Edge TPU, which runs models that {@code edgetpu_compiler} compiled for it.
 *
 * <pre>{@code
 * try (EdgeTpu tpu = EdgeTpu.open("usb");
 *     Model model = Model.load(Path.of("mobilenet_edgetpu.tflite"));
 *     Interpreter interpreter = model.interpreter(new InterpreterOptions().delegate(tpu))) {
 *   interpreter.input(0).set(pixels);
 *   interpreter.run();
 * }
 * }</pre>
 *
 * <p><b>The process may be aborted.</b> libedgetpu ends the whole process, the Java virtual machine
 * with it, when a USB Accelerator is unplugged while it is open, or when another process takes it:
 * it calls {@code abort()} after {@code "HandleQueuedBulkIn transfer in failed"}, which nothing in
 * this process can catch. Where that must not happen, run inference in a child process. One process
 * at a time may have a device.
 *
 * <p><b>Not yet run on a physical device.</b> What was tested is a simulator that keeps to the
 * library's interface, never a device.
 *
 * <p>Needs Google's runtime, {@code libedgetpu.so.1} (packages {@code libedgetpu1-std} or {@code
 * libedgetpu1-max}), on Linux, x86-64 or 64-bit Arm. It is looked for by the system property {@code
 * dev.octet.edgetpu.library}, else the environment variable {@code OCTET_EDGETPU_LIBRARY}, each a
 * file or a name for the dynamic linker, else as {@code libedgetpu.so.1}; it stays loaded.
 *
 * <p>The first run of a model is slow, since its parameters go to the device then; so is the first
 * after another model used the device, unless both were compiled together. Interpreters in many
 * threads may share a device, which runs them one after another. A run on the device cannot be
 * interrupted: {@link Interpreter#cancel} and the deadline are asked before it and after it.
 */
public final class EdgeTpu extends Delegate {
  /** How a device is connected. */
  public enum Type {
    /** PCIe: M.2 and Mini PCIe cards, Dev Boards. */
    PCI,
    /** The USB Accelerator. */
    USB
  }

  /**
   * A device.
   *
   * @param path as the library names it: {@code /dev/apex_0}, {@code /sys/bus/usb/devices/2-1}
   */
  public record Device(Type type, String path) {
    @Override
    public String toString() {
      return (type == Type.USB ? "usb " : "pci ") + path;
    }
  }

  private final Device device;

  private EdgeTpu(EdgeTpuSource source) {
    super(source);
    this.device = source.device();
  }

  /**
   * The devices that are connected, in the library's order; empty when there are none.
   *
   * @throws DelegateException when the library cannot be used
   */
  public static List<Device> devices() {
    return library().devices();
  }

  /**
   * What the library says of itself: a label of its build, then {@code RuntimeVersion(14)} or
   * another number, the newest runtime that a model may have been compiled for.
   *
   * @throws DelegateException when the library cannot be used
   */
  public static String runtimeVersion() {
    return library().edgeTpuVersion();
  }

  /** True when the library can be used, with or without a device. */
  public static boolean isAvailable() {
    return unavailabilityCause() == null;
  }

  /** Why the library cannot be used, or null when it can. */
  public static DelegateException unavailabilityCause() {
    try {
      library();
      return null;
    } catch (DelegateException e) {
      return e;
    }
  }

  /**
   * How much the library writes to standard error: 0 (nothing, the default) to 10.
   *
   * @throws IllegalArgumentException for another number
   * @throws DelegateException when the library cannot be used
   */
  public static void verbosity(int level) {
    if (level < 0 || level > 10) {
      throw new IllegalArgumentException("verbosity is " + level + ", not 0 to 10");
    }
    library().verbosity(level);
  }

  /** {@link #open(String, EdgeTpuOptions)} with the library's choices. */
  public static EdgeTpu open(String device) {
    return open(device, new EdgeTpuOptions());
  }

  /**
   * Opens a device, which the library may load with firmware first.
   *
   * @param device {@code ""} for the first of any type, {@code ":N"} for the one at place N, {@code
   *     "usb"} or {@code "pci"} for the first of a type, {@code "usb:N"} or {@code "pci:N"} for
   *     number N of it; N counts from 0 in the order of {@link #devices}
   * @throws IllegalArgumentException for a device that is not written so
   * @throws DelegateException when the library cannot be used, there is no such device, or it
   *     cannot be opened
   */
  public static EdgeTpu open(String device, EdgeTpuOptions options) {
    DeviceName name = DeviceName.parse(device);
    DelegateLibrary library = library();
    return new EdgeTpu(EdgeTpuSource.open(library, name, options.values()));
  }

  /** The device. */
  public Device device() {
    return device;
  }

  private static DelegateLibrary library() {
    return EdgeTpuLibrary.open();
  }
}
