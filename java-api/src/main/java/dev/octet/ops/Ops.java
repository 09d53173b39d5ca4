// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.TfliteOperator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Every operator that Octet runs. */
public final class Ops {
  public static final List<OpSpec> ALL =
      List.of(
          Add.ADD,
          Add.SUB,
          AddN.SPEC,
          ArgMinMax.MAX,
          ArgMinMax.MIN,
          BatchMatmul.SPEC,
          BidirectionalSequenceLstm.SPEC,
          Bitcast.SPEC,
          BroadcastArgs.SPEC,
          BroadcastTo.SPEC,
          Bucketize.SPEC,
          CallOnce.SPEC,
          Cast.SPEC,
          Compare.EQUAL,
          Compare.GREATER,
          Compare.GREATER_EQUAL,
          Compare.LESS,
          Compare.LESS_EQUAL,
          Compare.NOT_EQUAL,
          ComplexPart.ABS,
          ComplexPart.IMAG,
          ComplexPart.REAL,
          Concatenation.SPEC,
          Conv2d.SPEC,
          Conv3d.SPEC,
          Conv3d.TRANSPOSED,
          Cumsum.SPEC,
          Densify.SPEC,
          DepthwiseConv2d.SPEC,
          Dequantize.SPEC,
          DetectionPostProcess.SPEC,
          Dilate.SPEC,
          Div.SPEC,
          DynamicUpdateSlice.SPEC,
          Elementwise.ATAN2,
          Elementwise.BITWISE_XOR,
          Elementwise.FLOOR_DIV,
          Elementwise.FLOOR_MOD,
          Elementwise.LOGICAL_AND,
          Elementwise.LOGICAL_OR,
          Elementwise.MAXIMUM,
          Elementwise.MINIMUM,
          Elementwise.POW,
          Elementwise.RIGHT_SHIFT,
          Elementwise.STABLEHLO_ADD,
          Elementwise.STABLEHLO_AND,
          Elementwise.STABLEHLO_MAXIMUM,
          Elementwise.STABLEHLO_MINIMUM,
          Elementwise.STABLEHLO_MULTIPLY,
          Elementwise.STABLEHLO_SHIFT_LEFT,
          EdgeTpuOp.SPEC,
          EmbeddingLookup.SPEC,
          EmbeddingLookupSparse.SPEC,
          ExpandDims.SPEC,
          FakeQuant.SPEC,
          Fill.SPEC,
          FullyConnected.SPEC,
          Gather.SPEC,
          GatherNd.SPEC,
          HardSwish.SPEC,
          HashTables.FIND,
          HashTables.IMPORT,
          HashTables.SIZE,
          HashTables.TABLE,
          HashtableLookup.SPEC,
          If.SPEC,
          LeakyRelu.SPEC,
          Lstm.SPEC,
          MatrixDiag.DIAG,
          MatrixDiag.SET_DIAG,
          MirrorPad.SPEC,
          Mul.SPEC,
          NonMaxSuppression.V4,
          NonMaxSuppression.V5,
          OneHot.SPEC,
          Pack.SPEC,
          Pad.PAD,
          Pad.PADV2,
          L2Normalization.SPEC,
          LocalResponseNormalization.SPEC,
          Pool2d.AVERAGE,
          Pool2d.L2,
          Pool2d.MAX,
          Prelu.SPEC,
          Quantize.SPEC,
          RandomNumbers.MULTINOMIAL,
          RandomNumbers.NORMAL,
          RandomNumbers.UNIFORM,
          Range.SPEC,
          Reduce.ALL,
          Reduce.ANY,
          Reduce.MAX,
          Reduce.MEAN,
          Reduce.MIN,
          Reduce.PROD,
          Reduce.SUM,
          ReduceWindow.SPEC,
          ReduceWindow.STABLEHLO,
          Relu.RELU,
          Relu.RELU6,
          Relu.RELU_0_TO_1,
          Relu.RELU_N1_TO_1,
          Reshape.SPEC,
          Resize.BILINEAR,
          Resize.NEAREST_NEIGHBOR,
          Reverse.SPEC,
          ReverseSequence.SPEC,
          RngBitGenerator.SPEC,
          Rnn.BIDIRECTIONAL,
          Rnn.RNN,
          Rnn.UNIDIRECTIONAL,
          Rfft2d.SPEC,
          ScatterNd.SPEC,
          SegmentSum.SPEC,
          Select.SELECT,
          Select.SELECT_V2,
          ShapeOf.RANK,
          ShapeOf.SHAPE,
          SignalFilterBank.SPEC,
          SignalNoise.PCAN,
          SignalNoise.SUBTRACTION,
          SignalOps.AUTO_SCALE,
          SignalOps.ENERGY,
          SignalOps.LOG,
          SignalOps.RFFT,
          SignalOps.SQUARE_ROOT,
          SignalOps.WINDOW,
          Slice.SPEC,
          Softmax.LOG,
          Softmax.SPEC,
          SpaceBatch.TO_BATCH,
          SpaceBatch.TO_SPACE,
          SpaceDepth.TO_DEPTH,
          SpaceDepth.TO_SPACE,
          SparseToDense.SPEC,
          Split.SPLIT,
          Split.SPLIT_V,
          SquaredDifference.SPEC,
          Squeeze.SPEC,
          StablehloCase.SPEC,
          StablehloComposite.SPEC,
          StablehloGather.SPEC,
          StablehloPad.SPEC,
          StablehloScatter.SPEC,
          StridedSlice.SPEC,
          Svdf.SPEC,
          Tile.SPEC,
          TopK.SPEC,
          Transpose.SPEC,
          TransposeConv.SPEC,
          Unary.ABS,
          Unary.CEIL,
          Unary.COS,
          Unary.ELU,
          Unary.EXP,
          Unary.FLOOR,
          Unary.GELU,
          Unary.LOG,
          Unary.LOGICAL_NOT,
          Unary.LOGISTIC,
          Unary.NEG,
          Unary.ROUND,
          Unary.RSQRT,
          Unary.SIGN,
          Unary.SIN,
          Unary.SQRT,
          Unary.SQUARE,
          Unary.TANH,
          Unary.ZEROS_LIKE,
          UnidirectionalSequenceLstm.SPEC,
          Unique.SPEC,
          Unpack.SPEC,
          UnsortedSegment.MAX,
          UnsortedSegment.MIN,
          UnsortedSegment.PROD,
          UnsortedSegment.SUM,
          Variables.ASSIGN,
          Variables.HANDLE,
          Variables.READ,
          Where.SPEC,
          While.SPEC);

  private static final Map<String, OpSpec> BY_NAME = new HashMap<>();

  static {
    for (OpSpec spec : ALL) {
      if (BY_NAME.put(key(spec.builtin(), spec.name()), spec) != null) {
        throw new IllegalStateException(spec.name() + " is there twice");
      }
    }
  }

  private Ops() {}

  private static String key(BuiltinOperator builtin, String name) {
    return builtin == BuiltinOperator.CUSTOM ? "custom " + name : builtin.name();
  }

  /** The operator, or an {@link UnsupportedOp} that says why there is none. */
  public static Op read(TfliteOperator operator) {
    OpSpec spec = BY_NAME.get(key(operator.builtin(), operator.name()));
    if (spec == null) {
      return new UnsupportedOp(
          operator.name(),
          operator.builtin() == BuiltinOperator.CUSTOM
              ? "Octet has no custom operator of this name; supply it in Java with"
                  + " ModelOptions.customOperator(\""
                  + operator.name()
                  + "\", ...)"
              : "this operator is not supported");
    }
    if (operator.version() > spec.maxVersion()) {
      return new UnsupportedOp(
          operator.name(),
          "version "
              + operator.version()
              + " is not known, only versions up to "
              + spec.maxVersion());
    }
    return spec.reader().read(operator);
  }
}
