// SPDX-License-Identifier: Apache-2.0
package dev.octet.tflite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.edgetpu.PackageSchema;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SchemaTest {
  /** Numbers as TensorFlow Lite's schema has them, written down apart from the table. */
  @ParameterizedTest
  @CsvSource({
    "Model,version,0",
    "Model,operator_codes,1",
    "Model,subgraphs,2",
    "Model,description,3",
    "Model,buffers,4",
    "Model,metadata_buffer,5",
    "Model,metadata,6",
    "Model,signature_defs,7",
    "SubGraph,tensors,0",
    "SubGraph,inputs,1",
    "SubGraph,outputs,2",
    "SubGraph,operators,3",
    "SubGraph,name,4",
    "Tensor,shape,0",
    "Tensor,type,1",
    "Tensor,buffer,2",
    "Tensor,name,3",
    "Tensor,quantization,4",
    "Tensor,is_variable,5",
    "Tensor,sparsity,6",
    "Tensor,shape_signature,7",
    "Tensor,has_rank,8",
    "Tensor,variant_tensors,9",
    "QuantizationParameters,min,0",
    "QuantizationParameters,max,1",
    "QuantizationParameters,scale,2",
    "QuantizationParameters,zero_point,3",
    "QuantizationParameters,details,5",
    "QuantizationParameters,quantized_dimension,6",
    "SparsityParameters,traversal_order,0",
    "SparsityParameters,block_map,1",
    "SparsityParameters,dim_metadata,2",
    "DimensionMetadata,format,0",
    "DimensionMetadata,dense_size,1",
    "DimensionMetadata,array_segments,3",
    "DimensionMetadata,array_indices,5",
    "Operator,opcode_index,0",
    "Operator,inputs,1",
    "Operator,outputs,2",
    "Operator,builtin_options,4",
    "Operator,custom_options,5",
    "Operator,custom_options_format,6",
    "Operator,mutating_variable_inputs,7",
    "Operator,intermediates,8",
    "Operator,large_custom_options_offset,9",
    "Operator,large_custom_options_size,10",
    "Operator,builtin_options_2,12",
    "OperatorCode,deprecated_builtin_code,0",
    "OperatorCode,custom_code,1",
    "OperatorCode,version,2",
    "OperatorCode,builtin_code,3",
    "Buffer,data,0",
    "Buffer,offset,1",
    "Buffer,size,2",
    "Metadata,buffer,1",
    "TensorMap,tensor_index,1",
    "SignatureDef,signature_key,2",
    "SignatureDef,subgraph_index,4",
    "Conv2DOptions,padding,0",
    "Conv2DOptions,stride_w,1",
    "Conv2DOptions,stride_h,2",
    "Conv2DOptions,fused_activation_function,3",
    "Conv2DOptions,dilation_w_factor,4",
    "Conv2DOptions,dilation_h_factor,5",
    "DepthwiseConv2DOptions,depth_multiplier,3",
    "DepthwiseConv2DOptions,fused_activation_function,4",
    "DepthwiseConv2DOptions,dilation_h_factor,6",
    "Pool2DOptions,filter_width,3",
    "Pool2DOptions,filter_height,4",
    "Pool2DOptions,fused_activation_function,5",
    "FullyConnectedOptions,weights_format,1",
    "FullyConnectedOptions,keep_num_dims,2",
    "FullyConnectedOptions,asymmetric_quantize_inputs,3",
    "ResizeBilinearOptions,align_corners,2",
    "ResizeBilinearOptions,half_pixel_centers,3",
    "StridedSliceOptions,shrink_axis_mask,4",
    "StridedSliceOptions,offset,5",
    "UnidirectionalSequenceLSTMOptions,time_major,3",
    "BidirectionalSequenceLSTMOptions,time_major,4",
    "TransposeConvOptions,fused_activation_function,3",
    "WhileOptions,body_subgraph_index,1",
    "StablehloConvolutionOptions,precision_config,16",
  })
  void fieldNumbers(String table, String field, int slot) {
    TableType type = TfliteSchema.table(table);
    assertEquals(slot, type.fields().get(type.position(field)).slot());
  }

  /** Numbers as libedgetpu's schema has them. */
  @ParameterizedTest
  @CsvSource({
    "Package,min_runtime_version,0",
    "Package,serialized_multi_executable,1",
    "Package,compiler_version,4",
    "Package,virtual_chip_id,5",
    "Package,model_identifier,7",
    "MultiExecutable,serialized_executables,0",
    "Executable,name,1",
    "Executable,batch_size,3",
    "Executable,scratch_size_bytes,4",
    "Executable,instruction_bitstreams,5",
    "Executable,parameters,6",
    "Executable,dma_hints,7",
    "Executable,input_layers,8",
    "Executable,output_layers,9",
    "Executable,chip,10",
    "Executable,type,13",
    "Executable,parameter_caching_token,14",
    "Executable,estimated_cycles_64bit,16",
    "DmaHint,any_hint,1",
    "DmaHint,direction,2",
    "Layer,name,0",
    "Layer,size_bytes,1",
    "Layer,z_dim,4",
    "Layer,numerics,5",
    "Layer,data_type,6",
    "Layer,any_layer,8",
    "Layer,execution_count_per_inference,9",
    "Layer,shape,11",
    "OutputLayer,shape_info,2",
    "OutputLayout,x_coordinate_to_local_y_row_size,5",
  })
  void packageFieldNumbers(String table, String field, int slot) {
    TableType type = PackageSchema.DWN1.table(table);
    assertEquals(slot, type.fields().get(type.position(field)).slot());
  }

  @ParameterizedTest
  @CsvSource({
    "Conv2DOptions,1",
    "DepthwiseConv2DOptions,2",
    "Pool2DOptions,5",
    "FullyConnectedOptions,8",
    "SoftmaxOptions,9",
    "ReshapeOptions,17",
    "ReducerOptions,27",
    "StridedSliceOptions,32",
    "TransposeConvOptions,49",
    "UnidirectionalSequenceLSTMOptions,71",
    "LeakyReluOptions,75",
    "QuantizeOptions,89",
    "HardSwishOptions,91",
    "IfOptions,92",
    "WhileOptions,93",
    "BatchMatMulOptions,101",
    "Conv3DOptions,106",
    "GeluOptions,116",
    "RightShiftOptions,126",
  })
  void optionTypes(String table, int code) {
    TableType operator = TfliteSchema.table("Operator");
    Field union = operator.fields().get(operator.position("builtin_options"));
    assertEquals(table, union.tables().get(code - 1));
    assertEquals(126, union.tables().size());
  }

  @ParameterizedTest
  @CsvSource({
    "Conv2DOptions,dilation_w_factor,1",
    "DepthwiseConv2DOptions,dilation_h_factor,1",
    "Conv3DOptions,dilation_d_factor,1",
    "OperatorCode,version,1",
    "SubGraph,debug_metadata_index,-1",
    "UniqueOptions,idx_out_type,2",
    "Conv2DOptions,stride_h,0",
  })
  void defaults(String table, String field, int value) {
    assertEquals(value, Table.of(table).integer(field));
  }

  @Test
  void booleanDefaults() {
    Set<String> on = new HashSet<>();
    for (TableType type : TfliteSchema.TFL3.tables().values()) {
      for (Field field : type.fields()) {
        if (Boolean.TRUE.equals(field.absent())) {
          on.add(type.name() + "." + field.name());
        }
      }
    }
    assertEquals(
        Set.of(
            "AddOptions.pot_scale_int16",
            "SubOptions.pot_scale_int16",
            "BidirectionalSequenceLSTMOptions.time_major"),
        on);
  }

  @ParameterizedTest
  @CsvSource({
    "ADD,0",
    "CONV_2D,3",
    "DEPTHWISE_CONV_2D,4",
    "FULLY_CONNECTED,9",
    "MAX_POOL_2D,17",
    "SOFTMAX,25",
    "CUSTOM,32",
    "MEAN,40",
    "UNIDIRECTIONAL_SEQUENCE_LSTM,44",
    "TRANSPOSE_CONV,67",
    "LEAKY_RELU,98",
    "QUANTIZE,114",
    "HARD_SWISH,117",
    "WHILE,119",
    "BATCH_MATMUL,126",
    "PLACEHOLDER_FOR_GREATER_OP_CODES,127",
    "CUMSUM,128",
    "GELU,150",
    "STABLEHLO_LOGISTIC,162",
    "DILATE,203",
    "STABLEHLO_CASE,209",
  })
  void operatorCodes(BuiltinOperator operator, int code) {
    assertEquals(code, operator.code());
    assertEquals(operator, BuiltinOperator.of(code));
    assertEquals(210, BuiltinOperator.values().length);
  }

  @ParameterizedTest
  @EnumSource(BuiltinOperator.class)
  void everyOperatorHasOptions(BuiltinOperator operator) {
    assertTrue(operator.options().endsWith("Options"));
    Table options = Table.of(operator.options());
    TableType type = TfliteSchema.table("Operator");
    boolean listed = false;
    for (String union : new String[] {"builtin_options", "builtin_options_2"}) {
      listed |= type.fields().get(type.position(union)).tables().contains(options.name());
    }
    assertEquals(!options.name().equals("NoOptions"), listed);
  }

  @Test
  void everyNameInTheSchemaIsATable() {
    for (TableType type : TfliteSchema.TFL3.tables().values()) {
      int slot = -1;
      for (Field field : type.fields()) {
        assertTrue(field.slot() > slot, type.name() + "." + field.name());
        slot = field.slot();
        for (String table : field.tables()) {
          assertEquals(table, TfliteSchema.table(table).name());
        }
        assertFalse(field.javaType() == Table.class && field.tables().isEmpty());
      }
    }
  }

  @Test
  void unknownNamesAreFaultsOfTheCaller() {
    Table options = Table.of("Conv2DOptions");
    assertThrows(IllegalArgumentException.class, () -> Table.of("Conv4DOptions"));
    assertThrows(IllegalArgumentException.class, () -> options.integer("stride_x"));
    assertThrows(IllegalArgumentException.class, () -> options.float_("stride_w"));
    assertThrows(
        IllegalArgumentException.class, () -> options.enumeration("padding", Activation.class));
    assertThrows(IllegalArgumentException.class, () -> options.toBuilder().set("stride_w", "1"));
  }
}
