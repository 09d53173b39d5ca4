// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.Emitter;
import dev.octet.program.InstructionBuilder;
import dev.octet.program.Kernels;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * What an operator that computes nothing does: copies between views of its inputs and outputs, and
 * fills, one after another. They become native instructions, or are done in Java for constants and
 * strings.
 */
final class Moves {
  /** Loops that the native copy has. */
  static final int LOOPS = 10;

  private static final int AXES = 8;

  /** Copies, or fills where {@code from} is null. */
  private record Step(View from, View to, byte[] table, int[] low, int[] high, Fill fill) {}

  private record Fill(View.Place value, long bits) {}

  private final NodeContext node;
  private final View.Place[] inputs;
  private final View.Place[] outputs;
  private final List<Step> steps = new ArrayList<>();

  /** Nothing yet. The node's shapes are known. */
  Moves(NodeContext node) {
    this.node = node;
    this.inputs = new View.Place[node.inputCount()];
    Arrays.setAll(
        inputs, i -> node.has(i) ? new View.Place(node.input(i).shape()) : new View.Place(null));
    this.outputs = new View.Place[node.outputCount()];
    Arrays.setAll(outputs, i -> new View.Place(node.output(i).shape()));
  }

  View input(int i) {
    return View.of(inputs[i]);
  }

  View output(int i) {
    return View.of(outputs[i]);
  }

  /** Memory for elements of the first output's type. */
  View temporary(int... shape) {
    return View.of(new View.Place(shape));
  }

  /** Copies elements; both views have the same dimensions. */
  Moves copy(View from, View to) {
    return copy(from, to, null);
  }

  /** The same, with {@code table[x]} in place of uint8 x; null for no table. */
  Moves copy(View from, View to, byte[] table) {
    if (!Arrays.equals(from.dims(), to.dims())) {
      throw new IllegalStateException(
          Arrays.toString(from.dims()) + " are copied to " + Arrays.toString(to.dims()));
    }
    steps.add(new Step(from, to, table, null, null, null));
    return this;
  }

  /** Fills everything with the bits of an element. */
  Moves fill(View to, long bits) {
    return fill(to, null, null, new Fill(null, bits));
  }

  /** Fills everything with an input's first element. */
  Moves fill(View to, View value) {
    return fill(to, null, null, new Fill(value.place(), 0));
  }

  /** Fills the first {@code low[k]} and the last {@code high[k]} indices of every axis k. */
  Moves fillAround(View to, int[] low, int[] high, long bits) {
    return fill(to, low, high, new Fill(null, bits));
  }

  /** The same with an input's first element. */
  Moves fillAround(View to, int[] low, int[] high, View value) {
    return fill(to, low, high, new Fill(value.place(), 0));
  }

  private Moves fill(View to, int[] low, int[] high, Fill fill) {
    int[] dims = to.place().shape;
    steps.add(
        new Step(
            null,
            to,
            null,
            low == null ? new int[dims.length] : low,
            high == null ? dims : high,
            fill));
    return this;
  }

  /** Appends the instructions. */
  void emit(Emitter emitter) {
    Value first = node.output(0);
    Map<View.Place, Emitter.Operand> temporaries = new IdentityHashMap<>();
    for (int number = 0; number < steps.size(); number++) {
      Step step = steps.get(number);
      for (View view : new View[] {step.from, step.to}) {
        if (view != null && value(view.place()) == null) {
          temporaries.computeIfAbsent(
              view.place(), p -> emitter.temporary(first.type(), first.flip(), p.shape));
        }
      }
      if (step.from == null) {
        emitFill(emitter, step, temporaries);
      } else {
        emitCopy(emitter, step, number, temporaries);
      }
    }
  }

  private void emitCopy(
      Emitter emitter, Step step, int number, Map<View.Place, Emitter.Operand> temporaries) {
    Loops loops = Loops.of(step.from, step.to);
    if (loops == null) {
      return;
    }
    InstructionBuilder instruction = emitter.instruction(Kernels.COPY_STRIDED);
    Value x = value(step.from.place());
    if (x != null) {
      instruction.in("x", x);
    } else {
      instruction.in("x", temporaries.get(step.from.place()));
    }
    out(instruction, step.to.place(), temporaries);
    if (step.table == null) {
      instruction.in("table", (Value) null);
    } else {
      String key = node.node().index() + " table " + number;
      instruction.in(
          "table",
          emitter.constant(key, TensorType.UINT8, new int[] {256}, ByteBuffer.wrap(step.table)));
    }
    instruction.i32("x_offset", step.from.offset()).i32("y_offset", step.to.offset());
    for (int i = 0; i < LOOPS; i++) {
      boolean used = i < loops.count;
      instruction
          .i32("dim_" + i, used ? loops.dims[i] : 1)
          .i32("x_stride_" + i, used ? loops.from[i] : 0)
          .i32("y_stride_" + i, used ? loops.to[i] : 0);
    }
    instruction.emit();
  }

  private void emitFill(Emitter emitter, Step step, Map<View.Place, Emitter.Operand> temporaries) {
    InstructionBuilder instruction = emitter.instruction(Kernels.FILL);
    out(instruction, step.to.place(), temporaries);
    instruction
        .in("v", step.fill.value == null ? null : value(step.fill.value))
        .i32("low_bits", (int) step.fill.bits)
        .i32("high_bits", (int) (step.fill.bits >>> 32));
    for (int i = 0; i < AXES; i++) {
      boolean used = i < step.low.length;
      instruction.i32("low_" + i, used ? step.low[i] : 0).i32("high_" + i, used ? step.high[i] : 0);
    }
    instruction.emit();
  }

  private void out(
      InstructionBuilder instruction,
      View.Place place,
      Map<View.Place, Emitter.Operand> temporaries) {
    Value y = value(place);
    if (y != null) {
      instruction.out("y", y);
    } else {
      instruction.out("y", temporaries.get(place));
    }
  }

  /** The tensor of a place, or null for a temporary. */
  private Value value(View.Place place) {
    for (int i = 0; i < inputs.length; i++) {
      if (inputs[i] == place) {
        return node.input(i);
      }
    }
    for (int i = 0; i < outputs.length; i++) {
      if (outputs[i] == place) {
        return node.output(i);
      }
    }
    return null;
  }

  /**
   * Does it all in Java.
   *
   * @param size bytes of an element
   * @param contents of the inputs, little-endian; null for those that are not moved
   * @return contents of the outputs, little-endian
   */
  List<ByteBuffer> compute(int size, ByteBuffer[] contents) {
    Map<View.Place, ByteBuffer> memory = new IdentityHashMap<>();
    for (int i = 0; i < inputs.length; i++) {
      memory.put(inputs[i], contents[i]);
    }
    for (View.Place output : outputs) {
      memory.put(output, allocate(size, output));
    }
    for (Step step : steps) {
      ByteBuffer to = memory.computeIfAbsent(step.to.place(), p -> allocate(size, p));
      if (step.from != null) {
        ByteBuffer from = memory.computeIfAbsent(step.from.place(), p -> allocate(size, p));
        copy(size, step, from, to);
      } else {
        fill(size, step, step.fill.value == null ? null : memory.get(step.fill.value), to);
      }
    }
    return Arrays.stream(outputs).map(memory::get).toList();
  }

  private static ByteBuffer allocate(int size, View.Place place) {
    long bytes = size;
    for (int dim : place.shape) {
      bytes *= dim;
    }
    return ByteBuffer.allocate((int) bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void copy(int size, Step step, ByteBuffer from, ByteBuffer to) {
    Loops loops = Loops.of(step.from, step.to);
    if (loops == null) {
      return;
    }
    int last = loops.count - 1;
    int n = last < 0 ? 1 : loops.dims[last];
    int fromStep = last < 0 ? 1 : loops.from[last];
    int toStep = last < 0 ? 1 : loops.to[last];
    int[] index = new int[loops.count];
    int x = step.from.offset();
    int y = step.to.offset();
    while (true) {
      if (fromStep == 1 && toStep == 1) {
        to.put(y * size, from, x * size, n * size);
      } else {
        for (int i = 0; i < n; i++) {
          to.put((y + i * toStep) * size, from, (x + i * fromStep) * size, size);
        }
      }
      int k = last - 1;
      for (; k >= 0; k--) {
        x += loops.from[k];
        y += loops.to[k];
        if (++index[k] < loops.dims[k]) {
          break;
        }
        x -= loops.dims[k] * loops.from[k];
        y -= loops.dims[k] * loops.to[k];
        index[k] = 0;
      }
      if (k < 0) {
        break;
      }
    }
    if (step.table != null) {
      translate(loops, step, to);
    }
  }

  private static void translate(Loops loops, Step step, ByteBuffer to) {
    int[] index = new int[loops.count];
    int y = step.to.offset();
    while (true) {
      to.put(y, step.table[to.get(y) & 0xff]);
      int k = loops.count - 1;
      for (; k >= 0; k--) {
        y += loops.to[k];
        if (++index[k] < loops.dims[k]) {
          break;
        }
        y -= loops.dims[k] * loops.to[k];
        index[k] = 0;
      }
      if (k < 0) {
        return;
      }
    }
  }

  /** Element by element: what is folded is small. */
  private static void fill(int size, Step step, ByteBuffer value, ByteBuffer to) {
    ByteBuffer bits = ByteBuffer.allocate(Math.max(8, size)).order(ByteOrder.LITTLE_ENDIAN);
    if (value == null) {
      bits.putLong(0, step.fill.bits);
    } else {
      bits.put(0, value, 0, size);
    }
    int[] dims = step.to.dims();
    int elements = to.capacity() / size;
    for (int i = 0; i < elements; i++) {
      boolean outside = dims.length == 0;
      int rest = i;
      for (int k = dims.length - 1; k >= 0; k--) {
        int at = rest % dims[k];
        rest /= dims[k];
        outside |= at < step.low[k] || at >= dims[k] - step.high[k];
      }
      if (outside) {
        to.put(i * size, bits, 0, size);
      }
    }
  }

  /** Both views' loops, with those that step evenly in both as one. */
  private record Loops(int count, int[] dims, int[] from, int[] to) {
    /** Null when nothing is moved. */
    static Loops of(View from, View to) {
      int rank = from.dims().length;
      int[] dims = new int[rank];
      int[] x = new int[rank];
      int[] y = new int[rank];
      int count = 0;
      for (int i = 0; i < rank; i++) {
        int dim = from.dims()[i];
        if (dim == 0) {
          return null;
        }
        if (dim == 1) {
          continue;
        }
        if (count > 0
            && x[count - 1] == from.strides()[i] * dim
            && y[count - 1] == to.strides()[i] * dim) {
          count--;
          dim *= dims[count];
        }
        dims[count] = dim;
        x[count] = from.strides()[i];
        y[count] = to.strides()[i];
        count++;
      }
      return new Loops(count, dims, x, y);
    }
  }
}
