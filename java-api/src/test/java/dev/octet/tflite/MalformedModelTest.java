// SPDX-License-Identifier: Apache-2.0
package dev.octet.tflite;

import static dev.octet.TensorType.FLOAT32;
import static dev.octet.TensorType.INT32;
import static dev.octet.TensorType.INT4;
import static dev.octet.TensorType.INT8;
import static dev.octet.TensorType.STRING;
import static dev.octet.TensorType.UINT8;
import static dev.octet.tflite.TestModel.bytes;
import static dev.octet.tflite.TestModel.floats;
import static dev.octet.tflite.TestModel.ints;
import static dev.octet.tflite.TestModel.strings;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.MalformedModelException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One case a rule: a sound model is changed in one place, and the message names the place. */
class MalformedModelTest {
  /** Input 0 'x', constant 1 'w', output 2 'y'; operator 0 adds them. */
  private static final class Sound {
    final TestModel model = new TestModel();
    final TestModel.Graph graph = model.graph();
    final int x = graph.input("x", FLOAT32, 1, 4);
    final int w = graph.constant("w", FLOAT32, floats(1, 2, 3, 4), 4);
    final int y = graph.output("y", FLOAT32, 1, 4);
    final int add = graph.operator(BuiltinOperator.ADD, 1, null, new int[] {x, w}, new int[] {y});
  }

  private record Case(String message, Consumer<Sound> change) {
    @Override
    public String toString() {
      return message;
    }
  }

  private static Case broken(String message, Consumer<Sound> change) {
    return new Case(message, change);
  }

  static Stream<Case> cases() {
    return Stream.of(
            modelCases(),
            tensorCases(),
            stringCases(),
            quantizationCases(),
            graphCases(),
            operatorCases(),
            callCases(),
            signatureCases())
        .flatMap(cases -> cases);
  }

  private static Stream<Case> modelCases() {
    return Stream.of(
        broken("schema version 2 is not 3", s -> s.model.model().set("version", 2)),
        broken("schema version 0 is not 3", s -> s.model.model().set("version", 0)),
        broken("the model has no subgraph", s -> s.model.model().set("subgraphs", List.of())),
        broken(
            "operator code 0: 210 is not a known operator",
            s -> s.model.codes().set(0, code(210, null, 1))),
        broken(
            "operator code 0: -1 is not a known operator",
            s -> s.model.codes().set(0, code(-1, null, 1))),
        broken(
            "operator code 0: a custom operator has no name",
            s -> s.model.codes().set(0, code(32, null, 1))),
        broken(
            "operator code 0 ADD: version 0 is below 1",
            s -> s.model.codes().set(0, code(0, null, 0))),
        broken("buffer 2: 8 bytes at 100000 lie outside the file", s -> external(s, 100_000, 8)),
        broken("buffer 2: 18446744073709551615 bytes at 8 lie", s -> external(s, 8, -1)),
        broken("buffer 2: 8 bytes at 9223372036854775807", s -> external(s, Long.MAX_VALUE, 8)),
        broken("buffer 2: 9223372036854775807 bytes at 8", s -> external(s, 8, Long.MAX_VALUE)),
        broken(
            "buffer 2 has data both inside the FlatBuffer and beyond",
            s ->
                s.model.buffer(
                    Table.builder("Buffer")
                        .set("data", bytes(1))
                        .set("offset", 8L)
                        .set("size", 1L)
                        .build())),
        broken(
            "metadata 0 'm': buffer 9 is not one of 2",
            s ->
                s.model
                    .model()
                    .set(
                        "metadata",
                        List.of(
                            Table.builder("Metadata").set("name", "m").set("buffer", 9).build()))));
  }

  private static Table code(int code, String custom, int version) {
    return Table.builder("OperatorCode")
        .set("deprecated_builtin_code", Math.min(127, code))
        .set("builtin_code", code)
        .set("custom_code", custom)
        .set("version", version)
        .build();
  }

  private static void external(Sound s, long offset, long size) {
    s.model.buffer(Table.builder("Buffer").set("offset", offset).set("size", size).build());
  }

  private static Stream<Case> tensorCases() {
    String w = "subgraph 0 tensor 1 'w': ";
    return Stream.of(
        broken(
            "subgraph 0 tensor 0 'x': shape [1, -3] has a negative dimension",
            s -> s.graph.tensor(s.x).set("shape", new int[] {1, -3})),
        broken(
            "subgraph 0 tensor 0 'x': FLOAT32[32767, 65536] is above 2 GiB",
            s -> s.graph.tensor(s.x).set("shape", new int[] {32767, 65536})),
        broken(
            "shape [2147483647, 2147483647, 4] has more than 2147483647 elements",
            s ->
                s.graph
                    .tensor(s.x)
                    .set("shape", new int[] {Integer.MAX_VALUE, Integer.MAX_VALUE, 4})),
        broken(
            "subgraph 0 tensor 0 'x': shape_signature [-2, 4] has a dimension below -1",
            s -> s.graph.tensor(s.x).set("shape_signature", new int[] {-2, 4})),
        broken(
            "shape_signature [-1] has another rank than shape [1, 4]",
            s -> s.graph.tensor(s.x).set("shape_signature", new int[] {-1})),
        broken(w + "buffer 7 is not one of 2", s -> s.graph.tensor(s.w).set("buffer", 7)),
        broken(
            w + "buffer 1 has 16 bytes, but 5 elements of FLOAT32 take 20",
            s -> s.graph.tensor(s.w).set("shape", new int[] {5})),
        broken(
            w + "buffer 1 has 16 bytes, but 3 elements of FLOAT32 take 12",
            s -> s.graph.tensor(s.w).set("shape", new int[] {3})),
        broken(
            w + "buffer 2 has 3 bytes, but 3 elements of INT4 take 2",
            s ->
                s.graph
                    .tensor(s.w)
                    .set("type", INT4)
                    .set("buffer", s.model.buffer(bytes(1, 2, 3)))
                    .set("shape", new int[] {3})),
        broken(
            w + "a variable has constant contents",
            s -> s.graph.tensor(s.w).set("is_variable", true)),
        broken(
            w + "its contents are in another file, which is not supported",
            s -> s.graph.tensor(s.w).set("external_buffer", 1)));
  }

  private static Stream<Case> stringCases() {
    String w = "subgraph 0 tensor 1 'w': ";
    return Stream.of(
        broken(w + "2 bytes of strings do not hold the -1", s -> text(s, bytes(1, 0))),
        broken(w + "8 bytes of strings do not hold the -5 they", s -> text(s, ints(-5, 0))),
        broken(w + "12 bytes of strings do not hold the 2 they", s -> text(s, ints(2, 16, 16))),
        broken(
            w + "12 bytes of strings do not hold the 2147483647",
            s -> text(s, ints(Integer.MAX_VALUE, 12, 12))),
        broken(w + "offset 0 of its strings, 8, is wrong", s -> text(s, ints(2, 8, 16, 16))),
        broken(w + "offset 1 of its strings, 15, is wrong", s -> text(s, ints(2, 16, 15, 16))),
        broken(w + "offset 2 of its strings, 17, is wrong", s -> text(s, ints(2, 16, 16, 17))),
        broken(
            w + "buffer holds 3 strings, but the shape takes 2",
            s -> text(s, strings("a", "", "c"))));
  }

  private static void text(Sound s, ByteBuffer data) {
    s.graph
        .tensor(s.w)
        .set("type", STRING)
        .set("shape", new int[] {2})
        .set("buffer", s.model.buffer(data));
  }

  private static Stream<Case> quantizationCases() {
    String w = "subgraph 0 tensor 1 'w': ";
    return Stream.of(
        broken(w + "scale[0] is 0.0, not finite and positive", s -> scale(s, 0f)),
        broken(w + "scale[0] is -1.0, not finite", s -> scale(s, -1f)),
        broken(w + "scale[0] is NaN, not finite", s -> scale(s, Float.NaN)),
        broken(w + "scale[0] is Infinity, not finite", s -> scale(s, Float.POSITIVE_INFINITY)),
        broken(w + "scale[2] is 0.0, not finite", s -> scale(s, 1f, 1f, 0f, 1f)),
        broken(w + "3 scales for dimension 0 of [4]", s -> scale(s, 1f, 1f, 1f)),
        broken(
            w + "quantized_dimension 1 is not a dimension of [4]",
            s -> quantize(s, new float[] {1, 1, 1, 1}, new long[4], 1)),
        broken(
            w + "quantized_dimension -1 is not a dimension of [4]",
            s -> quantize(s, new float[] {1, 1, 1, 1}, new long[4], -1)),
        broken(
            w + "2 zero points for 4 scales",
            s -> quantize(s, new float[] {1, 1, 1, 1}, new long[2], 0)),
        broken(
            w + "zero_point[0] 128 is outside INT8",
            s -> quantize(s, new float[] {1}, new long[] {128}, 0)),
        broken(
            w + "zero_point[3] -129 is outside INT8",
            s -> quantize(s, new float[] {1, 1, 1, 1}, new long[] {0, 0, 0, -129}, 0)),
        broken(
            w + "zero_point[0] -1 is outside UINT8",
            s -> {
              quantize(s, new float[] {1}, new long[] {-1}, 0);
              s.graph.tensor(s.w).set("type", UINT8);
            }),
        broken(
            w + "zero_point[0] 4294967296 is outside INT32",
            s -> {
              s.graph.tensor(s.w).set("type", INT32);
              s.graph.quantize(s.w, 1f, 1L << 32);
            }),
        broken(w + "BlockwiseQuantization: tensor 3 is not one of 3", s -> blockwise(s, 3, -1, 32)),
        broken(
            w + "BlockwiseQuantization: tensor -2 is not one of 3", s -> blockwise(s, 0, -2, 32)),
        broken(w + "BlockwiseQuantization: block_size 0 is too small", s -> blockwise(s, 0, -1, 0)),
        broken(
            w + "quantized dimension 1 is not a dimension of [4]",
            s ->
                details(
                    s,
                    Table.builder("MultiAxisQuantization")
                        .set("quantized_dimensions", new int[] {0, 1})
                        .build())));
  }

  private static void scale(Sound s, float... scales) {
    quantize(s, scales, new long[scales.length], 0);
  }

  private static void quantize(Sound s, float[] scales, long[] zeroPoints, int dimension) {
    s.graph.tensor(s.w).set("type", INT8).set("buffer", s.model.buffer(bytes(1, 2, 3, 4)));
    s.graph.quantize(s.w, scales, zeroPoints, dimension);
  }

  private static void blockwise(Sound s, int scales, int zeroPoints, int blockSize) {
    details(
        s,
        Table.builder("BlockwiseQuantization")
            .set("scales", scales)
            .set("zero_points", zeroPoints)
            .set("block_size", blockSize)
            .build());
  }

  private static void details(Sound s, Table details) {
    s.graph
        .tensor(s.w)
        .set(
            "quantization",
            Table.builder("QuantizationParameters").set("details", details).build());
  }

  private static Stream<Case> graphCases() {
    return Stream.of(
        broken(
            "subgraph 0 inputs[0]: tensor 3 is not one of 3",
            s -> s.graph.table().set("inputs", new int[] {3})),
        broken(
            "subgraph 0 outputs[1]: tensor -1 is not one of 3",
            s -> s.graph.table().set("outputs", new int[] {2, -1})),
        broken(
            "subgraph 0: tensor 0 is an input more than once",
            s -> s.graph.table().set("inputs", new int[] {0, 0})),
        broken(
            "subgraph 0 operator 0 ADD: reads tensor 0 'x', which is no input, constant",
            s -> s.graph.table().set("inputs", new int[0])),
        broken(
            "subgraph 0 operator 0 ADD: writes tensor 1 'w', which is constant",
            s -> s.graph.operator(s.add).set("outputs", new int[] {1})),
        broken(
            "subgraph 0 operator 0 ADD: writes tensor 0 'x', which is an input of the subgraph or",
            s -> s.graph.operator(s.add).set("outputs", new int[] {0})),
        broken(
            "subgraph 0 operator 1 ABS: writes tensor 2 'y', which is an input of the subgraph or"
                + " written before",
            s -> s.graph.operator(BuiltinOperator.ABS, 1, null, new int[] {s.x}, new int[] {s.y})),
        broken(
            "subgraph 0 operator 0 ADD: reads tensor 3 't', which is no input, constant or variable"
                + " and which no operator before it writes",
            s -> {
              int t = s.graph.tensor("t", FLOAT32, 1, 4);
              s.graph.operator(s.add).set("inputs", new int[] {s.x, t});
              s.graph.operator(BuiltinOperator.ABS, 1, null, new int[] {s.x}, new int[] {t});
            }),
        broken(
            "subgraph 0: its output tensor 3 't' is no input, constant or variable and no operator",
            s -> {
              int t = s.graph.tensor("t", FLOAT32, 1, 4);
              s.graph.table().set("outputs", new int[] {s.y, t});
            }));
  }

  private static Stream<Case> operatorCases() {
    return Stream.of(
        broken(
            "subgraph 0 operator 0: operator code 5 is not one of 1",
            s -> s.graph.operator(s.add).set("opcode_index", 5)),
        broken(
            "subgraph 0 operator 0 ADD inputs[1]: tensor 3 is not one of 3",
            s -> s.graph.operator(s.add).set("inputs", new int[] {0, 3})),
        broken(
            "subgraph 0 operator 0 ADD inputs[1]: tensor -2 is not one of 3",
            s -> s.graph.operator(s.add).set("inputs", new int[] {0, -2})),
        broken(
            "subgraph 0 operator 0 ADD outputs[0]: tensor -1 is not one of 3",
            s -> s.graph.operator(s.add).set("outputs", new int[] {-1})),
        broken(
            "subgraph 0 operator 0 ADD intermediates[0]: tensor 9 is not one of 3",
            s -> s.graph.operator(s.add).set("intermediates", new int[] {9})),
        broken(
            "subgraph 0 operator 0 ADD: 1 mutating_variable_inputs for 2 inputs",
            s -> s.graph.operator(s.add).set("mutating_variable_inputs", new boolean[1])),
        broken(
            "subgraph 0 operator 0 ADD: has options SubOptions instead of AddOptions",
            s -> s.graph.operator(s.add).set("builtin_options", Table.of("SubOptions"))),
        broken(
            "subgraph 0 operator 0 ADD: custom options of 4 bytes at 99999 lie outside the file",
            s ->
                s.graph
                    .operator(s.add)
                    .set("large_custom_options_offset", 99_999L)
                    .set("large_custom_options_size", 4L)),
        broken(
            "Model.subgraphs[0].operators[0].builtin_options.fused_activation_function: 6 is not a"
                + " known Activation",
            s ->
                s.graph
                    .operator(s.add)
                    .set(
                        "builtin_options",
                        Table.builder("AddOptions").set("fused_activation_function", 6).build())));
  }

  private static Stream<Case> callCases() {
    return Stream.of(
        broken(
            "subgraph 0 operator 1 CALL_ONCE: runs subgraph 4, which is not one of 1",
            s -> callOnce(s.graph, 4)),
        broken(
            "subgraph 0 operator 1 CALL_ONCE: runs subgraph -1, which is not one of 1",
            s -> callOnce(s.graph, -1)),
        broken("subgraph 0 runs itself", s -> callOnce(s.graph, 0)),
        broken(
            "subgraph 1 runs itself",
            s -> {
              callOnce(s.model.graph(), 2);
              callOnce(s.model.graph(), 1);
            }),
        broken(
            "subgraph 65 is nested over 64 calls deep",
            s -> {
              callOnce(s.graph, 1);
              for (int i = 1; i <= 64; i++) {
                callOnce(s.model.graph(), i + 1);
              }
              s.model.graph();
            }));
  }

  private static void callOnce(TestModel.Graph graph, int subgraph) {
    graph.operator(
        BuiltinOperator.CALL_ONCE,
        1,
        Table.builder("CallOnceOptions").set("init_subgraph_index", subgraph).build(),
        new int[0],
        new int[0]);
  }

  private static Stream<Case> signatureCases() {
    return Stream.of(
        broken(
            "signature 1 'a': another signature has this key",
            s -> signatures(s, signature("a", 0, 0), signature("a", 0, 0))),
        broken(
            "signature 0 'a': subgraph 3 is not one of 1",
            s -> signatures(s, signature("a", 3, 0))),
        broken(
            "signature 0 'a' inputs 'in0': tensor 2 is not among the inputs of subgraph 0",
            s -> signatures(s, signature("a", 0, 2))),
        broken(
            "signature 0 'a' inputs 'in0': tensor 77 is not among the inputs of subgraph 0",
            s -> signatures(s, signature("a", 0, 77))),
        broken(
            "signature 0 'a' inputs 'same': the name occurs twice",
            s ->
                signatures(
                    s,
                    Table.builder("SignatureDef")
                        .set("signature_key", "a")
                        .set("inputs", List.of(entry("same", 0), entry("same", 0)))
                        .build())));
  }

  private static Table signature(String key, int subgraph, int... inputs) {
    List<Table> entries = Arrays.stream(inputs).mapToObj(tensor -> entry("in0", tensor)).toList();
    return Table.builder("SignatureDef")
        .set("signature_key", key)
        .set("subgraph_index", subgraph)
        .set("inputs", entries)
        .build();
  }

  private static Table entry(String name, int tensor) {
    return Table.builder("TensorMap").set("name", name).set("tensor_index", tensor).build();
  }

  private static void signatures(Sound s, Table... signatures) {
    s.model.model().set("signature_defs", List.of(signatures));
  }

  @Test
  void theSoundModelIsRead() {
    assertEquals(1, new Sound().model.read().subgraphs().size());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void isRefused(Case broken) {
    Sound sound = new Sound();
    broken.change().accept(sound);
    ByteBuffer file = sound.model.write();
    MalformedModelException e =
        assertThrows(MalformedModelException.class, () -> TfliteReader.read("broken.tflite", file));
    assertTrue(e.getMessage().contains(broken.message()), e.getMessage());
    assertTrue(e.getMessage().startsWith("broken.tflite: "), e.getMessage());
    assertTrue(e.byteOffset() >= 0 && e.byteOffset() < file.limit(), e.getMessage());
  }
}
