// SPDX-License-Identifier: Apache-2.0
package dev.octet.program;

import dev.octet.InterpreterOptions;
import dev.octet.graph.Graph;
import dev.octet.graph.GraphReader;
import dev.octet.tflite.TfliteModel;
import dev.octet.tflite.TfliteReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The blocks of a model's main subgraph, as the native library of this platform gets them. */
record Blocks(byte[] program, byte[] binding) {
  /**
   * Null for a model without native instructions.
   *
   * @throws dev.octet.OctetException for a model that is refused
   */
  static Blocks of(TfliteModel model, InterpreterOptions options) {
    Graph graph = GraphReader.read(model, operator -> null).get(0);
    Plan plan = Compiler.plan(graph, options, Set.of());
    if (plan.nativeInstructions().isEmpty()) {
      return null;
    }
    List<WeightsEntry> entries = plan.entries();
    List<WeightsEntry.Filled> filled = new ArrayList<>();
    int[] numbers = new int[entries.size()];
    for (int i = 0; i < numbers.length; i++) {
      filled.add(entries.get(i).fill());
      numbers[i] = i;
    }
    try (NativeMemory.Passing program = BlockWriter.program(entries, filled)) {
      return new Blocks(bytes(program.buffer()), bytes(BlockWriter.binding(plan, numbers, false)));
    }
  }

  private static byte[] bytes(ByteBuffer block) {
    byte[] bytes = new byte[block.remaining()];
    block.get(bytes);
    return bytes;
  }

  /** What {@code native/fuzz} and {@code native/emulation} read. */
  byte[] file() {
    return ByteBuffer.allocate(4 + program.length + binding.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(program.length)
        .put(program)
        .put(binding)
        .array();
  }

  /** MODEL FILE: writes the blocks of a model file that an interpreter has by default. */
  public static void main(String[] args) throws IOException {
    Engine.ensureAvailable();
    TfliteModel model = TfliteReader.read(args[0], Files.readAllBytes(Path.of(args[0])));
    Files.write(Path.of(args[1]), of(model, new InterpreterOptions()).file());
  }
}
