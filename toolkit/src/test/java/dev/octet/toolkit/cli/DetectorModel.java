// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import dev.octet.TensorType;
import dev.octet.edgetpu.CompiledModelWriter;
import dev.octet.edgetpu.CompiledPackage;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Padding;
import dev.octet.tflite.Table;
import dev.octet.tflite.TfliteWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A detector of bright squares: a grey picture [1, 64, 64, 1] in [0, 1], the mean of each 8 x 8
 * cell is its score, and the box is the cell.
 */
final class DetectorModel {
  private static final int CELLS = 8;

  private final List<Table> buffers = new ArrayList<>(List.of(Table.of("Buffer")));
  private final List<Table> tensors = new ArrayList<>();
  private final List<Table> codes = new ArrayList<>();
  private final List<Table> operators = new ArrayList<>();

  /** What a file of it holds. */
  private enum Form {
    WHOLE,
    /** The means of cells compiled for an Edge TPU, the rest left to the CPU. */
    COMPILED,
    /** Only the means of cells: what the Edge TPU computes. */
    PART
  }

  private final Form form;

  private DetectorModel(Form form) {
    this.form = form;
  }

  static ByteBuffer file() {
    return new DetectorModel(Form.WHOLE).write();
  }

  /** The detector with its first operator compiled for an Edge TPU. */
  static ByteBuffer compiled() {
    return new DetectorModel(Form.COMPILED).write();
  }

  /** What the Edge TPU computes of {@link #compiled}. */
  static ByteBuffer compiledPart() {
    return new DetectorModel(Form.PART).write();
  }

  private int tensor(ByteBuffer data, TensorType type, int... shape) {
    Table.Builder tensor =
        Table.builder("Tensor")
            .set("name", "t" + tensors.size())
            .set("type", type)
            .set("shape", shape);
    if (data != null) {
      tensor.set("buffer", buffers.size());
      buffers.add(Table.builder("Buffer").set("data", data).build());
    }
    tensors.add(tensor.build());
    return tensors.size() - 1;
  }

  private void operator(Table.Builder operator, BuiltinOperator builtin, String custom) {
    operators.add(operator.set("opcode_index", codes.size()).build());
    codes.add(
        Table.builder("OperatorCode")
            .set("deprecated_builtin_code", builtin.code())
            .set("builtin_code", builtin.code())
            .set("custom_code", custom)
            .set("version", 1)
            .build());
  }

  private static ByteBuffer floats(float... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      bytes.putFloat(value);
    }
    return bytes.flip();
  }

  private ByteBuffer write() {
    int n = CELLS * CELLS;
    int x = tensor(null, TensorType.FLOAT32, 1, 64, 64, 1);
    int means = tensor(null, TensorType.FLOAT32, 1, CELLS, CELLS, 1);
    int scores = tensor(null, TensorType.FLOAT32, 1, n, 1);
    int boxes = tensor(floats(new float[4 * n]), TensorType.FLOAT32, 1, n, 4);
    int anchors = tensor(anchors(), TensorType.FLOAT32, n, 4);
    int[] outputs = new int[4];
    for (int i = 0; i < 4; i++) {
      outputs[i] = tensor(null, TensorType.FLOAT32);
    }
    means(x, means);
    if (form == Form.PART) {
      return model(x, means);
    }
    operator(
        Table.builder("Operator")
            .set("inputs", new int[] {means})
            .set("outputs", new int[] {scores})
            .set(
                "builtin_options",
                Table.builder("ReshapeOptions").set("new_shape", new int[] {1, n, 1}).build()),
        BuiltinOperator.RESHAPE,
        null);
    operator(
        Table.builder("Operator")
            .set("inputs", new int[] {boxes, scores, anchors})
            .set("outputs", outputs)
            .set("custom_options", options()),
        BuiltinOperator.CUSTOM,
        "TFLite_Detection_PostProcess");
    // not in the operator's order, as TensorFlow 2's exporter does
    return model(x, outputs[2], outputs[0], outputs[3], outputs[1]);
  }

  private void means(int x, int means) {
    Table.Builder operator =
        Table.builder("Operator").set("inputs", new int[] {x}).set("outputs", new int[] {means});
    if (form == Form.COMPILED) {
      CompiledModelWriter writer =
          new CompiledModelWriter()
              .input("t0", TensorType.FLOAT32, 1, 64, 64, 1)
              .output("t1", TensorType.FLOAT32, 1, CELLS, CELLS, 1);
      operator(
          operator.set("custom_options", writer.options()),
          BuiltinOperator.CUSTOM,
          CompiledPackage.OPERATOR);
      return;
    }
    operator(
        operator.set(
            "builtin_options",
            Table.builder("Pool2DOptions")
                .set("padding", Padding.VALID)
                .set("stride_h", 8)
                .set("stride_w", 8)
                .set("filter_height", 8)
                .set("filter_width", 8)
                .build()),
        BuiltinOperator.AVERAGE_POOL_2D,
        null);
  }

  private ByteBuffer model(int input, int... outputs) {
    Table subgraph =
        Table.builder("SubGraph")
            .set("tensors", tensors)
            .set("operators", operators)
            .set("inputs", new int[] {input})
            .set("outputs", outputs)
            .build();
    return TfliteWriter.write(
        Table.builder("Model")
            .set("version", 3)
            .set("operator_codes", codes)
            .set("buffers", buffers)
            .set("subgraphs", List.of(subgraph))
            .build());
  }

  private static ByteBuffer anchors() {
    float[] anchors = new float[4 * CELLS * CELLS];
    for (int i = 0; i < CELLS * CELLS; i++) {
      anchors[4 * i] = (i / CELLS + 0.5f) / CELLS;
      anchors[4 * i + 1] = (i % CELLS + 0.5f) / CELLS;
      anchors[4 * i + 2] = 1f / CELLS;
      anchors[4 * i + 3] = 1f / CELLS;
    }
    return floats(anchors);
  }

  /** A FlexBuffer map: keys, key offsets, values, types, root; every number 4 bytes wide. */
  private static ByteBuffer options() {
    Map<String, Number> options =
        new TreeMap<>(
            Map.of(
                "max_detections", 10,
                "max_classes_per_detection", 1,
                "num_classes", 1,
                "nms_score_threshold", 0.1f,
                "nms_iou_threshold", 0.5f,
                "y_scale", 10f,
                "x_scale", 10f,
                "h_scale", 5f,
                "w_scale", 5f));
    ByteBuffer bytes = ByteBuffer.allocate(1000).order(ByteOrder.LITTLE_ENDIAN);
    List<Integer> keys = new ArrayList<>();
    for (String key : options.keySet()) {
      keys.add(bytes.position());
      bytes.put(key.getBytes(StandardCharsets.UTF_8)).put((byte) 0);
    }
    bytes.putInt(keys.size());
    int keysAt = bytes.position();
    keys.forEach(at -> bytes.putInt(bytes.position() - at));
    bytes.putInt(bytes.position() - keysAt).putInt(4).putInt(keys.size());
    int valuesAt = bytes.position();
    for (Number value : options.values()) {
      bytes.putInt(value instanceof Float real ? Float.floatToIntBits(real) : value.intValue());
    }
    for (Number value : options.values()) {
      bytes.put((byte) ((value instanceof Float ? 3 : 1) << 2 | 2));
    }
    return bytes.put((byte) (bytes.position() - valuesAt)).put((byte) 38).put((byte) 1).flip();
  }
}
