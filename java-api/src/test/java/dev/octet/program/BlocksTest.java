// SPDX-License-Identifier: Apache-2.0
package dev.octet.program;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.Emulation;
import dev.octet.InterpreterOptions;
import dev.octet.Numerics;
import dev.octet.OctetException;
import dev.octet.differential.cases.AllCases;
import dev.octet.differential.cases.OpGenerator;
import dev.octet.presets.OctetNative;
import dev.octet.tflite.TfliteReader;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * The native side's blocks, of a model of every operator and kind of elements, with words changed:
 * whatever they say, loading, binding and running end with a status. {@code -Doctet.corpus=FOLDER}
 * writes the blocks as files for the native fuzzers.
 */
final class BlocksTest {
  private static final int MUTATIONS = Integer.getInteger("octet.block.mutations", 30);
  private static final int SEEDS = 3;
  private static final long MOST_ARENA = 8 << 20;
  private static final long TIMEOUT_NANOS = 20_000_000L * Emulation.SLOWER;
  private static final int[] EXTREMES = {
    0,
    1,
    -1,
    2,
    3,
    7,
    8,
    9,
    16,
    64,
    -2,
    127,
    -128,
    1 << 20,
    1 << 30,
    Integer.MAX_VALUE,
    Integer.MIN_VALUE
  };

  /** The blocks of a case's main subgraph, plain kernels for odd seeds; null without any. */
  private static Blocks blocks(OpGenerator generator, long seed) {
    try {
      InterpreterOptions options =
          new InterpreterOptions().numerics(Numerics.EXACT).reference(seed % 2 == 1);
      return Blocks.of(TfliteReader.read("case", generator.of(seed).model()), options);
    } catch (OctetException e) {
      return null; // a case for a refusal
    }
  }

  @Test
  void changedBlocksEndWithAStatus() throws IOException {
    Engine.ensureAvailable();
    String corpus = System.getProperty("octet.corpus");
    int tried = 0;
    int accepted = 0;
    for (OpGenerator generator : AllCases.generators()) {
      for (int seed = 0; seed < SEEDS; seed++) {
        Blocks blocks = blocks(generator, seed);
        if (blocks == null) {
          continue;
        }
        if (corpus != null) {
          String name = generator.toString().replaceAll("[^A-Za-z0-9]+", "_") + "_" + seed;
          Files.write(Path.of(corpus, name), blocks.file());
        }
        Random random = new Random(seed);
        for (int i = 0; i < MUTATIONS / SEEDS; i++) {
          Blocks changed =
              random.nextInt(4) == 0
                  ? new Blocks(changed(blocks.program(), random), blocks.binding())
                  : new Blocks(blocks.program(), changed(blocks.binding(), random));
          accepted += run(changed) ? 1 : 0;
          tried++;
        }
      }
    }
    System.out.println(tried + " changed blocks, " + accepted + " accepted");
    assertTrue(tried > 0 && accepted > tried / 100, accepted + " of " + tried);
  }

  private static byte[] changed(byte[] block, Random random) {
    byte[] changed = block.clone();
    ByteBuffer words = ByteBuffer.wrap(changed).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      int at = 4 * random.nextInt(block.length / 4);
      words.putInt(
          at,
          switch (random.nextInt(4)) {
            case 0 -> EXTREMES[random.nextInt(EXTREMES.length)];
            case 1 -> words.getInt(at) + random.nextInt(9) - 4;
            case 2 -> random.nextInt(64);
            default -> random.nextInt();
          });
    }
    return changed;
  }

  /** True when the blocks were accepted and run. */
  private static boolean run(Blocks blocks) {
    NativeError error = new NativeError();
    ByteBuffer program = direct(blocks.program());
    ByteBuffer binding = direct(blocks.binding());
    long handle =
        OctetNative.octet_program_load(
            NativeMemory.address(program), program.capacity(), -1, error.address());
    if (handle == 0) {
      return false;
    }
    long arenaBytes = binding.order(ByteOrder.LITTLE_ENDIAN).getLong(64);
    arenaBytes = arenaBytes < 0 || arenaBytes > MOST_ARENA ? 4096 : arenaBytes;
    ByteBuffer arena = DirectMemory.allocate(arenaBytes, "an arena");
    long bound =
        OctetNative.octet_binding_create(
            handle,
            NativeMemory.address(binding),
            binding.capacity(),
            NativeMemory.address(arena),
            arenaBytes,
            1,
            error.address());
    if (bound != 0) {
      OctetNative.octet_run(bound, 0, TIMEOUT_NANOS, 0, error.address());
      OctetNative.octet_binding_free(bound);
    }
    OctetNative.octet_program_free(handle);
    Reference.reachabilityFence(program);
    Reference.reachabilityFence(binding);
    Reference.reachabilityFence(arena);
    return bound != 0;
  }

  private static ByteBuffer direct(byte[] bytes) {
    ByteBuffer block = DirectMemory.allocate(bytes.length, "a block");
    return block.duplicate().put(bytes).position(0).slice();
  }
}
