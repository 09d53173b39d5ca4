// SPDX-License-Identifier: Apache-2.0
package dev.octet.edgetpu;

import dev.octet.tflite.Schema;
import java.util.List;

/**
 * The wire format of what the Edge TPU's compiler makes: a FlatBuffer {@code Package}, identifier
 * DWN1, that holds a FlatBuffer {@code MultiExecutable}, whose strings are FlatBuffers {@code
 * Executable}; the last two have no identifier.
 *
 * <p>Codes of Executable.type and Layer.data_type are {@link ExecutableType} and {@link LayerType}.
 */
public final class PackageSchema {
  private static final String TABLES =
      """
      Package min_runtime_version:i32 serialized_multi_executable:[u8] signature:[u8] \
        keypair_version:i32 compiler_version:string virtual_chip_id:i32 \
        multi_chip_package:[SerializedPackage] model_identifier:string
      SerializedPackage serialized_package:[u8]
      MultiExecutable serialized_executables:[blob]
      Executable version:i32 name:string serialized_model:[u8] batch_size:i32 \
        scratch_size_bytes:i32 instruction_bitstreams:[InstructionBitstream] parameters:[u8] \
        dma_hints:DmaHints input_layers:[Layer] output_layers:[Layer] chip:string \
        estimated_cycles:i32 used_narrow_memory_bytes_per_tile:i32 type:i16 \
        parameter_caching_token:u64 use_tpu_dram_for_parameters:bool \
        estimated_cycles_64bit:i64
      InstructionBitstream bitstream:[u8] field_offsets:[FieldOffset]
      FieldOffset meta:Meta offset_bit:i32
      Meta desc:i16 batch:i32 name:string position:i16
      DmaHints hints:[DmaHint] fully_deterministic:bool
      DmaHint any_hint:AnyHint direction:i16
      DmaDescriptorHint meta:Meta offset_in_bytes:i32 size_in_bytes:i32
      InstructionHint instruction_chunk_index:i32
      InterruptHint type:i16
      Layer name:string size_bytes:i32 y_dim:i32 x_dim:i32 z_dim:i32 \
        numerics:NumericsConstants data_type:i16 any_layer:AnyLayer \
        execution_count_per_inference:i32=1 cache_on_dram:bool shape:TensorShape
      NumericsConstants zero_point:i32 dequantization_factor:f32
      OutputLayer layout:OutputLayout data_type:i16 shape_info:OutputShapeInfo
      OutputLayout y_coordinate_to_linear_tile_id_map:[i32] \
        x_coordinate_to_linear_tile_id_map:[i32] linearized_tile_byte_offset:[i32] \
        x_coordinate_to_local_byte_offset:[i32] y_coordinate_to_local_y_offset:[i32] \
        x_coordinate_to_local_y_row_size:[i32]
      OutputShapeInfo slice_layout:[TensorLayout] slice_offset:[i32]
      TensorLayout shape:TensorShape stride:[i32]
      TensorShape dimension:[range]
      """;

  private static final String EMPTY = "FenceHint InputLayer";

  private static final String UNIONS =
      """
      AnyHint DmaDescriptorHint InstructionHint InterruptHint FenceHint
      AnyLayer OutputLayer InputLayer
      """;

  public static final Schema DWN1 =
      new Schema(
          "package for an Edge TPU",
          "package",
          "Package",
          "DWN1",
          TABLES,
          EMPTY,
          UNIONS,
          List.of());

  private PackageSchema() {}
}
