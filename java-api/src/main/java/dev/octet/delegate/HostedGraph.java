// SPDX-License-Identifier: Apache-2.0
package dev.octet.delegate;

import dev.octet.presets.OctetNative;
import dev.octet.program.DirectMemory;
import dev.octet.program.NativeError;
import dev.octet.program.NativeMemory;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A graph that a delegate was applied to: an {@code octet_host} with a delegate of its own, and all
 * that they refer to. One thread's at a time.
 */
final class HostedGraph implements AutoCloseable {
  /**
   * A part of the graph that the delegate computes.
   *
   * @param nodes positions in the graph
   * @param inputs value ids, constants among them
   * @param outputs value ids
   */
  record Partition(int[] nodes, int[] inputs, int[] outputs) {}

  /** Its fields keep what native code refers to; it must not refer to the HostedGraph. */
  private static final class Release implements Runnable {
    private final long delegate;
    private final List<ByteBuffer> contents;
    private long host;
    private ByteBuffer arena;

    Release(long delegate, List<ByteBuffer> contents) {
      this.delegate = delegate;
      this.contents = contents;
    }

    @Override
    public void run() {
      if (host != 0) {
        OctetNative.octet_host_free(host);
      }
      OctetNative.octet_delegate_free(delegate);
      Reference.reachabilityFence(contents);
      Reference.reachabilityFence(arena);
    }
  }

  private final DelegateSource source;
  private final String model;
  private final NativeError error = new NativeError();
  private final Release release;
  private final Cleaner.Cleanable cleanable;
  private final long host;
  private final List<Partition> partitions;

  /**
   * Applies a new delegate to a graph.
   *
   * @param model its file or name, for messages
   * @throws dev.octet.DelegateException where the delegate refuses it
   */
  HostedGraph(DelegateSource source, String model, GraphBlock block) {
    this.source = source;
    this.model = model;
    this.release = new Release(source.create(), block.contents());
    this.cleanable = HeldDelegate.CLEANER.register(this, release);
    try {
      this.host = create(release.delegate, block.words());
      release.host = host;
      this.partitions = readPartitions();
    } catch (Throwable e) {
      close();
      throw e;
    }
  }

  private long create(long delegate, long[] words) {
    try (NativeMemory.Passing memory = new NativeMemory.Passing(8L * words.length, "a graph")) {
      memory.buffer().asLongBuffer().put(words);
      long created =
          OctetNative.octet_host_create(
              delegate, memory.address(), 8L * words.length, error.address());
      if (created == 0) {
        throw Refusals.ofModel(source, model, error.message());
      }
      return created;
    }
  }

  private List<Partition> readPartitions() {
    long count = OctetNative.octet_host_partitions(host, 0, 0);
    ByteBuffer memory = DirectMemory.allocate(8 * count, "partitions");
    OctetNative.octet_host_partitions(host, NativeMemory.address(memory), count);
    List<Partition> read = new ArrayList<>();
    for (long left = memory.getLong(); left > 0; left--) {
      read.add(new Partition(list(memory), list(memory), list(memory)));
    }
    return List.copyOf(read);
  }

  private static int[] list(ByteBuffer memory) {
    int[] numbers = new int[Math.toIntExact(memory.getLong())];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = Math.toIntExact(memory.getLong());
    }
    return numbers;
  }

  List<Partition> partitions() {
    return partitions;
  }

  /**
   * Says where the values are.
   *
   * @param addresses by value id; 0 for one that no partition touches, and for constants
   * @param arena what they point into
   */
  void bind(long[] addresses, ByteBuffer arena) {
    try (NativeMemory.Passing memory =
        new NativeMemory.Passing(8L * addresses.length, "addresses")) {
      memory.buffer().asLongBuffer().put(addresses);
      release.arena = arena;
      int code =
          OctetNative.octet_host_bind(host, memory.address(), addresses.length, error.address());
      if (code != 0) {
        throw Refusals.ofModel(source, model, error.message());
      }
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * Computes a partition.
   *
   * @throws dev.octet.DelegateException RUN, where the delegate failed
   */
  void run(int partition) {
    try {
      if (OctetNative.octet_host_run(host, partition, error.address()) != 0) {
        throw Refusals.ofRun(source, model, error.message());
      }
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  @Override
  public void close() {
    cleanable.clean();
  }
}
