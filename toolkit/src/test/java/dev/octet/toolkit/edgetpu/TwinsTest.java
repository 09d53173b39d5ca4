// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.edgetpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.edgetpu.CompiledPackage;
import dev.octet.tflite.TfliteModel;
import dev.octet.tflite.TfliteOperator;
import dev.octet.tflite.TfliteReader;
import dev.octet.toolkit.SharedFolder;
import dev.octet.toolkit.edgetpu.Mapping.Operator;
import dev.octet.toolkit.edgetpu.Mapping.Place;
import dev.octet.toolkit.model.EditableModel;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Models and what the Edge TPU compiler made of them: what it mapped is what the rules say. */
class TwinsTest {
  private static Mapping mapping(String name) throws IOException {
    return Mapping.of(
        EditableModel.of(TfliteReader.map(SharedFolder.file("models/" + name + ".tflite"))));
  }

  private static Map<String, Long> kinds(List<Operator> operators) {
    return operators.stream()
        .collect(Collectors.groupingBy(Operator::name, TreeMap::new, Collectors.counting()));
  }

  private static long parameterBytes(String twin) throws IOException {
    TfliteModel model = TfliteReader.map(SharedFolder.file("models/" + twin + ".tflite"));
    long bytes = 0;
    for (TfliteOperator operator : model.subgraphs().get(0).operators()) {
      if (operator.name().equals(CompiledPackage.OPERATOR)) {
        CompiledPackage compiled = CompiledPackage.read(twin, operator);
        bytes += compiled.cachedBytes() + compiled.streamedBytes();
      }
    }
    return bytes;
  }

  /** Operators are compared by the names of their outputs, which the compiler keeps. */
  @ParameterizedTest
  @CsvSource({
    "split_concat, 3, 1",
    "keras_lstm_mnist_ptq, 6, 0.52",
    "mobilenet_v1_0.25_128_quant, 31, 0.018",
    "mobilenet_v1_0.5_160_quant, 31, 0.009",
    "mobilenet_v1_0.75_192_quant, 31, 0.013",
    "mobilenet_v1_1.0_224_quant_embedding_extractor, 28, 0.035",
    "posenet_mobilenet_v1_075_353_481_16_quant_decoder, 37, 0.01",
    "bodypix_mobilenet_v1_075_512_512_16_quant_decoder, 43, 0.014",
    "movenet_single_pose_lightning_ptq, 98, 0.03",
    "deeplabv3_mnv2_dm05_pascal_quant, 64, 0.003",
    "deeplabv3_mnv2_pascal_quant, 64, 0.018",
    "deeplab_mobilenet_edgetpu_slim_cityscapes_quant, 82, 0.039"
  })
  void theCompilerMappedWhatTheRulesSay(String name, int mapped, double error) throws IOException {
    Mapping rules = mapping(name);
    Mapping twin = mapping(name + "_edgetpu");
    assertEquals(ModelForm.COMPILED, twin.form());
    assertEquals(mapped, rules.at(Place.EDGE_TPU).size());
    assertEquals(
        twin.at(Place.CPU).stream().map(Operator::output).toList(),
        rules.operators().stream()
            .filter(each -> each.place() != Place.EDGE_TPU)
            .map(Operator::output)
            .toList());
    assertEquals(List.of(), rules.refusals());
    long bytes = parameterBytes(name + "_edgetpu");
    double off = rules.parameters().deviceBytes() / (double) bytes - 1;
    assertTrue(Math.abs(off) <= error, rules.parameters() + " for " + bytes + ": " + off);
  }

  @ParameterizedTest
  @CsvSource({
    "mobilenet_v2_1.0_224_quant, 66, 0",
    "tf2_mobilenet_v2_1.0_224_ptq, 68, 0",
    "ssd_mobilenet_v1_coco_quant_postprocess_head_layers, 16, 1"
  })
  void modelsWithoutATwin(String name, int device, int cpu) throws IOException {
    Mapping mapping = mapping(name);
    assertEquals(device, mapping.at(Place.EDGE_TPU).size());
    assertEquals(cpu, mapping.at(Place.CPU).size());
    assertEquals(0, mapping.at(Place.BEHIND).size());
  }

  @Test
  void theCompiledMoveNetHas59OperatorsOfTheCpu() throws IOException {
    Mapping mapping = mapping("movenet_single_pose_lightning_ptq_edgetpu");
    assertEquals(ModelForm.COMPILED, mapping.form());
    assertEquals(59, mapping.at(Place.CPU).size());
    assertEquals(
        Map.ofEntries(
            Map.entry("CAST", 5L),
            Map.entry("QUANTIZE", 7L),
            Map.entry("ARG_MAX", 2L),
            Map.entry("FLOOR_DIV", 2L),
            Map.entry("RESHAPE", 11L),
            Map.entry("MUL", 5L),
            Map.entry("SUB", 4L),
            Map.entry("PACK", 3L),
            Map.entry("DEQUANTIZE", 4L),
            Map.entry("GATHER_ND", 4L),
            Map.entry("UNPACK", 2L),
            Map.entry("ADD", 6L),
            Map.entry("SQRT", 1L),
            Map.entry("DIV", 1L),
            Map.entry("CONCATENATION", 2L)),
        kinds(mapping.at(Place.CPU)));
  }
}
