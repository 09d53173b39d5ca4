// SPDX-License-Identifier: Apache-2.0
package dev.octet.delegate;

import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Table;
import dev.octet.tflite.TfliteOperator;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Options of operators in TensorFlow Lite's C structures, which delegates read.
 *
 * <p>One line a table of options: its name, then the members of the structure in their order. A
 * member is {@code field:type}; a number before a line's end is that many bytes of zeros. Types are
 * {@code i32}, {@code f32}, {@code bool} (one byte), {@code padding} and {@code mirror} (the file's
 * code and 1), {@code type} (an element type by its C number) and {@code dims} (eight int32, then
 * how many of them count). Members stand at multiples of their own size, 4 or 1.
 */
final class BuiltinData {
  private static final String LAYOUTS =
      """
      AddOptions fused_activation_function:i32 pot_scale_int16:bool
      ArgMaxOptions output_type:type
      ArgMinOptions output_type:type
      BatchMatMulOptions adj_x:bool adj_y:bool asymmetric_quantize_inputs:bool
      CastOptions in_data_type:type out_data_type:type
      ConcatenationOptions axis:i32 fused_activation_function:i32
      Conv2DOptions padding:padding stride_w:i32 stride_h:i32 fused_activation_function:i32 \
        dilation_w_factor:i32 dilation_h_factor:i32 quantized_bias_type:type
      Conv3DOptions padding:padding stride_w:i32 stride_h:i32 stride_d:i32 dilation_w_factor:i32 \
        dilation_h_factor:i32 dilation_d_factor:i32 fused_activation_function:i32
      CumsumOptions exclusive:bool reverse:bool
      DepthToSpaceOptions block_size:i32
      DepthwiseConv2DOptions padding:padding stride_w:i32 stride_h:i32 depth_multiplier:i32 \
        fused_activation_function:i32 dilation_w_factor:i32 dilation_h_factor:i32
      DivOptions fused_activation_function:i32
      FakeQuantOptions min:f32 max:f32 num_bits:i32 narrow_range:bool
      FullyConnectedOptions fused_activation_function:i32 weights_format:i32 keep_num_dims:bool \
        asymmetric_quantize_inputs:bool quantized_bias_type:type
      GatherOptions axis:i32 batch_dims:i32
      GeluOptions approximate:bool
      L2NormOptions fused_activation_function:i32
      LeakyReluOptions alpha:f32
      LocalResponseNormalizationOptions radius:i32 bias:f32 alpha:f32 beta:f32
      MirrorPadOptions mode:mirror
      MulOptions fused_activation_function:i32
      OneHotOptions axis:i32
      PackOptions values_count:i32 axis:i32
      Pool2DOptions padding:padding stride_w:i32 stride_h:i32 filter_width:i32 filter_height:i32 \
        fused_activation_function:i32 16
      ReducerOptions keep_dims:bool
      ReshapeOptions new_shape:dims
      ResizeBilinearOptions align_corners:bool half_pixel_centers:bool
      ResizeNearestNeighborOptions align_corners:bool half_pixel_centers:bool
      ReverseSequenceOptions seq_dim:i32 batch_dim:i32
      ShapeOptions out_type:type
      SoftmaxOptions beta:f32
      SpaceToDepthOptions block_size:i32
      SplitOptions num_splits:i32
      SplitVOptions num_splits:i32
      SqueezeOptions squeeze_dims:dims
      StridedSliceOptions begin_mask:i32 end_mask:i32 ellipsis_mask:i32 new_axis_mask:i32 \
        shrink_axis_mask:i32 offset:bool
      SubOptions fused_activation_function:i32 pot_scale_int16:bool
      TransposeConvOptions padding:padding stride_w:i32 stride_h:i32 \
        fused_activation_function:i32 quantized_bias_type:type
      UnpackOptions num:i32 axis:i32
      """;

  private static final int MAX_DIMS = 8;

  /** Operators whose options no delegate can use, or that are none. */
  private static final Set<BuiltinOperator> WITHOUT =
      Set.of(BuiltinOperator.DELEGATE, BuiltinOperator.PLACEHOLDER_FOR_GREATER_OP_CODES);

  private static final Map<String, List<String>> BY_TABLE = lines();

  private BuiltinData() {}

  private static Map<String, List<String>> lines() {
    Map<String, List<String>> lines = new HashMap<>();
    for (String line : LAYOUTS.strip().split("\n")) {
      List<String> words = List.of(line.trim().split("\\s+"));
      lines.put(words.get(0), words.subList(1, words.size()));
    }
    return Map.copyOf(lines);
  }

  /**
   * The structure of an operator's options, empty for an operator that has none; null where Octet
   * has no layout for them, or they do not fit it.
   */
  static byte[] of(TfliteOperator operator) {
    if (operator.builtin() == BuiltinOperator.CUSTOM) {
      return new byte[0];
    }
    Table options = operator.options();
    List<String> layout = BY_TABLE.get(options.name());
    if (layout == null) {
      return options.fieldless() && !WITHOUT.contains(operator.builtin()) ? new byte[0] : null;
    }
    ByteBuffer memory = ByteBuffer.allocate(128).order(ByteOrder.LITTLE_ENDIAN);
    boolean words = false;
    for (String member : layout) {
      int colon = member.indexOf(':');
      if (colon < 0) {
        memory.position(memory.position() + Integer.parseInt(member));
        continue;
      }
      String field = member.substring(0, colon);
      String type = member.substring(colon + 1);
      if (type.equals("bool")) {
        memory.put((byte) (options.bool(field) ? 1 : 0));
        continue;
      }
      words = true;
      align(memory);
      switch (type) {
        case "i32" -> memory.putInt(options.integer(field));
        case "f32" -> memory.putFloat(options.float_(field));
        case "padding", "mirror" -> memory.putInt(options.integer(field) + 1);
        case "type" -> memory.putInt(ElementTypes.number(options.integer(field)));
        case "dims" -> {
          int[] dims = options.ints(field);
          if (dims.length > MAX_DIMS) {
            return null;
          }
          for (int i = 0; i < MAX_DIMS; i++) {
            memory.putInt(i < dims.length ? dims[i] : 0);
          }
          memory.putInt(dims.length);
        }
        default -> throw new IllegalStateException("no member of type " + type);
      }
    }
    if (words) {
      align(memory);
    }
    byte[] bytes = new byte[memory.position()];
    memory.get(0, bytes);
    return bytes;
  }

  private static void align(ByteBuffer memory) {
    memory.position((memory.position() + 3) / 4 * 4);
  }
}
