// SPDX-License-Identifier: Apache-2.0

/** TensorFlow Lite models on the JVM. The public interface is the package {@code dev.octet}. */
@SuppressWarnings("module") // dev.octet.toolkit is compiled later
module dev.octet {
  requires dev.octet.presets;

  exports dev.octet;
  exports dev.octet.delegate to
      dev.octet.toolkit;
  exports dev.octet.edgetpu to
      dev.octet.toolkit;
  exports dev.octet.graph to
      dev.octet.toolkit;
  exports dev.octet.ops to
      dev.octet.toolkit;
  exports dev.octet.passes to
      dev.octet.toolkit;
  exports dev.octet.program to
      dev.octet.toolkit;
  exports dev.octet.tflite to
      dev.octet.toolkit;
}
