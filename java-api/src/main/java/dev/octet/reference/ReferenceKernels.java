// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

import java.util.HashMap;
import java.util.Map;

/** Every kernel of the reference backend by its name. */
public final class ReferenceKernels {
  private static final Map<String, ReferenceKernel> BY_NAME = new HashMap<>();

  static {
    BY_NAME.put("add", new Add());
    BY_NAME.put("arg_min_max", new ArgMinMax());
    BY_NAME.put("average_pool_2d", new Pool(Pool.Kind.AVERAGE));
    BY_NAME.put("batch_matmul", new MatrixProduct(false));
    BY_NAME.put("binary", new Binary());
    BY_NAME.put("cast", new Cast());
    BY_NAME.put("complex_part", new ComplexPart());
    BY_NAME.put("conv_2d", new PlainConvolution(false));
    BY_NAME.put("conv_3d", new Convolution3d(false));
    BY_NAME.put("conv_3d_f32", new Convolution3d(true));
    BY_NAME.put("conv_f32", PackedConvolution.real());
    BY_NAME.put("conv_i16", PackedConvolution.words());
    BY_NAME.put("copy", new Copy());
    BY_NAME.put("copy_strided", new CopyStrided());
    BY_NAME.put("cumsum", new Cumsum());
    BY_NAME.put("depthwise_conv_2d", new PlainConvolution(true));
    BY_NAME.put("dequantize", new Dequantize());
    BY_NAME.put("dwconv_f32", new PackedDepthwise());
    BY_NAME.put("dwconv_i16", new PackedDepthwise());
    BY_NAME.put("dwconv_i8", new PackedDepthwise());
    BY_NAME.put("dynamic_update_slice", new DynamicUpdateSlice());
    BY_NAME.put("embedding_lookup", new EmbeddingLookup());
    BY_NAME.put("fill", new Fill());
    BY_NAME.put("gather", new Gather());
    BY_NAME.put("gather_nd", new GatherNd());
    BY_NAME.put("gemm_f32", new PackedRows());
    BY_NAME.put("gemm_i4", new BlockRows());
    BY_NAME.put("gemm_i8", PackedConvolution.bytes());
    BY_NAME.put("l2_normalization", new L2Normalization());
    BY_NAME.put("l2_pool_2d", new Pool(Pool.Kind.ROOT));
    BY_NAME.put("local_response_normalization", new LocalResponse());
    BY_NAME.put("lstm", new Lstm());
    BY_NAME.put("lstm_basic", new LstmBasic());
    BY_NAME.put("lstm_i8", new IntegerLstm());
    BY_NAME.put("lstm_i8_8", new IntegerProductLstm());
    BY_NAME.put("lut", new Lut());
    BY_NAME.put("matmul_f32", new MatrixProduct(true));
    BY_NAME.put("matmul_i8", new MatrixProduct(false));
    BY_NAME.put("max_pool_2d", new Pool(Pool.Kind.MAXIMUM));
    BY_NAME.put("mul", new Mul());
    BY_NAME.put("non_max_suppression", new NonMaxSuppression());
    BY_NAME.put("one_hot", new OneHot());
    BY_NAME.put("pair_table", new PairTable());
    BY_NAME.put("prelu", new Prelu());
    BY_NAME.put("quantize", new Quantize());
    BY_NAME.put("quantize_rows", new QuantizeRows());
    BY_NAME.put("reduce", new Reduce());
    BY_NAME.put("reduce_window", new ReduceWindow());
    BY_NAME.put("rescale_i16", new RescaleWords());
    BY_NAME.put("resize_bilinear", new ResizeBilinear());
    BY_NAME.put("resize_nearest_neighbor", new ResizeNearest());
    BY_NAME.put("reverse_sequence", new ReverseSequence());
    BY_NAME.put("rnn", new Rnn());
    BY_NAME.put("scatter_nd", new ScatterNd());
    BY_NAME.put("select", new Select());
    BY_NAME.put("softmax", new Softmax());
    BY_NAME.put("svdf", new Svdf());
    BY_NAME.put("top_k", new TopK());
    BY_NAME.put("unary", new Unary());
    BY_NAME.put("unsorted_segment", new UnsortedSegment());
  }

  /** All, unmodifiable. */
  public static final Map<String, ReferenceKernel> ALL = Map.copyOf(BY_NAME);

  private ReferenceKernels() {}

  /**
   * The kernel of that name.
   *
   * @throws IllegalStateException when there is none
   */
  public static ReferenceKernel of(String name) {
    ReferenceKernel kernel = ALL.get(name);
    if (kernel == null) {
      throw new IllegalStateException("the reference backend has no kernel " + name);
    }
    return kernel;
  }
}
