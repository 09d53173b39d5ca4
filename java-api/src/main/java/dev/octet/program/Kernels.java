// SPDX-License-Identifier: Apache-2.0
package dev.octet.program;

import dev.octet.presets.OctetNative;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Every kernel that operators use, one statement each. */
public final class Kernels {
  public static final Kernel COPY = Kernel.of("copy", "x:value y:value", "", 0);

  public static final Kernel COPY_STRIDED =
      Kernel.of(
          "copy_strided",
          "x:value y:value table:value x_offset:i32 y_offset:i32"
              + numbered("dim", 10)
              + numbered("x_stride", 10)
              + numbered("y_stride", 10),
          "",
          0);
  public static final Kernel FILL =
      Kernel.of(
          "fill",
          "y:value v:value low_bits:i32 high_bits:i32" + numbered("low", 8) + numbered("high", 8),
          "",
          0);
  public static final Kernel REVERSE_SEQUENCE =
      Kernel.of(
          "reverse_sequence",
          "x:value lengths:value y:value sequence_axis:i32 batch_axis:i32",
          "",
          0);

  public static final Kernel CONV_2D =
      Kernel.of(
          "conv_2d",
          "x:value w:value bias:value multiplier:value shift:value scale:value y:value"
              + " stride_h:i32 stride_w:i32 dilation_h:i32 dilation_w:i32 pad_top:i32 pad_left:i32"
              + " x_zero:i32 w_zero:i32 y_zero:i32 y_min:i32 y_max:i32 form:i32"
              + " act_min:f32 act_max:f32 x_scale:value x_zeros:value transposed:i32",
          "",
          0);
  public static final Kernel CONV_3D =
      Kernel.of(
          "conv_3d",
          "x:value w:value bias:value y:value stride_d:i32 stride_h:i32 stride_w:i32"
              + " dilation_d:i32 dilation_h:i32 dilation_w:i32 pad_front:i32 pad_top:i32"
              + " pad_left:i32 transposed:i32 act_min:f32 act_max:f32",
          "",
          0);
  public static final Kernel CONV_3D_F32 =
      Kernel.of(
          "conv_3d_f32",
          "x:value weights:weights y:value kd:i32 kh:i32 kw:i32 stride_d:i32 stride_h:i32"
              + " stride_w:i32 dilation_d:i32 dilation_h:i32 dilation_w:i32 pad_front:i32"
              + " pad_top:i32 pad_left:i32 y_step_d:i32 y_step_h:i32 y_step_w:i32 y_first_d:i32"
              + " y_first_h:i32 y_first_w:i32 act_min:f32 act_max:f32",
          "",
          0);
  public static final Kernel CONV_F32 =
      Kernel.of(
          "conv_f32",
          "x:value weights:weights y:value stride_h:i32 stride_w:i32 dilation_h:i32 dilation_w:i32"
              + " pad_top:i32 pad_left:i32 act_min:f32 act_max:f32"
              + " y_step_h:i32 y_step_w:i32 y_first_h:i32 y_first_w:i32",
          "co:i32 kh:i32 kw:i32 ci:i32",
          2);
  public static final Kernel CONV_I16 =
      Kernel.of(
          "conv_i16",
          "x:value weights:weights y:value stride_h:i32 stride_w:i32 dilation_h:i32 pad_top:i32"
              + " pad_left:i32 y_min:i32 y_max:i32 y_step_h:i32 y_step_w:i32 y_first_h:i32"
              + " y_first_w:i32",
          "co:i32 kh:i32 kw:i32 ci:i32 dilation_w:i32 form:i32",
          4);
  public static final Kernel DEPTHWISE_CONV_2D =
      Kernel.of(
          "depthwise_conv_2d",
          "x:value w:value bias:value multiplier:value shift:value scale:value y:value"
              + " stride_h:i32 stride_w:i32 dilation_h:i32 dilation_w:i32 pad_top:i32 pad_left:i32"
              + " depth_multiplier:i32 x_zero:i32 w_zero:i32 y_zero:i32 y_min:i32 y_max:i32"
              + " form:i32 act_min:f32 act_max:f32 x_scale:value x_zeros:value",
          "",
          0);

  public static final Kernel DWCONV_F32 =
      Kernel.of(
          "dwconv_f32",
          "x:value weights:weights y:value stride_h:i32 stride_w:i32 dilation_h:i32 dilation_w:i32"
              + " pad_top:i32 pad_left:i32 act_min:f32 act_max:f32",
          "kh:i32 kw:i32 co:i32",
          2);

  public static final Kernel ADD =
      Kernel.of(
          "add",
          "a:value b:value y:value operation:i32 left_shift:i32 a_zero:i32 a_multiplier:i32"
              + " a_shift:i32 b_zero:i32 b_multiplier:i32 b_shift:i32 y_zero:i32"
              + " y_multiplier:i32 y_shift:i32 y_min:i32 y_max:i32 form:i32",
          "",
          0);
  public static final Kernel BINARY =
      Kernel.of(
          "binary",
          "a:value b:value y:value operation:i32 low:i32 high:i32 act_min:f32 act_max:f32",
          "",
          0);
  public static final Kernel MUL =
      Kernel.of(
          "mul",
          "a:value b:value y:value a_zero:i32 b_zero:i32 y_zero:i32 multiplier:i32 shift:i32"
              + " scale:f32 y_min:i32 y_max:i32 form:i32",
          "",
          0);
  public static final Kernel PAIR_TABLE =
      Kernel.of("pair_table", "a:value b:value table:value y:value forbidden:i32", "", 0);
  public static final Kernel SELECT =
      Kernel.of("select", "condition:value a:value b:value y:value alignment:i32", "", 0);
  public static final Kernel AVERAGE_POOL_2D =
      Kernel.of(
          "average_pool_2d",
          "x:value y:value kh:i32 kw:i32 stride_h:i32 stride_w:i32 pad_top:i32 pad_left:i32"
              + " y_min:i32 y_max:i32 act_min:f32 act_max:f32",
          "",
          0);
  private static final String MATMUL_FIELDS =
      "x:value w:value bias:value multiplier:value shift:value scale:value x_scale:value"
          + " x_zeros:value y:value adj_x:i32 adj_y:i32 x_zero:i32 w_zero:i32 y_zero:i32"
          + " y_min:i32 y_max:i32 form:i32 act_min:f32 act_max:f32";
  public static final Kernel BATCH_MATMUL = Kernel.of("batch_matmul", MATMUL_FIELDS, "", 0);
  public static final Kernel MATMUL_I8 = Kernel.of("matmul_i8", MATMUL_FIELDS, "", 0);
  public static final Kernel GEMM_F32 =
      Kernel.of(
          "gemm_f32", "x:value weights:weights y:value act_min:f32 act_max:f32", "n:i32 k:i32", 2);
  public static final Kernel GEMM_I4 =
      Kernel.of(
          "gemm_i4",
          "x:value x_scale:value x_zeros:value weights:weights y:value act_min:f32 act_max:f32",
          "n:i32 k:i32 size:i32",
          3);
  public static final Kernel MATMUL_F32 =
      Kernel.of(
          "matmul_f32",
          "x:value w:value bias:value y:value adj_x:i32 adj_y:i32 act_min:f32 act_max:f32",
          "",
          0);
  public static final Kernel MAX_POOL_2D =
      Kernel.of(
          "max_pool_2d",
          "x:value y:value kh:i32 kw:i32 stride_h:i32 stride_w:i32 pad_top:i32 pad_left:i32"
              + " y_min:i32 y_max:i32 act_min:f32 act_max:f32",
          "",
          0);
  public static final Kernel L2_POOL_2D =
      Kernel.of(
          "l2_pool_2d",
          "x:value y:value kh:i32 kw:i32 stride_h:i32 stride_w:i32 pad_top:i32 pad_left:i32"
              + " y_min:i32 y_max:i32 act_min:f32 act_max:f32",
          "",
          0);
  public static final Kernel SOFTMAX =
      Kernel.of(
          "softmax",
          "x:value table:value y:value operation:i32 beta:f32 x_scale:f32 y_scale:f32 y_zero:i32"
              + " multiplier:i32 shift:i32",
          "",
          0);
  public static final Kernel L2_NORMALIZATION =
      Kernel.of("l2_normalization", "x:value y:value x_zero:i32", "", 0);
  public static final Kernel LOCAL_RESPONSE_NORMALIZATION =
      Kernel.of(
          "local_response_normalization",
          "x:value y:value radius:i32 bias:f32 alpha:f32 beta:f32",
          "",
          0);
  public static final Kernel REDUCE =
      Kernel.of(
          "reduce",
          "x:value y:value operation:i32 axes:i32 form:i32 multiplier:i32 shift:i32 offset:i32"
              + " y_zero:i32 scale:f32 bias:f32",
          "",
          0);
  public static final Kernel QUANTIZE =
      Kernel.of(
          "quantize",
          "x:value scales:value zeros:value y:value scale:f32 axis:i32 x_zero:i32 y_zero:i32"
              + " multiplier:i32 shift:i32",
          "",
          0);
  public static final Kernel QUANTIZE_ROWS =
      Kernel.of("quantize_rows", "x:value y:value scale:value zero:value", "", 0);
  public static final Kernel DEQUANTIZE =
      Kernel.of(
          "dequantize",
          "x:value scales:value zeros:value y:value scale:f32 zero:i32 axis:i32",
          "",
          0);
  public static final Kernel DWCONV_I16 =
      Kernel.of(
          "dwconv_i16",
          "x:value weights:weights y:value stride_h:i32 stride_w:i32 dilation_h:i32 dilation_w:i32"
              + " pad_top:i32 pad_left:i32 y_min:i32 y_max:i32",
          "co:i32 kh:i32 kw:i32",
          4);
  public static final Kernel DWCONV_I8 =
      Kernel.of(
          "dwconv_i8",
          "x:value weights:weights y:value stride_h:i32 stride_w:i32 dilation_h:i32 dilation_w:i32"
              + " pad_top:i32 pad_left:i32 y_zero:i32 y_min:i32 y_max:i32 x_scale:value"
              + " x_zeros:value act_min:f32 act_max:f32",
          "co:i32 kh:i32 kw:i32 x_zero:i32 w_zero:i32 rounding:i32",
          5);
  public static final Kernel GEMM_I8 =
      Kernel.of(
          "gemm_i8",
          "x:value weights:weights y:value stride_h:i32 stride_w:i32 dilation_h:i32 pad_top:i32"
              + " pad_left:i32 y_zero:i32 y_min:i32 y_max:i32 y_step_h:i32 y_step_w:i32"
              + " y_first_h:i32 y_first_w:i32 x_scale:value x_zeros:value act_min:f32 act_max:f32",
          "co:i32 kh:i32 kw:i32 ci:i32 dilation_w:i32 x_zero:i32 w_zero:i32 rounding:i32",
          5);

  public static final Kernel ARG_MIN_MAX =
      Kernel.of("arg_min_max", "x:value y:value axis:i32 maximum:i32", "", 0);

  public static final Kernel CUMSUM =
      Kernel.of("cumsum", "x:value axis:value y:value exclusive:i32 reverse:i32", "", 0);

  public static final Kernel DYNAMIC_UPDATE_SLICE =
      Kernel.of("dynamic_update_slice", "x:value update:value starts:value y:value", "", 0);

  public static final Kernel EMBEDDING_LOOKUP =
      Kernel.of(
          "embedding_lookup",
          "rows:value table:value scales:value y:value bits:i32 n:i32 block:i32",
          "",
          0);

  public static final Kernel GATHER =
      Kernel.of("gather", "x:value indices:value y:value axis:i32 batch_dims:i32", "", 0);

  public static final Kernel GATHER_ND =
      Kernel.of("gather_nd", "x:value indices:value y:value", "", 0);

  public static final Kernel ONE_HOT =
      Kernel.of("one_hot", "indices:value on:value off:value y:value axis:i32", "", 0);

  public static final Kernel SCATTER_ND =
      Kernel.of("scatter_nd", "indices:value updates:value y:value", "", 0);

  public static final Kernel TOP_K =
      Kernel.of("top_k", "x:value values:value indices:value", "", 0);

  public static final Kernel LUT = Kernel.of("lut", "x:value table:value y:value least:i32", "", 0);

  public static final Kernel RESCALE_I16 =
      Kernel.of(
          "rescale_i16",
          "x:value y:value x_zero:i32 y_zero:i32 multiplier:i32 shift:i32"
              + " negative_multiplier:i32 negative_shift:i32 y_min:i32 y_max:i32",
          "",
          0);

  public static final Kernel UNARY =
      Kernel.of("unary", "x:value y:value op:i32 a:f32 b:f32 c:f32", "", 0);

  public static final Kernel LSTM =
      Kernel.of(
          "lstm",
          "x:value aux:value weights:weights h:value c:value y:value y_offset:i32"
              + " time_major:i32 reverse:i32 asymmetric:i32 activation:i32 cell_clip:f32"
              + " projection_clip:f32",
          "hybrid:i32 gates:i32 inputs:i32 aux_inputs:i32 cells:i32 outputs:i32" + " sections:i32",
          6);
  public static final Kernel LSTM_BASIC =
      Kernel.of(
          "lstm_basic",
          "x:value h:value c:value weights:weights y:value c_new:value concat:value"
              + " gates:value multiplier:i32 shift:i32 write_back:i32",
          "integer:i32 inputs:i32 cells:i32 w_zero:i32",
          2);
  public static final Kernel LSTM_I8 =
      Kernel.of(
          "lstm_i8",
          "x:value weights:weights h:value c:value y:value time_major:i32"
              + " cell_bits:i32 cell_clip:i32 projection_clip:i32",
          "gates:i32 inputs:i32 cells:i32 outputs:i32 sections:i32 x_zero:i32"
              + " h_zero:i32 hidden_zero:i32",
          6);
  public static final Kernel LSTM_I8_8 =
      Kernel.of(
          "lstm_i8_8",
          "x:value weights:weights h:value c:value y:value cell_clip:i32 projection_clip:i32",
          "inputs:i32 cells:i32 outputs:i32 x_zero:i32 h_zero:i32",
          6);
  public static final Kernel RNN =
      Kernel.of(
          "rnn",
          "x:value aux:value weights:weights h:value y:value y_offset:i32"
              + " time_major:i32 reverse:i32 asymmetric:i32 activation:i32",
          "hybrid:i32 inputs:i32 aux_inputs:i32 units:i32",
          5);
  public static final Kernel SVDF =
      Kernel.of(
          "svdf",
          "x:value weights:weights state:value y:value asymmetric:i32 activation:i32"
              + " feature_multiplier:i32 feature_shift:i32 y_multiplier:i32 y_shift:i32"
              + " y_zero:i32",
          "kind:i32 inputs:i32 units:i32 rank:i32 memory:i32 x_zero:i32",
          4);

  public static final Kernel REDUCE_WINDOW =
      Kernel.of("reduce_window", "x:value init:value geometry:value y:value operation:i32", "", 0);
  public static final Kernel RESIZE_BILINEAR =
      Kernel.of("resize_bilinear", "x:value y:value align_corners:i32 half_pixel:i32", "", 0);
  public static final Kernel RESIZE_NEAREST_NEIGHBOR =
      Kernel.of(
          "resize_nearest_neighbor",
          "x:value y:value align_corners:i32 half_pixel:i32 fixed:i32",
          "",
          0);

  public static final Kernel CAST = Kernel.of("cast", "x:value y:value bits:i32", "", 0);

  public static final Kernel COMPLEX_PART =
      Kernel.of("complex_part", "x:value y:value part:i32", "", 0);

  public static final Kernel PRELU =
      Kernel.of(
          "prelu",
          "x:value alpha:value y:value x_zero:i32 alpha_zero:i32 y_zero:i32 multiplier:i32"
              + " shift:i32 alpha_multiplier:i32 alpha_shift:i32",
          "",
          0);

  public static final Kernel NON_MAX_SUPPRESSION =
      Kernel.of(
          "non_max_suppression",
          "boxes:value scores:value overlap:value least:value sigma:value picks:value"
              + " pick_scores:value count:value",
          "",
          0);
  public static final Kernel UNSORTED_SEGMENT =
      Kernel.of("unsorted_segment", "x:value ids:value y:value reduction:i32", "", 0);

  public static final List<Kernel> ALL =
      List.of(
          ADD,
          ARG_MIN_MAX,
          AVERAGE_POOL_2D,
          BATCH_MATMUL,
          BINARY,
          CAST,
          COMPLEX_PART,
          CONV_2D,
          CONV_3D,
          CONV_3D_F32,
          CONV_F32,
          CONV_I16,
          COPY,
          COPY_STRIDED,
          CUMSUM,
          DEPTHWISE_CONV_2D,
          DEQUANTIZE,
          DWCONV_F32,
          DWCONV_I16,
          DWCONV_I8,
          DYNAMIC_UPDATE_SLICE,
          EMBEDDING_LOOKUP,
          FILL,
          GATHER,
          GATHER_ND,
          GEMM_F32,
          GEMM_I4,
          GEMM_I8,
          L2_NORMALIZATION,
          L2_POOL_2D,
          LOCAL_RESPONSE_NORMALIZATION,
          LSTM,
          LSTM_BASIC,
          LSTM_I8,
          LSTM_I8_8,
          LUT,
          MATMUL_F32,
          MATMUL_I8,
          MAX_POOL_2D,
          MUL,
          NON_MAX_SUPPRESSION,
          ONE_HOT,
          PAIR_TABLE,
          PRELU,
          QUANTIZE,
          QUANTIZE_ROWS,
          REDUCE,
          REDUCE_WINDOW,
          RESCALE_I16,
          RESIZE_BILINEAR,
          RESIZE_NEAREST_NEIGHBOR,
          REVERSE_SEQUENCE,
          RNN,
          SCATTER_ND,
          SELECT,
          SOFTMAX,
          SVDF,
          TOP_K,
          UNARY,
          UNSORTED_SEGMENT);

  private static final Map<String, Integer> NUMBERS = new HashMap<>();
  private static final Map<String, List<String>> ISAS = new HashMap<>();

  private Kernels() {}

  /** Fields {@code name_0}, {@code name_1}, ... of 32 bits. */
  private static String numbered(String name, int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> " " + name + "_" + i + ":i32")
        .collect(Collectors.joining());
  }

  /**
   * Compares every statement with the native library's and learns the kernels' numbers.
   *
   * @throws IllegalStateException naming the kernel that differs
   */
  static synchronized void verify() {
    Map<String, String> signatures = new HashMap<>();
    for (int i = 0; i < OctetNative.octet_kernel_count(); i++) {
      String signature = OctetNative.octet_kernel_signature(i);
      String name = signature.substring(0, signature.indexOf('('));
      int end = signature.lastIndexOf(' ');
      signatures.put(name, signature.substring(0, end));
      NUMBERS.put(name, i);
      String isas = signature.substring(end + 1);
      ISAS.put(name, isas.isEmpty() ? List.of() : List.of(isas.split(",")));
    }
    for (Kernel kernel : ALL) {
      String found = signatures.get(kernel.name());
      if (!kernel.signature().equals(found)) {
        throw new IllegalStateException(
            "kernel "
                + kernel.name()
                + ": the native library has "
                + found
                + ", this version of Octet expects "
                + kernel.signature());
      }
    }
  }

  /**
   * The instruction sets that a kernel has loops of its own for, beside what every machine has;
   * empty for a name that is no native kernel.
   */
  public static List<String> isas(String kernel) {
    Engine.unavailabilityCause(); // loads what there is
    return ISAS.getOrDefault(kernel, List.of());
  }

  /** The native library's number of a kernel. */
  static int number(Kernel kernel) {
    return NUMBERS.get(kernel.name());
  }
}
