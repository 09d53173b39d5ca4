// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.edgetpu;

import dev.octet.tflite.Activation;
import dev.octet.tflite.WeightsFormat;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.EditableTensor;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The limitations in the model page's table of supported operations. Where the table gives no
 * number, as for the sizes of resized pictures, the number is what compiled models show; its
 * comment says so.
 */
final class Limitations {
  private static final int SOFTMAX_ELEMENTS = 16_000;
  private static final int DEPTH_STEP = 4;

  /** Pictures grown twice up to this side are seen on the Edge TPU: issues 31 and 187, MoveNet. */
  private static final int RESIZED_SIDE = 128;

  private static final int RESIZED_TIMES = 2;

  static final Limitation NO_ACTIVATION =
      new Limitation(
          "no fused activation",
          op -> {
            Activation fused =
                op.options().enumeration("fused_activation_function", Activation.class);
            return fused == Activation.NONE
                ? null
                : "has the fused activation " + fused + "; it maps only without one";
          });

  static final Limitation ZERO_CONSTANT =
      new Limitation(
          "a constant input only beside one other, and all zeros", Limitations::constantInput);

  static final Limitation SAME_DILATION =
      new Limitation(
          "the same dilation along x and y",
          op -> {
            int w = op.options().integer("dilation_w_factor");
            int h = op.options().integer("dilation_h_factor");
            return w == h
                ? null
                : "has a dilation of " + h + " along y and " + w + " along x; they must be equal";
          });

  static final Limitation NO_DILATION =
      new Limitation(
          "no dilation",
          op -> {
            int w = op.options().integer("dilation_w_factor");
            int h = op.options().integer("dilation_h_factor");
            return w == 1 && h == 1
                ? null
                : "has a dilation of " + h + "x" + w + "; runtimes up to 12 take none";
          });

  static final Limitation DEFAULT_WEIGHTS =
      new Limitation(
          "weights in the default format",
          op ->
              op.options().enumeration("weights_format", WeightsFormat.class)
                      == WeightsFormat.DEFAULT
                  ? null
                  : "has shuffled weights; only the default format maps");

  /**
   * Not in the table: TensorFlow's 8-bit quantization specification had one scale for dense weights
   * until 2.17, and the compiler's TensorFlow is older.
   */
  static final Limitation ONE_SCALE =
      new Limitation(
          "one scale for all weights",
          op -> {
            int scales = op.input(1).quantization().scales().length;
            return scales == 1
                ? null
                : "has "
                    + scales
                    + " scales for its weights, where the compiler's TensorFlow knows one: quantize"
                    + " with --per-tensor-dense";
          });

  static final Limitation ONE_ROW =
      new Limitation(
          "an output of one dimension",
          op -> {
            int[] shape = op.output(0).shape();
            return Axes.outer(shape, 1) == 1
                ? null
                : "writes " + Axes.words(shape) + "; only one dimension may be larger than 1";
          });

  static final Limitation NO_BATCH_REDUCTION =
      new Limitation("no reduction of the batch", op -> axes(op, "reduces", false));

  static final Limitation PLANE_REDUCTION =
      new Limitation("reduction along x and y only", op -> axes(op, "reduces", true));

  static final Limitation DEPTH_BY_FOUR =
      new Limitation(
          "a reduced z that is a multiple of " + DEPTH_STEP,
          op -> {
            int[] shape = op.input(0).shape();
            for (int axis : Axes.ints(op.input(1))) {
              int depth = shape[Axes.positive(axis, shape.length)];
              if (Axes.z(shape, Axes.positive(axis, shape.length)) && depth % DEPTH_STEP != 0) {
                return "reduces z, which is " + depth + "; it must be a multiple of " + DEPTH_STEP;
              }
            }
            return null;
          });

  static final Limitation NO_BATCH_PACKING =
      new Limitation(
          "no packing into the batch",
          op -> {
            int[] shape = op.output(0).shape();
            int axis = Axes.positive(op.options().integer("axis"), shape.length);
            return axis < shape.length - 3
                ? "packs along the batch (axis " + axis + " of " + Axes.words(shape) + ")"
                : null;
          });

  static final Limitation NO_BATCH_SPLIT =
      new Limitation(
          "no splitting of the batch",
          op -> {
            int[] shape = op.input(1).shape();
            int axis = Axes.positive(Axes.ints(op.input(0)), shape.length);
            return op.outputs().size() > 1 && Axes.batch(shape, axis)
                ? "splits the batch (axis " + axis + " of " + Axes.words(shape) + ")"
                : null;
          });

  static final Limitation NO_BATCH_PADDING =
      new Limitation("no padding of the batch", op -> padding(op, false));

  static final Limitation PLANE_PADDING =
      new Limitation("padding along x and y only", op -> padding(op, true));

  static final Limitation ALPHA_BY_CHANNEL =
      new Limitation(
          "one alpha a channel",
          op -> {
            int[] shape = op.input(1).shape();
            return Axes.outer(shape, 1) == 1
                ? null
                : "has alphas of "
                    + Axes.words(shape)
                    + "; only the innermost dimension may be larger than 1 (Keras: shared_axes="
                    + "[1, 2])";
          });

  /** The table names no sizes; these are what was seen to map. */
  static final Limitation SEEN_SIZES =
      new Limitation(
          "not from sizes that lose precision (no numbers are published; seen to map: up to "
              + RESIZED_TIMES
              + " times and "
              + RESIZED_SIDE
              + " a side)",
          Limitations::resized);

  static final Limitation ONE_SHORT_ROW =
      new Limitation(
          "an input of one dimension, at most 16,000 elements",
          op -> {
            int[] shape = op.input(0).shape();
            if (Axes.outer(shape, 1) != 1) {
              return "reads " + Axes.words(shape) + "; only one dimension may be larger than 1";
            }
            return shape.length > 0 && shape[shape.length - 1] > SOFTMAX_ELEMENTS
                ? "reads " + shape[shape.length - 1] + " elements; at most 16000 map"
                : null;
          });

  static final Limitation LEADING_ONES =
      new Limitation(
          "ones in front only",
          op -> {
            int[] shape = op.input(0).shape();
            int first = 0;
            while (first < shape.length && shape[first] == 1) {
              first++;
            }
            int[] kept = Arrays.copyOfRange(shape, first, shape.length);
            int[] squeezed = op.output(0).shape();
            return squeezed.length >= kept.length
                ? null
                : "takes a 1 out of the middle of "
                    + Axes.words(shape)
                    + "; runtimes up to 12 take ones in front only";
          });

  static final Limitation PLAIN_SLICE =
      new Limitation(
          "strides of 1, no ellipsis and no new axes",
          op -> {
            for (int stride : Axes.ints(op.input(3))) {
              if (stride != 1) {
                return "has a stride of " + stride + "; all must be 1";
              }
            }
            return op.options().integer("ellipsis_mask") != 0
                ? "has an ellipsis"
                : op.options().integer("new_axis_mask") != 0 ? "makes a new axis" : null;
          });

  static final Limitation ONE_PIXEL =
      new Limitation(
          "only of 1 x 1 x c along x and y (not in the table, seen to map)",
          op -> {
            int[] in = op.input(0).shape();
            int[] out = op.output(0).shape();
            boolean pixel = Axes.outer(in, 1) == 1 && in.length > 0;
            return pixel && out[out.length - 1] == in[in.length - 1]
                ? null
                : "is not in the table of operators that an Edge TPU runs (seen to map: 1 x 1 x c"
                    + " along x and y; this is "
                    + Axes.words(in)
                    + " to "
                    + Axes.words(out)
                    + ")";
          });

  private Limitations() {}

  private static String axes(EditableOperator op, String does, boolean planeOnly) {
    int[] shape = op.input(0).shape();
    for (int each : Axes.ints(op.input(1))) {
      int axis = Axes.positive(each, shape.length);
      if (Axes.batch(shape, axis)) {
        return does + " the batch (axis " + axis + " of " + Axes.words(shape) + ")";
      }
      if (planeOnly && Axes.z(shape, axis)) {
        return does + " z (axis " + axis + "); runtimes up to 12 take x and y only";
      }
    }
    return null;
  }

  private static String padding(EditableOperator op, boolean planeOnly) {
    int[] shape = op.input(0).shape();
    int[] pads = Axes.ints(op.input(1));
    if (pads.length != 2 * shape.length) {
      throw new IllegalArgumentException(
          pads.length + " paddings of " + shape.length + " dimensions");
    }
    for (int axis = 0; axis < shape.length; axis++) {
      boolean padded = pads[2 * axis] != 0 || pads[2 * axis + 1] != 0;
      if (padded && Axes.batch(shape, axis)) {
        return "pads the batch (axis " + axis + " of " + Axes.words(shape) + ")";
      }
      if (padded && planeOnly && Axes.z(shape, axis)) {
        return "pads z (axis " + axis + "); runtimes up to 12 take x and y only";
      }
    }
    return null;
  }

  private static String constantInput(EditableOperator op) {
    for (EditableTensor input : op.inputs()) {
      if (input != null && input.constant()) {
        if (op.inputs().size() != 2) {
          return "has the constant input "
              + Sentences.name(input)
              + " and "
              + (op.inputs().size() - 1)
              + " others; a constant maps only beside one other";
        }
        if (!zeros(input)) {
          return "has the constant input "
              + Sentences.name(input)
              + ", which is not all zeros; only zeros map";
        }
      }
    }
    return null;
  }

  private static boolean zeros(EditableTensor constant) {
    byte zero = (byte) constant.quantization().zeroPoints()[0];
    ByteBuffer data = constant.data();
    while (data.hasRemaining()) {
      if (data.get() != zero) {
        return false;
      }
    }
    return true;
  }

  private static String resized(EditableOperator op) {
    int[] in = op.input(0).shape();
    int[] out = op.output(0).shape();
    if (in.length < 3 || out.length != in.length) {
      return "resizes " + Axes.words(in) + " to " + Axes.words(out) + "; it must be h x w x c";
    }
    for (int axis = in.length - 3; axis < in.length - 1; axis++) {
      boolean same = in[axis] == out[axis];
      if (!same && (out[axis] > RESIZED_TIMES * in[axis] || out[axis] > RESIZED_SIDE)) {
        return "resizes "
            + Axes.words(in)
            + " to "
            + Axes.words(out)
            + "; such sizes may lose precision and are left to the CPU (compiled models show up to "
            + RESIZED_TIMES
            + " times and "
            + RESIZED_SIDE
            + " a side on the Edge TPU, the rules give no number)";
      }
    }
    return null;
  }
}
