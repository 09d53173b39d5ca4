// SPDX-License-Identifier: Apache-2.0
package dev.octet.presets;

import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.annotation.Cast;
import org.bytedeco.javacpp.annotation.NoException;
import org.bytedeco.javacpp.annotation.Platform;

/**
 * The C interface of {@code octet/octet.h} and {@code octet/delegate.h}, one method a function.
 * Handles and addresses are plain {@code long}: nothing here checks them, so only {@code
 * dev.octet.program} and {@code dev.octet.delegate} may call it.
 */
@Platform(
    value = {"linux-x86_64", "linux-arm64"},
    include = {"octet/octet.h", "octet/delegate.h"},
    link = "octet",
    compiler = "cpp17")
@NoException
public final class OctetNative {
  static {
    Loader.load();
  }

  /** The {@code OCTET_ABI_VERSION} that this class was written for. */
  public static final int ABI_VERSION = 4;

  /** Bytes of {@code octet_error}: int32 code, int32 instruction, 248 bytes of message. */
  public static final int ERROR_BYTES = 256;

  private OctetNative() {}

  public static native int octet_abi_version();

  public static native int octet_dot_form();

  public static native int octet_isa();

  public static native String octet_isa_name(int isa);

  public static native int octet_kernel_count();

  public static native String octet_kernel_signature(int kernel);

  @Cast("int64_t")
  public static native long octet_program_load(
      @Cast("const void*") long code,
      @Cast("int64_t") long codeBytes,
      int isa,
      @Cast("octet_error*") long error);

  @Cast("int64_t")
  public static native long octet_program_bytes(@Cast("const octet_program*") long program);

  public static native void octet_program_free(@Cast("octet_program*") long program);

  @Cast("int64_t")
  public static native long octet_binding_create(
      @Cast("octet_program*") long program,
      @Cast("const void*") long code,
      @Cast("int64_t") long codeBytes,
      @Cast("void*") long arena,
      @Cast("int64_t") long arenaBytes,
      int threads,
      @Cast("octet_error*") long error);

  @Cast("int64_t")
  public static native long octet_binding_bytes(@Cast("const octet_binding*") long binding);

  public static native void octet_binding_free(@Cast("octet_binding*") long binding);

  public static native int octet_run(
      @Cast("octet_binding*") long binding,
      int segment,
      @Cast("int64_t") long timeoutNanos,
      @Cast("int64_t*") long profileTicks,
      @Cast("octet_error*") long error);

  public static native void octet_cancel(@Cast("octet_binding*") long binding);

  public static native double octet_tick_nanos();

  public static native double octet_tick_cost();

  public static native double octet_peak_macs(int arithmetic, int isa);

  public static native double octet_peak_bandwidth(@Cast("int64_t") long bytes, int write);

  @Cast("int64_t")
  public static native long octet_library_open(String name, @Cast("octet_error*") long error);

  public static native int octet_library_kinds(@Cast("const octet_library*") long library);

  public static native String octet_edgetpu_version(@Cast("const octet_library*") long library);

  public static native void octet_edgetpu_verbosity(
      @Cast("const octet_library*") long library, int level);

  @Cast("int64_t")
  public static native long octet_edgetpu_devices(
      @Cast("const octet_library*") long library,
      @Cast("char*") long text,
      @Cast("int64_t") long bytes);

  @Cast("int64_t")
  public static native long octet_edgetpu_create(
      @Cast("const octet_library*") long library,
      int type,
      String path,
      String options,
      @Cast("octet_error*") long error);

  @Cast("int64_t")
  public static native long octet_plugin_create(
      @Cast("const octet_library*") long library, String options, @Cast("octet_error*") long error);

  @Cast("int64_t")
  public static native long octet_delegate_adopt(
      @Cast("void*") long tfliteDelegate, @Cast("octet_error*") long error);

  public static native void octet_delegate_free(@Cast("octet_delegate*") long delegate);

  @Cast("int64_t")
  public static native long octet_host_create(
      @Cast("octet_delegate*") long delegate,
      @Cast("const void*") long graph,
      @Cast("int64_t") long bytes,
      @Cast("octet_error*") long error);

  @Cast("int64_t")
  public static native long octet_host_partitions(
      @Cast("const octet_host*") long host,
      @Cast("int64_t*") long words,
      @Cast("int64_t") long count);

  public static native int octet_host_bind(
      @Cast("octet_host*") long host,
      @Cast("const int64_t*") long addresses,
      @Cast("int64_t") long count,
      @Cast("octet_error*") long error);

  public static native int octet_host_run(
      @Cast("octet_host*") long host, int partition, @Cast("octet_error*") long error);

  public static native void octet_host_free(@Cast("octet_host*") long host);
}
