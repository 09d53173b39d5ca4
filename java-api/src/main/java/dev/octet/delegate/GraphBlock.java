// SPDX-License-Identifier: Apache-2.0
package dev.octet.delegate;

import dev.octet.Quantization;
import dev.octet.TensorType;
import dev.octet.graph.Graph;
import dev.octet.graph.Node;
import dev.octet.graph.Value;
import dev.octet.program.NativeMemory;
import dev.octet.tflite.TfliteOperator;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A graph as the native library shows it to a delegate: 64-bit words, see {@code octet/delegate.h}.
 * Tensors are the graph's values, by id, and behind them the marks that keep stateful nodes in
 * order; nodes are its nodes, by position.
 *
 * @param words the block
 * @param tensors how many the block has
 * @param contents what the addresses in the block point to
 */
record GraphBlock(long[] words, int tensors, List<ByteBuffer> contents) {
  private static final long MAGIC = 0x4f43544f44454c01L;
  private static final int ACTIVATION = 0;
  private static final int CONSTANT = 1;
  private static final int VARIABLE = 2;
  private static final int CUSTOM = 32;

  /**
   * @param seen values that must exist after a run beside the graph's outputs
   * @param offers of each node the file's operator where it is offered, else null
   */
  static GraphBlock of(
      Graph graph, Set<Integer> seen, List<TfliteOperator> offers, ConstantCopies copies) {
    return new Writer(graph, offers, copies).write(seen);
  }

  /** True where the scales are one, or as many as the axis is long that they belong to. */
  static boolean describes(Value value) {
    Quantization quantization = value.quantization();
    if (quantization == null || quantization.size() == 1) {
      return true;
    }
    int axis = Writer.axis(value);
    return axis < value.rank() && value.dim(axis) == quantization.size();
  }

  private static final class Writer {
    private final Graph graph;
    private final List<TfliteOperator> offers;
    private final ConstantCopies copies;
    private final Words words = new Words();
    private final List<ByteBuffer> contents = new ArrayList<>();

    /** Values that offered nodes touch: only these have to be described. */
    private final boolean[] touched;

    /** Of each node the tensor that says it has run, by position; -1 for none. */
    private final int[] marks;

    Writer(Graph graph, List<TfliteOperator> offers, ConstantCopies copies) {
      this.graph = graph;
      this.offers = offers;
      this.copies = copies;
      this.touched = new boolean[graph.values().size()];
      this.marks = new int[offers.size()];
    }

    GraphBlock write(Set<Integer> seen) {
      int tensors = touched.length;
      for (int i = 0; i < marks.length; i++) {
        Node node = graph.nodes().get(i);
        marks[i] = -1;
        if (offers.get(i) != null) {
          touch(node.inputs());
          touch(node.outputs());
          touch(offers.get(i).intermediates());
        } else if (node.op().stateful()) {
          marks[i] = tensors++;
        }
      }
      words.add(MAGIC).add(tensors).add(marks.length);
      words.list(distinct(graph.inputs(), Set.of())).list(distinct(graph.outputs(), seen));
      for (Value value : graph.values()) {
        if (touched[value.id()]) {
          tensor(value);
        } else {
          empty(value.constant() || value.variable() ? VARIABLE : ACTIVATION);
        }
      }
      for (int i = touched.length; i < tensors; i++) {
        empty(ACTIVATION);
      }
      int mark = -1;
      for (int i = 0; i < marks.length; i++) {
        Node node = graph.nodes().get(i);
        if (offers.get(i) == null) {
          stranger(node, mark, marks[i]);
          mark = marks[i] < 0 ? mark : marks[i];
        } else {
          node(node, offers.get(i));
        }
      }
      return new GraphBlock(words.toArray(), tensors, List.copyOf(contents));
    }

    private void touch(int[] ids) {
      for (int id : ids) {
        if (id >= 0) {
          touched[id] = true;
        }
      }
    }

    private static int[] distinct(int[] ids, Set<Integer> more) {
      Set<Integer> all = new LinkedHashSet<>();
      for (int id : ids) {
        all.add(id);
      }
      all.addAll(more);
      return all.stream().mapToInt(Integer::intValue).toArray();
    }

    private void tensor(Value value) {
      boolean constant = value.constant() && !graph.isInput(value.id());
      int kind = value.variable() ? VARIABLE : constant ? CONSTANT : ACTIVATION;
      long address = 0;
      if (constant) {
        ByteBuffer data = value.contents();
        ByteBuffer copy = ofFile(value) ? copies.of(value.data(), data) : ConstantCopies.copy(data);
        contents.add(copy);
        address = NativeMemory.address(copy);
      }
      words.add(ElementTypes.number(value.type())).add(kind).add(value.bytes()).add(address);
      words.list(value.shape());
      Quantization quantization = value.quantization();
      if (quantization == null) {
        words.add(0);
        return;
      }
      words.add(quantization.size()).add(axis(value));
      for (float scale : quantization.scales()) {
        words.add(Float.floatToRawIntBits(scale) & 0xffffffffL);
      }
      for (int zeroPoint : quantization.zeroPoints()) {
        words.add(zeroPoint);
      }
    }

    /** Older converters wrote the axis of the weights for a bias, which has only one. */
    private static int axis(Value value) {
      return value.rank() == 1 ? 0 : value.quantization().dimension();
    }

    /** A tensor without elements in the place of one that no offered node touches. */
    private void empty(int kind) {
      words.add(ElementTypes.number(TensorType.UINT8)).add(kind).add(0).add(0).list(0).add(0);
    }

    private boolean ofFile(Value value) {
      List<Value> file = graph.subgraphs().get(graph.index()).values();
      return value.id() < file.size() && file.get(value.id()).data() == value.data();
    }

    /**
     * A node that is not offered. Stateful ones keep their order: each reads the mark of the one
     * before.
     */
    private void stranger(Node node, int before, int mark) {
      words.add(0).add(CUSTOM).add(1).bytes().add(0).add(0).bytes();
      words.list(mark < 0 || before < 0 ? node.inputs() : with(node.inputs(), before));
      words.list(mark < 0 ? node.outputs() : with(node.outputs(), mark)).list();
    }

    private static int[] with(int[] ids, int another) {
      int[] all = Arrays.copyOf(ids, ids.length + 1);
      all[ids.length] = another;
      return all;
    }

    private void node(Node node, TfliteOperator offer) {
      String name = offer.code().customCode() == null ? "" : offer.name();
      words.add(1).add(offer.builtin().code()).add(offer.version());
      words.bytes(name.getBytes(StandardCharsets.UTF_8));
      ByteBuffer options = offer.customOptions();
      if (options.hasRemaining()) {
        ByteBuffer copy = copies.of(offer, options);
        contents.add(copy);
        words.add(NativeMemory.address(copy)).add(options.remaining());
      } else {
        words.add(0).add(0);
      }
      words.bytes(BuiltinData.of(offer));
      words.list(node.inputs()).list(node.outputs()).list(offer.intermediates());
    }
  }
}
