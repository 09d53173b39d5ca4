// SPDX-License-Identifier: Apache-2.0
package dev.octet.delegate;

import dev.octet.DelegateException;
import dev.octet.DelegateException.Reason;
import dev.octet.EdgeTpu.Device;
import dev.octet.EdgeTpu.Type;
import dev.octet.presets.OctetNative;
import dev.octet.program.DirectMemory;
import dev.octet.program.Engine;
import dev.octet.program.NativeError;
import dev.octet.program.NativeMemory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** A shared library that has delegates: opened once in a process, never unloaded. Thread-safe. */
public final class DelegateLibrary {
  /** Words of the dynamic linker for a file that is there and is none for this machine. */
  private static final Pattern UNSUITABLE =
      Pattern.compile(
          "wrong ELF class|invalid ELF header|file too short|undefined symbol|version `"
              + "|cannot read file data|exports neither");

  /** Of {@code octet_library_kind}. */
  private static final int EDGETPU = 1;

  private static final int PLUGIN = 2;

  private static final Map<String, DelegateLibrary> OPENED = new HashMap<>();

  private final String name;
  private final long address;

  private DelegateLibrary(String name, long address) {
    this.name = name;
    this.address = address;
  }

  /**
   * Opens a library, by file or by a name for the dynamic linker.
   *
   * @throws DelegateException PLATFORM, LIBRARY_MISSING or LIBRARY_UNSUITABLE
   */
  public static synchronized DelegateLibrary open(String name) {
    DelegateLibrary known = OPENED.get(name);
    if (known != null) {
      return known;
    }
    requirePlatform();
    NativeError error = new NativeError();
    long address = OctetNative.octet_library_open(name, error.address());
    if (address == 0) {
      boolean unsuitable = UNSUITABLE.matcher(error.message()).find();
      throw new DelegateException(
          unsuitable ? Reason.LIBRARY_UNSUITABLE : Reason.LIBRARY_MISSING,
          "the delegate library " + name + " cannot be used: " + error.message());
    }
    DelegateLibrary library = new DelegateLibrary(name, address);
    OPENED.put(name, library);
    return library;
  }

  private static void requirePlatform() {
    Throwable cause = Engine.unavailabilityCause();
    if (cause != null) {
      throw new DelegateException(
          Reason.PLATFORM,
          "delegates need Octet's native library, which is not available: " + cause.getMessage(),
          cause);
    }
  }

  /** The file or name that it was opened by. */
  public String name() {
    return name;
  }

  /** True when it has libedgetpu's interface. */
  public boolean edgeTpu() {
    return (OctetNative.octet_library_kinds(address) & EDGETPU) != 0;
  }

  /** True when it has the interface of external delegates. */
  public boolean plugin() {
    return (OctetNative.octet_library_kinds(address) & PLUGIN) != 0;
  }

  /** What libedgetpu says of its version. */
  public String edgeTpuVersion() {
    return OctetNative.octet_edgetpu_version(address);
  }

  /** How much libedgetpu writes to standard error, 0 to 10. */
  public void verbosity(int level) {
    OctetNative.octet_edgetpu_verbosity(address, level);
  }

  /** The Edge TPUs that libedgetpu sees, in its order. */
  public List<Device> devices() {
    String text = devicesText();
    List<Device> devices = new ArrayList<>();
    for (String line : text.split("\n")) {
      int space = line.indexOf(' ');
      if (space > 0) {
        Type type = line.startsWith("usb") ? Type.USB : Type.PCI;
        devices.add(new Device(type, line.substring(space + 1)));
      }
    }
    return List.copyOf(devices);
  }

  private String devicesText() {
    long bytes = 4096;
    while (true) {
      ByteBuffer memory = DirectMemory.allocate(bytes, "a list of devices");
      long length = OctetNative.octet_edgetpu_devices(address, NativeMemory.address(memory), bytes);
      if (length <= bytes) {
        byte[] text = new byte[(int) length];
        memory.get(text);
        return new String(text, StandardCharsets.UTF_8);
      }
      bytes = length;
    }
  }

  /** An {@code octet_delegate} of a device, or 0 with the error filled. */
  long createEdgeTpu(Device device, String options, NativeError error) {
    return OctetNative.octet_edgetpu_create(
        address, device.type().ordinal(), device.path(), options, error.address());
  }

  /** An {@code octet_delegate} of the plugin interface, or 0 with the error filled. */
  long createPlugin(String options, NativeError error) {
    return OctetNative.octet_plugin_create(address, options, error.address());
  }
}
