// SPDX-License-Identifier: Apache-2.0
package dev.octet.edgetpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.MalformedModelException;
import dev.octet.TensorType;
import dev.octet.differential.Shared;
import dev.octet.tflite.TestFlexBuffer;
import dev.octet.tflite.TestModel;
import dev.octet.tflite.TfliteModel;
import dev.octet.tflite.TfliteOperator;
import dev.octet.tflite.TfliteReader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is decoded of packages of our own and of the compiler's, and which are refused. */
class CompiledPackageTest {
  static CompiledModelWriter small() {
    return new CompiledModelWriter()
        .input("x", TensorType.UINT8, 1, 4, 5, 3)
        .state("h", TensorType.INT16, 1, 20)
        .output("y", TensorType.INT8, 1, 10);
  }

  private static CompiledPackage read(ByteBuffer options) {
    return CompiledPackage.read("m", options);
  }

  private static String text(List<DeviceLayer> layers) {
    return layers.stream().map(DeviceLayer::toString).collect(Collectors.joining(" "));
  }

  @Test
  void whatWasWrittenIsDecoded() {
    CompiledPackage found =
        read(
            small()
                .minRuntimeVersion(13)
                .compilerVersion("15.0")
                .token(-2)
                .parameters(700, 30)
                .options());
    assertEquals(13, found.minRuntimeVersion());
    assertEquals("15.0", found.compilerVersion());
    assertEquals(700, found.cachedBytes());
    assertEquals(30, found.streamedBytes());
    DeviceExecutable main = found.main();
    assertEquals(ExecutableType.EXECUTION_ONLY, main.type());
    assertEquals("beagle", main.chip());
    assertEquals(-2, main.parameterCachingToken());
    assertEquals(64, main.scratchBytes());
    assertEquals(240, main.instructionBytes());
    assertEquals("x: UINT8[4x5x3] h: INT16[1x1x20]", text(found.inputs()));
    assertEquals("y: INT8[1x10]", text(found.outputs()));
    assertEquals("h_variable_output: INT16[1x20]", text(found.states()));
    assertEquals(60, found.inputs().get(0).bytes());
    assertEquals(64, found.inputs().get(0).sizeBytes());
    assertEquals(40, found.inputs().get(1).bytes());
  }

  @Test
  void recurrentStatesNeedANewerRuntimeThanThePackageSays() {
    assertEquals(14, read(small().minRuntimeVersion(12).options()).neededRuntimeVersion());
    assertEquals(15, read(small().minRuntimeVersion(15).options()).neededRuntimeVersion());
    CompiledModelWriter without =
        new CompiledModelWriter()
            .input("x", TensorType.UINT8, 1, 3)
            .output("y", TensorType.UINT8, 1, 3);
    assertEquals(12, read(without.minRuntimeVersion(12).options()).neededRuntimeVersion());
  }

  @Test
  void oneExecutableStreamsAll() {
    CompiledPackage found =
        read(small().executables(ExecutableType.STAND_ALONE).parameters(700, 30).options());
    assertEquals(0, found.cachedBytes());
    assertEquals(30, found.streamedBytes());
  }

  @Test
  void ofThreeTheStandAloneOneRuns() {
    CompiledPackage found =
        read(
            small()
                .executables(
                    ExecutableType.PARAMETER_CACHING,
                    ExecutableType.EXECUTION_ONLY,
                    ExecutableType.STAND_ALONE)
                .options());
    assertEquals(ExecutableType.STAND_ALONE, found.main().type());
    assertEquals(0, found.cachedBytes());
  }

  @Test
  void theModelOfThePackageIsSound() {
    TfliteModel model = TfliteReader.read("m", small().write());
    TfliteOperator operator = model.subgraphs().get(0).operators().get(0);
    assertEquals(CompiledPackage.OPERATOR, operator.name());
    assertEquals("y: INT8[1x10]", text(CompiledPackage.read("m", operator).outputs()));
  }

  private static void refused(ByteBuffer options, String rule) {
    MalformedModelException e = assertThrows(MalformedModelException.class, () -> read(options));
    assertTrue(e.getMessage().contains(rule), e.getMessage());
    assertEquals("m", e.source());
    assertTrue(e.byteOffset() >= 0 && e.byteOffset() <= options.limit(), e.getMessage());
  }

  @Test
  void packagesThatTheRuntimeRefusesAreRefused() {
    refused(ByteBuffer.allocate(0), "the FlexBuffer has 0 bytes");
    refused(TestFlexBuffer.map(Map.of("1", 0)), "no string '4'");
    refused(TestFlexBuffer.map(Map.of("4", TestModel.bytes(1, 2, 3))), "package has 3 bytes");
    refused(
        CompiledModelWriter.options(small().compiledPackage().putInt(4, 0)),
        "is not a package for an Edge TPU: bytes 4 to 7 are not 'DWN1'");
    refused(small().furtherPackage().options(), "has packages for 2 chips");
    refused(small().virtualChip(-1).options(), "is a package for several chips");
    refused(small().batch(0).options(), "has the batch size 0");
    refused(small().executables().options(), "has 0 executables, not 1 to 3");
    refused(
        small().executables(ExecutableType.STAND_ALONE, ExecutableType.PARAMETER_CACHING).options(),
        "[STAND_ALONE, PARAMETER_CACHING], which do not go together");
    refused(
        small().executables(ExecutableType.EXECUTION_ONLY, ExecutableType.EXECUTION_ONLY).options(),
        "do not go together");
  }

  /** Known facts of files that the Edge TPU's compiler made. */
  @ParameterizedTest
  @CsvSource({
    "keras_lstm_mnist_ptq,12,43968,576,6cad28922f0b3db3,0,"
        + "serving_default_x:0: UINT8[1x28x28]/tfl.pseudo_qconst: INT8[1x1x20]"
        + "/tfl.pseudo_qconst1: INT16[1x1x20],"
        + "StatefulPartitionedCall:0: UINT8[1x10]",
    "mobilenet_v1_0.25_128_quant,12,566912,0,6d146c3f97d6648c,0,input: UINT8[128x128x3],"
        + "MobilenetV1/Predictions/Reshape_1: UINT8[1x1001]",
    "split_concat,13,192,0,f5daf073fcc3811,0,"
        + "input1: UINT8[8x8x3]/inputs/rnn1: UINT8[8x8x1]/inputs/rnn2: UINT8[8x8x2],"
        + "concat/split0: UINT8[8x8x1]/outputs/rnn1: UINT8[8x8x1]"
        + "/concat/split2: UINT8[8x8x1]/concat/split4: UINT8[8x8x1]"
        + "/outputs/rnn2: UINT8[8x8x2]",
    "movenet_single_pose_lightning_ptq,12,2862656,2368,83f398195dd768f2,59,"
        + "tfl.quantize: INT8[192x192x3],",
  })
  void publishedPackages(
      String name,
      int runtime,
      long cached,
      long streamed,
      String token,
      int left,
      String inputs,
      String outputs) {
    TfliteModel model = TfliteReader.map(Shared.require("models/" + name + "_edgetpu.tflite"));
    List<CompiledPackage> found = new ArrayList<>();
    int others = 0;
    for (TfliteOperator operator : model.subgraphs().get(0).operators()) {
      if (operator.name().equals(CompiledPackage.OPERATOR)) {
        found.add(CompiledPackage.read(name, operator));
        assertEquals(operator.inputs().length, found.get(0).inputs().size());
        assertEquals(operator.outputs().length, found.get(0).outputs().size());
      } else {
        others++;
      }
    }
    assertEquals(1, found.size());
    assertEquals(left, others);
    CompiledPackage compiled = found.get(0);
    assertEquals(runtime, compiled.minRuntimeVersion());
    assertEquals(cached, compiled.cachedBytes());
    assertEquals(streamed, compiled.streamedBytes());
    assertEquals("beagle", compiled.main().chip());
    assertEquals(token, Long.toHexString(compiled.main().parameterCachingToken()));
    assertEquals(inputs, text(compiled.inputs()).replace(" ", "/").replace(":/", ": "));
    if (outputs != null) {
      assertEquals(outputs, text(compiled.outputs()).replace(" ", "/").replace(":/", ": "));
    }
  }
}
