// SPDX-License-Identifier: Apache-2.0

/** The JNI binding of Octet's engine. Internal: users read {@code dev.octet}. */
@SuppressWarnings("module") // dev.octet is compiled later
module dev.octet.presets {
  requires transitive org.bytedeco.javacpp;

  exports dev.octet.presets to
      dev.octet;

  uses dev.octet.presets.NativeLibraries;
}
