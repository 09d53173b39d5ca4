// SPDX-License-Identifier: Apache-2.0
package dev.octet.delegate;

import dev.octet.DelegateException;
import dev.octet.DelegateException.Reason;
import dev.octet.EdgeTpu.Device;
import dev.octet.EdgeTpu.Type;
import dev.octet.edgetpu.CompiledPackage;
import dev.octet.edgetpu.DeviceAccess;
import dev.octet.edgetpu.DeviceLayer;
import dev.octet.graph.Graph;
import dev.octet.graph.Node;
import dev.octet.program.NativeError;
import dev.octet.tflite.TfliteOperator;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One Edge TPU, which one delegate keeps open for those that interpreters need. */
public final class EdgeTpuSource extends DelegateSource {
  private final DelegateLibrary library;
  private final Device device;
  private final String options;
  private final HeldDelegate held;

  private EdgeTpuSource(DelegateLibrary library, Device device, String options) {
    this.library = library;
    this.device = device;
    this.options = options;
    this.held = new HeldDelegate(create());
  }

  /**
   * @throws DelegateException NO_DEVICE, NOT_LISTED, NOT_OPENABLE
   */
  public static EdgeTpuSource open(
      DelegateLibrary library, DeviceName name, Map<String, String> options) {
    Device device = name.of(library.devices());
    String refusal = access(device).refusal();
    if (refusal != null) {
      throw new DelegateException(
          Reason.NOT_OPENABLE,
          nameOf(device) + " is there and cannot be opened: " + refusal + ". " + remedy(device));
    }
    return new EdgeTpuSource(library, device, lines(options));
  }

  private static DeviceAccess access(Device device) {
    return DeviceAccess.of(Path.of("/"), device.path());
  }

  private static String nameOf(Device device) {
    return "the Edge TPU " + device;
  }

  private static String remedy(Device device) {
    return device.type() == Type.USB
        ? "Give this user the stick (udev rules for the USB ids 1a6e:089a and 18d1:9302 with"
            + " the group plugdev, and the user in that group) and plug it in again"
        : "Put this user into the group that owns it (usually apex)";
  }

  public Device device() {
    return device;
  }

  @Override
  public String name() {
    return nameOf(device);
  }

  @Override
  public String kernel() {
    return "edgetpu";
  }

  @Override
  String customOperator() {
    return "edgetpu-custom-op";
  }

  /** Runtimes before this give samples of a batch the answers of others. */
  private static final int BATCHES = 14;

  private static final Pattern VERSION = Pattern.compile("RuntimeVersion\\((\\d{1,9})\\)");

  @Override
  void check(Graph graph, Node node, TfliteOperator operator) {
    Matcher version = VERSION.matcher(library.edgeTpuVersion());
    if (!version.find() || Integer.parseInt(version.group(1)) >= BATCHES) {
      return;
    }
    List<DeviceLayer> layers = CompiledPackage.read(graph.source(), operator).outputs();
    for (int i = 0; i < Math.min(layers.size(), node.outputs().length); i++) {
      long sample = 1;
      for (int dim : layers.get(i).dims()) {
        sample *= dim;
      }
      if (graph.value(node.outputs()[i]).elements() > sample) {
        throw new DelegateException(
            Reason.REFUSED,
            graph.source()
                + ": the runtime of "
                + name()
                + ", version "
                + version.group(1)
                + ", gives samples of a batch the answers of others. Install runtime "
                + BATCHES
                + " or later, or run one sample at a time");
      }
    }
  }

  @Override
  long create() {
    NativeError error = new NativeError();
    long address = library.createEdgeTpu(device, options, error);
    if (address != 0) {
      return address;
    }
    if (!library.devices().contains(device)) {
      throw new DelegateException(
          Reason.NOT_LISTED,
          name() + " is no longer there: " + error.message() + ". Was it unplugged?");
    }
    String holders = access(device).holders();
    throw new DelegateException(
        Reason.NOT_OPENABLE,
        name()
            + " is there and cannot be opened: "
            + error.message()
            + (holders.isEmpty()
                ? ". Either another process has it (one at a time may), which must end first, or"
                    + " permission is missing. "
                    + remedy(device)
                : ". " + holders + " has it; one process at a time may"));
  }

  @Override
  public void close() {
    held.close();
  }
}
