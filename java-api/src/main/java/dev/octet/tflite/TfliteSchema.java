// SPDX-License-Identifier: Apache-2.0
package dev.octet.tflite;

import dev.octet.TensorType;
import java.util.List;

/** The wire format of .tflite: FlatBuffers, identifier TFL3, version 3. */
final class TfliteSchema {
  static final int VERSION = 3;

  private static final String TABLES =
      """
      Model version:u32 operator_codes:[OperatorCode] subgraphs:[SubGraph] description:string \
        buffers:[Buffer] metadata_buffer:[i32] metadata:[Metadata] signature_defs:[SignatureDef] \
        external_buffer_groups:[ExternalBufferGroup] external_buffers:[ExternalBuffer]
      SubGraph tensors:[Tensor] inputs:[i32] outputs:[i32] operators:[Operator] name:string \
        debug_metadata_index:i32=-1
      Tensor shape:[i32] type:TensorType buffer:u32 name:string \
        quantization:QuantizationParameters is_variable:bool sparsity:SparsityParameters \
        shape_signature:[i32] has_rank:bool variant_tensors:[VariantSubType] external_buffer:u32
      VariantSubType shape:[i32] type:TensorType has_rank:bool
      QuantizationParameters min:[f32] max:[f32] scale:[f32] zero_point:[i64] \
        details:QuantizationDetails quantized_dimension:i32
      CustomQuantization custom:[u8]
      BlockwiseQuantization scales:i32 zero_points:i32 block_size:i32
      MultiAxisQuantization scales:i32 zero_points:i32 block_size:i32 quantized_dimensions:[i32]
      SparsityParameters traversal_order:[i32] block_map:[i32] dim_metadata:[DimensionMetadata]
      DimensionMetadata format:DimensionFormat dense_size:i32 array_segments:SparseIndexVector \
        array_indices:SparseIndexVector
      Int32Vector values:[i32]
      Uint16Vector values:[u16]
      Uint8Vector values:[u8]
      Operator opcode_index:u32 inputs:[i32] outputs:[i32] builtin_options:BuiltinOptions \
        custom_options:[u8] custom_options_format:i8 mutating_variable_inputs:[bool] \
        intermediates:[i32] large_custom_options_offset:u64 large_custom_options_size:u64 \
        builtin_options_2:BuiltinOptions2 debug_metadata_index:i32=-1
      OperatorCode deprecated_builtin_code:i8 custom_code:string version:i32=1 builtin_code:i32
      Buffer data:[u8] offset:u64 size:u64
      ExternalBufferGroup name:string
      ExternalBuffer id:u32 group:u32 offset:u64 length:u64 packing:string
      Metadata name:string buffer:u32
      TensorMap name:string tensor_index:u32
      SignatureDef inputs:[TensorMap] outputs:[TensorMap] signature_key:string \
        deprecated_tag:string subgraph_index:u32
      Conv2DOptions padding:Padding stride_w:i32 stride_h:i32 \
        fused_activation_function:Activation dilation_w_factor:i32=1 dilation_h_factor:i32=1 \
        quantized_bias_type:TensorType
      Conv3DOptions padding:Padding stride_d:i32 stride_w:i32 stride_h:i32 \
        fused_activation_function:Activation dilation_d_factor:i32=1 dilation_w_factor:i32=1 \
        dilation_h_factor:i32=1
      Pool2DOptions padding:Padding stride_w:i32 stride_h:i32 filter_width:i32 filter_height:i32 \
        fused_activation_function:Activation
      DepthwiseConv2DOptions padding:Padding stride_w:i32 stride_h:i32 depth_multiplier:i32 \
        fused_activation_function:Activation dilation_w_factor:i32=1 dilation_h_factor:i32=1
      ConcatEmbeddingsOptions num_channels:i32 num_columns_per_channel:[i32] \
        embedding_dim_per_channel:[i32]
      LSHProjectionOptions type:LshProjection
      SVDFOptions rank:i32 fused_activation_function:Activation asymmetric_quantize_inputs:bool
      RNNOptions fused_activation_function:Activation asymmetric_quantize_inputs:bool
      SequenceRNNOptions time_major:bool fused_activation_function:Activation \
        asymmetric_quantize_inputs:bool
      BidirectionalSequenceRNNOptions time_major:bool fused_activation_function:Activation \
        merge_outputs:bool asymmetric_quantize_inputs:bool
      FullyConnectedOptions fused_activation_function:Activation weights_format:WeightsFormat \
        keep_num_dims:bool asymmetric_quantize_inputs:bool quantized_bias_type:TensorType
      SoftmaxOptions beta:f32
      ConcatenationOptions axis:i32 fused_activation_function:Activation
      AddOptions fused_activation_function:Activation pot_scale_int16:bool=true
      MulOptions fused_activation_function:Activation
      L2NormOptions fused_activation_function:Activation
      LocalResponseNormalizationOptions radius:i32 bias:f32 alpha:f32 beta:f32
      LSTMOptions fused_activation_function:Activation cell_clip:f32 proj_clip:f32 \
        kernel_type:LstmKernel asymmetric_quantize_inputs:bool
      UnidirectionalSequenceLSTMOptions fused_activation_function:Activation cell_clip:f32 \
        proj_clip:f32 time_major:bool asymmetric_quantize_inputs:bool \
        diagonal_recurrent_tensors:bool
      BidirectionalSequenceLSTMOptions fused_activation_function:Activation cell_clip:f32 \
        proj_clip:f32 merge_outputs:bool time_major:bool=true asymmetric_quantize_inputs:bool
      ResizeBilinearOptions new_height:i32 new_width:i32 align_corners:bool \
        half_pixel_centers:bool
      ResizeNearestNeighborOptions align_corners:bool half_pixel_centers:bool
      CallOptions subgraph:subgraph
      ReshapeOptions new_shape:[i32]
      SkipGramOptions ngram_size:i32 max_skip_size:i32 include_all_ngrams:bool
      SpaceToDepthOptions block_size:i32
      DepthToSpaceOptions block_size:i32
      SubOptions fused_activation_function:Activation pot_scale_int16:bool=true
      DivOptions fused_activation_function:Activation
      EmbeddingLookupSparseOptions combiner:Combiner
      GatherOptions axis:i32 batch_dims:i32
      ReducerOptions keep_dims:bool
      SqueezeOptions squeeze_dims:[i32]
      SplitOptions num_splits:i32
      SplitVOptions num_splits:i32
      StridedSliceOptions begin_mask:i32 end_mask:i32 ellipsis_mask:i32 new_axis_mask:i32 \
        shrink_axis_mask:i32 offset:bool
      CastOptions in_data_type:TensorType out_data_type:TensorType
      ArgMaxOptions output_type:TensorType
      ArgMinOptions output_type:TensorType
      TransposeConvOptions padding:Padding stride_w:i32 stride_h:i32 \
        fused_activation_function:Activation quantized_bias_type:TensorType
      SparseToDenseOptions validate_indices:bool
      ShapeOptions out_type:TensorType
      FakeQuantOptions min:f32 max:f32 num_bits:i32 narrow_range:bool
      PackOptions values_count:i32 axis:i32
      OneHotOptions axis:i32
      UnpackOptions num:i32 axis:i32
      LeakyReluOptions alpha:f32
      MirrorPadOptions mode:MirrorPadMode
      UniqueOptions idx_out_type:TensorType=INT32
      ReverseSequenceOptions seq_dim:i32 batch_dim:i32
      IfOptions then_subgraph_index:subgraph else_subgraph_index:subgraph
      CallOnceOptions init_subgraph_index:subgraph
      WhileOptions cond_subgraph_index:subgraph body_subgraph_index:subgraph
      BatchMatMulOptions adj_x:bool adj_y:bool asymmetric_quantize_inputs:bool
      CumsumOptions exclusive:bool reverse:bool
      HashtableOptions table_id:i32 key_dtype:TensorType value_dtype:TensorType
      VarHandleOptions container:string shared_name:string
      RandomOptions seed:i64 seed2:i64
      BucketizeOptions boundaries:[f32]
      GeluOptions approximate:bool
      ReduceWindowOptions reduce_function:i32
      StableHLOCompositeOptions name:string decomposition_subgraph_index:subgraph \
        composite_attributes:[u8] composite_attributes_format:i8 version:i32
      StablehloGatherOptions offset_dims:[i64] collapsed_slice_dims:[i64] start_index_map:[i64] \
        index_vector_dim:i64 slice_sizes:[i64] indices_are_sorted:bool
      StablehloTransposeOptions permutation:[i64]
      StablehloDotGeneralOptions lhs_batching_dimensions:[i64] rhs_batching_dimensions:[i64] \
        lhs_contracting_dimensions:[i64] rhs_contracting_dimensions:[i64] precision_config:[u32]
      StablehloReduceWindowOptions window_dimensions:[i64] window_strides:[i64] \
        base_dilations:[i64] window_dilations:[i64] padding:[i64] body_subgraph_index:subgraph
      StablehloWhileOptions cond_subgraph_index:subgraph body_subgraph_index:subgraph
      StablehloSortOptions dimension:i64 is_stable:bool comparator_subgraph_index:subgraph
      StablehloConcatenateOptions dimension:i64
      StablehloBroadcastInDimOptions broadcast_dimensions:[i64]
      StablehloCompareOptions comparison_direction:u32 compare_type:u32
      StablehloDynamicSliceOptions slice_sizes:[i64]
      StablehloPadOptions edge_padding_low:[i64] edge_padding_high:[i64] interior_padding:[i64]
      StablehloIotaOptions iota_dimension:i64
      StablehloCustomCallOptions call_target_name:string has_side_effect:bool \
        backend_config:string api_version:i32 called_computations:[subgraph] custom_attributes:[u8]
      StablehloReduceOptions dimensions:[i64] body_subgraph_index:subgraph
      StablehloSliceOptions start_indices:[i64] limit_indices:[i64] strides:[i64]
      StablehloConvolutionOptions window_strides:[i64] padding:[i64] lhs_dilation:[i64] \
        rhs_dilation:[i64] window_reversal:[bool] input_batch_dimension:i64 \
        input_feature_dimension:i64 input_spatial_dimensions:[i64] \
        kernel_input_feature_dimension:i64 kernel_output_feature_dimension:i64 \
        kernel_spatial_dimensions:[i64] output_batch_dimension:i64 output_feature_dimension:i64 \
        output_spatial_dimensions:[i64] feature_group_count:i64 batch_group_count:i64 \
        precision_config:[u32]
      StablehloScatterOptions indices_are_sorted:bool update_window_dims:[i64] \
        inserted_window_dims:[i64] scatter_dims_to_operand_dims:[i64] index_vector_dim:i64 \
        unique_indices:bool update_computation_subgraph_index:subgraph
      StablehloCaseOptions branch_subgraph_indices:[subgraph]
      StablehloRngBitGeneratorOptions algorithm:RngAlgorithm
      """;

  private static final String EMPTY =
      """
      NoOptions PadOptions PadV2Options SpaceToBatchNDOptions BatchToSpaceNDOptions TopKV2Options \
      TransposeOptions ExpOptions CosOptions LogSoftmaxOptions DequantizeOptions \
      MaximumMinimumOptions TileOptions GreaterOptions GreaterEqualOptions LessOptions \
      LessEqualOptions NegOptions SelectOptions SliceOptions ExpandDimsOptions EqualOptions \
      NotEqualOptions RankOptions PowOptions LogicalOrOptions AbsOptions HardSwishOptions \
      LogicalAndOptions LogicalNotOptions FloorDivOptions SquareOptions ZerosLikeOptions \
      FillOptions FloorModOptions RangeOptions SquaredDifferenceOptions ReverseV2Options \
      AddNOptions GatherNdOptions WhereOptions MatrixDiagOptions QuantizeOptions \
      MatrixSetDiagOptions NonMaxSuppressionV4Options NonMaxSuppressionV5Options \
      ScatterNdOptions SelectV2Options DensifyOptions SegmentSumOptions BroadcastToOptions \
      Rfft2dOptions HashtableFindOptions HashtableImportOptions HashtableSizeOptions \
      ReadVariableOptions AssignVariableOptions DynamicUpdateSliceOptions \
      UnsortedSegmentProdOptions UnsortedSegmentMaxOptions UnsortedSegmentSumOptions \
      ATan2Options UnsortedSegmentMinOptions SignOptions BitcastOptions BitwiseXorOptions \
      RightShiftOptions DilateOptions StablehloShiftLeftOptions\
      """;

  private static final String UNIONS =
      """
      QuantizationDetails CustomQuantization BlockwiseQuantization MultiAxisQuantization
      SparseIndexVector Int32Vector Uint16Vector Uint8Vector
      BuiltinOptions Conv2DOptions DepthwiseConv2DOptions ConcatEmbeddingsOptions \
        LSHProjectionOptions Pool2DOptions SVDFOptions RNNOptions FullyConnectedOptions \
        SoftmaxOptions ConcatenationOptions AddOptions L2NormOptions \
        LocalResponseNormalizationOptions LSTMOptions ResizeBilinearOptions CallOptions \
        ReshapeOptions SkipGramOptions SpaceToDepthOptions EmbeddingLookupSparseOptions \
        MulOptions PadOptions GatherOptions BatchToSpaceNDOptions SpaceToBatchNDOptions \
        TransposeOptions ReducerOptions SubOptions DivOptions SqueezeOptions SequenceRNNOptions \
        StridedSliceOptions ExpOptions TopKV2Options SplitOptions LogSoftmaxOptions CastOptions \
        DequantizeOptions MaximumMinimumOptions ArgMaxOptions LessOptions NegOptions \
        PadV2Options GreaterOptions GreaterEqualOptions LessEqualOptions SelectOptions \
        SliceOptions TransposeConvOptions SparseToDenseOptions TileOptions ExpandDimsOptions \
        EqualOptions NotEqualOptions ShapeOptions PowOptions ArgMinOptions FakeQuantOptions \
        PackOptions LogicalOrOptions OneHotOptions LogicalAndOptions LogicalNotOptions \
        UnpackOptions FloorDivOptions SquareOptions ZerosLikeOptions FillOptions \
        BidirectionalSequenceLSTMOptions BidirectionalSequenceRNNOptions \
        UnidirectionalSequenceLSTMOptions FloorModOptions RangeOptions \
        ResizeNearestNeighborOptions LeakyReluOptions SquaredDifferenceOptions MirrorPadOptions \
        AbsOptions SplitVOptions UniqueOptions ReverseV2Options AddNOptions GatherNdOptions \
        CosOptions WhereOptions RankOptions ReverseSequenceOptions MatrixDiagOptions \
        QuantizeOptions MatrixSetDiagOptions HardSwishOptions IfOptions WhileOptions \
        DepthToSpaceOptions NonMaxSuppressionV4Options NonMaxSuppressionV5Options \
        ScatterNdOptions SelectV2Options DensifyOptions SegmentSumOptions BatchMatMulOptions \
        CumsumOptions CallOnceOptions BroadcastToOptions Rfft2dOptions Conv3DOptions \
        HashtableOptions HashtableFindOptions HashtableImportOptions HashtableSizeOptions \
        VarHandleOptions ReadVariableOptions AssignVariableOptions RandomOptions \
        BucketizeOptions GeluOptions DynamicUpdateSliceOptions UnsortedSegmentProdOptions \
        UnsortedSegmentMaxOptions UnsortedSegmentMinOptions UnsortedSegmentSumOptions \
        ATan2Options SignOptions BitcastOptions BitwiseXorOptions RightShiftOptions
      BuiltinOptions2 StablehloConcatenateOptions StablehloBroadcastInDimOptions \
        StablehloSliceOptions StablehloConvolutionOptions StablehloCustomCallOptions \
        StablehloReduceOptions StablehloScatterOptions StablehloCompareOptions \
        StablehloDynamicSliceOptions StablehloPadOptions StablehloIotaOptions \
        StablehloDotGeneralOptions StablehloReduceWindowOptions StablehloSortOptions \
        StablehloWhileOptions StablehloGatherOptions StablehloTransposeOptions DilateOptions \
        StablehloRngBitGeneratorOptions ReduceWindowOptions StableHLOCompositeOptions \
        StablehloShiftLeftOptions StablehloCaseOptions
      """;

  /** Enumerations, each a byte on the wire whose value is the constant's ordinal. */
  private static final List<Class<? extends Enum<?>>> ENUMS =
      List.of(
          TensorType.class,
          Activation.class,
          Padding.class,
          MirrorPadMode.class,
          LstmKernel.class,
          WeightsFormat.class,
          Combiner.class,
          LshProjection.class,
          RngAlgorithm.class,
          DimensionFormat.class);

  static final Schema TFL3 =
      new Schema("TensorFlow Lite model", "file", "Model", "TFL3", TABLES, EMPTY, UNIONS, ENUMS);

  private TfliteSchema() {}

  /** The table of a name. */
  static TableType table(String name) {
    return TFL3.table(name);
  }
}
