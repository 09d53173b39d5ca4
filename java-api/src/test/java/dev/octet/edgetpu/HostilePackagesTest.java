// SPDX-License-Identifier: Apache-2.0
package dev.octet.edgetpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.octet.MalformedModelException;
import dev.octet.TensorType;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Damaged options and packages: decoding ends with a package or with {@link
 * MalformedModelException}, whatever the damage, soon and without much memory.
 */
class HostilePackagesTest {
  private static final int ROUNDS = 20_000;

  /** One page of package and little more: of it every byte is changed. */
  private static ByteBuffer compiledPackage() {
    return new CompiledModelWriter()
        .input("x", TensorType.UINT8, 1, 2, 2, 1)
        .state("h", TensorType.INT16, 1, 2)
        .output("y", TensorType.INT8, 1, 3)
        .parameters(20, 4)
        .compiledPackage();
  }

  private static ByteBuffer copy(ByteBuffer bytes) {
    return ByteBuffer.allocate(bytes.limit()).put(bytes.duplicate().position(0)).flip();
  }

  /** True when it was decoded. */
  private static boolean survives(ByteBuffer options, String what) {
    try {
      CompiledPackage found = CompiledPackage.read("hostile", options);
      assertTrue(found.cachedBytes() + found.streamedBytes() <= 2L * options.limit(), what);
      assertTrue(found.neededRuntimeVersion() >= found.minRuntimeVersion(), what);
      found.inputs().forEach(layer -> assertTrue(layer.bytes() > 0, what));
      return true;
    } catch (MalformedModelException e) {
      assertEquals("hostile", e.source(), what);
      assertTrue(
          e.byteOffset() >= 0 && e.byteOffset() <= options.limit(), what + ": " + e.getMessage());
      return false;
    } catch (RuntimeException | Error e) {
      throw new AssertionError(what + ": " + e, e);
    }
  }

  @Test
  void everyByteMayBeAnother() {
    ByteBuffer sound = CompiledModelWriter.options(compiledPackage());
    int refused = 0;
    for (int at = 0; at < sound.limit(); at++) {
      byte before = sound.get(at);
      for (int value : new int[] {0, 1, 0x7f, 0xff, before ^ 0x80, before + 1, before - 4}) {
        sound.put(at, (byte) value);
        refused += survives(sound, "byte " + at + " is " + (byte) value) ? 0 : 1;
      }
      sound.put(at, before);
    }
    assertTrue(survives(sound, "sound"), "it was sound");
    assertTrue(refused > 1000, refused + " were refused");
  }

  @Test
  void everyTruncation() {
    ByteBuffer options = CompiledModelWriter.options(compiledPackage());
    for (int limit = 0; limit < options.limit(); limit++) {
      assertTrue(!survives(copy(options).limit(limit), "options of " + limit), "cut at " + limit);
    }
    ByteBuffer sound = compiledPackage();
    int decoded = 0;
    for (int limit = 0; limit <= sound.limit(); limit++) {
      ByteBuffer cut = CompiledModelWriter.options(sound.duplicate().limit(limit));
      decoded += survives(cut, "package of " + limit) ? 1 : 0;
    }
    assertTrue(decoded >= 1 && decoded < sound.limit(), decoded + " were decoded");
  }

  @Test
  void damageInSeveralPlaces() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long thread = Thread.currentThread().getId();
    int[] words = {0, 1, -1, 4, 8, 0x7fffffff, 0x80000000, 0xffff, 1 << 28, 4096};
    ByteBuffer sound = CompiledModelWriter.options(compiledPackage());
    int refused = 0;
    for (int seed = 0; seed < ROUNDS; seed++) {
      Random random = new Random(seed);
      ByteBuffer options = copy(sound).order(sound.order());
      for (int i = random.nextInt(4); i >= 0; i--) {
        int at = random.nextInt(options.limit() - 3);
        switch (random.nextInt(3)) {
          case 0 -> options.putInt(at, words[random.nextInt(words.length)]);
          case 1 -> options.putInt(at, options.getInt(random.nextInt(options.limit() - 3)));
          default -> options.put(at, (byte) (options.get(at) ^ 1 << random.nextInt(8)));
        }
      }
      long heap = threads.getThreadAllocatedBytes(thread);
      refused += survives(options, "seed " + seed) ? 0 : 1;
      long taken = threads.getThreadAllocatedBytes(thread) - heap;
      assertTrue(taken < 4 << 20, "seed " + seed + " took " + taken + " bytes");
    }
    assertTrue(refused > ROUNDS / 20, refused + " were refused");
  }
}
