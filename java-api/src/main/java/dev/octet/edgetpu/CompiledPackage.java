// SPDX-License-Identifier: Apache-2.0
package dev.octet.edgetpu;

import dev.octet.MalformedModelException;
import dev.octet.tflite.TfliteOperator;
import dev.octet.tflite.TfliteReader;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * What the Edge TPU's compiler made of a part of a model: the options of one operator {@value
 * #OPERATOR}.
 *
 * @param minRuntimeVersion the oldest version of libedgetpu's runtime that runs it
 * @param compilerVersion the compiler's text for its version; may be empty
 * @param modelIdentifier may be empty
 * @param executables one; or one that caches parameters and one that runs on them; or both of these
 *     and a stand-alone one
 */
public record CompiledPackage(
    int minRuntimeVersion,
    String compilerVersion,
    String modelIdentifier,
    List<DeviceExecutable> executables) {
  /** The custom operator that holds a package. */
  public static final String OPERATOR = "edgetpu-custom-op";

  /** Memory for parameters on the device: about this much, 8 MiB. */
  public static final long DEVICE_BYTES = 8 << 20;

  private static final int STATES_VERSION = 14;

  public CompiledPackage {
    executables = List.copyOf(executables);
  }

  /**
   * Decodes the options of an operator {@value #OPERATOR}. Everything that the runtime relies on is
   * checked.
   *
   * @param source the model's name, for messages
   * @throws MalformedModelException naming the model and operator, the offset in the operator's
   *     options and the rule that is broken
   */
  public static CompiledPackage read(String source, TfliteOperator operator) {
    return read(source + ", options of operator " + operator.index(), operator.customOptions());
  }

  /**
   * Decodes options; see {@link #read(String, TfliteOperator)}.
   *
   * @param source what messages name
   * @param options from position to limit, which are left as they are
   */
  public static CompiledPackage read(String source, ByteBuffer options) {
    try {
      try {
        return new PackageDecoder(source).decode(options);
      } finally {
        TfliteReader.deliverFaults();
      }
    } catch (InternalError e) {
      // what the JVM throws when a page of a mapped file is no longer there
      throw new MalformedModelException(source, 0, "the file was cut after it was loaded", e);
    }
  }

  /** The executable that an inference runs. */
  public DeviceExecutable main() {
    return switch (executables.size()) {
      case 1 -> executables.get(0);
      case 2 -> of(ExecutableType.EXECUTION_ONLY);
      default -> of(ExecutableType.STAND_ALONE);
    };
  }

  private DeviceExecutable of(ExecutableType type) {
    return executables.stream().filter(each -> each.type() == type).findFirst().orElseThrow();
  }

  /**
   * The oldest runtime that runs it: {@link #minRuntimeVersion}, but {@value #STATES_VERSION} where
   * there are {@link #states}, whatever the package says. An older one refuses these.
   */
  public int neededRuntimeVersion() {
    return states().isEmpty() ? minRuntimeVersion : Math.max(minRuntimeVersion, STATES_VERSION);
  }

  /** Bytes of parameters that stay in the device's memory from the first inference on. */
  public long cachedBytes() {
    return executables.size() == 2 ? of(ExecutableType.PARAMETER_CACHING).parameterBytes() : 0;
  }

  /** Bytes of parameters that are sent to the device with each inference. */
  public long streamedBytes() {
    return main().parameterBytes();
  }

  /** The operator's inputs. */
  public List<DeviceLayer> inputs() {
    return main().inputs();
  }

  /** The operator's outputs: those of {@link #main} but the states. */
  public List<DeviceLayer> outputs() {
    return main().outputs().stream().filter(output -> !output.state()).toList();
  }

  /** Outputs that the runtime writes into inputs after each inference. */
  public List<DeviceLayer> states() {
    return main().outputs().stream().filter(DeviceLayer::state).toList();
  }
}
