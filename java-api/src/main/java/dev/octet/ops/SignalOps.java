// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.HostCall;
import dev.octet.program.HostTensor;
import dev.octet.tflite.FlexMap;
import java.nio.ByteBuffer;
import java.util.function.Function;

/**
 * The elementwise operators of tflite-micro's audio front end, all in integers: SignalWindow,
 * SignalFftAutoScale, SignalRfft, SignalEnergy, SignalFilterBankSquareRoot and SignalFilterBankLog.
 */
final class SignalOps {
  static final OpSpec WINDOW =
      OpSpec.custom(
          "SignalWindow", "i16", options("SignalWindow", m -> new Window(m.integer("shift"))));
  static final OpSpec AUTO_SCALE = OpSpec.custom("SignalFftAutoScale", "i16", o -> new AutoScale());
  static final OpSpec RFFT =
      OpSpec.custom(
          "SignalRfft", "i16 i32", options("SignalRfft", m -> new Rfft(m.integer("fft_length"))));
  static final OpSpec ENERGY =
      OpSpec.custom(
          "SignalEnergy",
          "i16",
          options(
              "SignalEnergy", m -> new Energy(m.integer("start_index"), m.integer("end_index"))));
  static final OpSpec SQUARE_ROOT =
      OpSpec.custom("SignalFilterBankSquareRoot", "u64", o -> new SquareRoot());
  static final OpSpec LOG =
      OpSpec.custom(
          "SignalFilterBankLog",
          "u32",
          options(
              "SignalFilterBankLog",
              m -> new Log(m.integer("input_correction_bits"), m.integer("output_scale"))));

  private SignalOps() {}

  /** Reads the options' map; where it lacks one, the operator says so when it is used. */
  static OpReader options(String name, Function<FlexMap, Op> reader) {
    return operator -> {
      try {
        return reader.apply(new FlexMap(operator.customOptions()));
      } catch (IllegalArgumentException e) {
        return new UnsupportedOp(name, e.getMessage());
      }
    };
  }

  private static void bits(NodeContext node, String name, int bits, int most) {
    node.require(bits >= 0 && bits <= most, null, name + " " + bits + " is not 0 to " + most);
  }

  /** {@code y[i] = clamp(x[i] * w[i mod n] >> shift)}. */
  private record Window(int shift) implements HostOp {
    @Override
    public String name() {
      return "SignalWindow";
    }

    @Override
    public void check(NodeContext node) {
      node.arity(2, 2, 1);
      node.type(node.input(0), TensorType.INT16);
      node.type(node.input(1), TensorType.INT16);
      node.type(node.output(0), TensorType.INT16);
      bits(node, "shift", shift, 31);
    }

    @Override
    public int[][] infer(NodeContext node) {
      Value x = node.input(0);
      Value w = node.input(1);
      node.rank(w, 1);
      node.require(w.dim(0) > 0 && x.elements() % w.dim(0) == 0, w, "does not divide the samples");
      return new int[][] {x.shape()};
    }

    @Override
    public void run(HostCall call) {
      HostTensor x = call.input(0);
      HostTensor w = call.input(1);
      ByteBuffer y = call.output(0, x.shape());
      int n = w.elements();
      for (int i = 0; i < x.elements(); i++) {
        int raw = (x.data().getShort(2 * i) * w.data().getShort(2 * (i % n))) >> shift;
        y.putShort((short) Math.max(Short.MIN_VALUE, Math.min(Short.MAX_VALUE, raw)));
      }
    }
  }

  /** {@code y = x << bits}, as many bits as the greatest |x| leaves free; gives the bits too. */
  private record AutoScale() implements HostOp {
    @Override
    public String name() {
      return "SignalFftAutoScale";
    }

    @Override
    public void check(NodeContext node) {
      node.arity(1, 1, 2);
      node.type(node.input(0), TensorType.INT16);
      node.type(node.output(0), TensorType.INT16);
      node.type(node.output(1), TensorType.INT32);
    }

    @Override
    public int[][] infer(NodeContext node) {
      return new int[][] {node.input(0).shape(), {}};
    }

    @Override
    public void run(HostCall call) {
      HostTensor x = call.input(0);
      short greatest = 0;
      for (int i = 0; i < x.elements(); i++) {
        short value = x.data().getShort(2 * i);
        greatest = (short) (value > greatest ? value : -value > greatest ? -value : greatest);
      }
      // all zero counts as 32 bits, as does |-32768|, which wraps: neither is scaled
      int used = greatest == 0 ? 32 : 32 - Integer.numberOfLeadingZeros(greatest);
      int scale = Math.max(0, 15 - used);
      ByteBuffer y = call.output(0, x.shape());
      for (int i = 0; i < x.elements(); i++) {
        y.putShort((short) (x.data().getShort(2 * i) << scale));
      }
      call.output(1).putInt(scale);
    }
  }

  /** The transform of each row, padded with zeros to {@code length}, see {@link KissFft}. */
  private record Rfft(int length) implements HostOp {
    @Override
    public String name() {
      return "SignalRfft";
    }

    @Override
    public void check(NodeContext node) {
      node.arity(1, 1, 1);
      node.type(node.input(0), TensorType.INT16, TensorType.INT32);
      node.type(node.output(0), node.input(0).type());
      node.require(KissFft.supports(length), null, "fft_length " + length + " is no power of two");
    }

    @Override
    public int[][] infer(NodeContext node) {
      Value x = node.input(0);
      node.require(x.rank() >= 1, x, "is a scalar");
      int[] shape = x.shape().clone();
      int last = shape.length - 1;
      node.require(
          shape[last] > 0 && shape[last] <= length,
          x,
          "rows are not of 1 to " + length + " samples");
      shape[last] = length + 2;
      return new int[][] {shape};
    }

    @Override
    public void run(HostCall call) {
      HostTensor x = call.input(0);
      int bytes = x.type().bytes();
      KissFft fft = call.state(() -> new KissFft(length, 8 * bytes));
      int[] shape = x.shape().clone();
      int row = shape[shape.length - 1];
      shape[shape.length - 1] = length + 2;
      ByteBuffer y = call.output(0, shape);
      long[] samples = new long[length];
      for (int at = 0; at < x.elements(); at += row) {
        for (int i = 0; i < row; i++) {
          samples[i] = bytes == 2 ? x.data().getShort(2 * (at + i)) : x.data().getInt(4 * (at + i));
        }
        for (long each : fft.transform(samples)) {
          if (bytes == 2) {
            y.putShort((short) each);
          } else {
            y.putInt((int) each);
          }
        }
      }
    }
  }

  /** {@code re^2 + im^2} of the elements from start to end, both of them complex int16. */
  private record Energy(int start, int end) implements HostOp {
    @Override
    public String name() {
      return "SignalEnergy";
    }

    @Override
    public void check(NodeContext node) {
      node.arity(1, 1, 1);
      node.type(node.input(0), TensorType.INT16);
      node.type(node.output(0), TensorType.UINT32);
    }

    @Override
    public int[][] infer(NodeContext node) {
      node.rank(node.input(0), 1);
      int count = node.input(0).dim(0) / 2;
      node.require(
          start >= 0 && start <= end && end <= count,
          node.input(0),
          "does not hold the elements " + start + " to " + end);
      return new int[][] {{count}};
    }

    @Override
    public void run(HostCall call) {
      HostTensor x = call.input(0);
      int count = x.elements() / 2;
      ByteBuffer y = call.output(0, count);
      for (int i = 0; i < count; i++) {
        int real = x.data().getShort(4 * i);
        int imaginary = x.data().getShort(4 * i + 2);
        y.putInt(i < start || i >= end ? 0 : real * real + imaginary * imaginary);
      }
    }
  }

  /** {@code round(sqrt(x)) >> bits}; the second input holds the bits. */
  private record SquareRoot() implements HostOp {
    @Override
    public String name() {
      return "SignalFilterBankSquareRoot";
    }

    @Override
    public void check(NodeContext node) {
      node.arity(2, 2, 1);
      node.type(node.input(0), TensorType.UINT64);
      node.type(node.input(1), TensorType.INT32);
      node.type(node.output(0), TensorType.UINT32);
    }

    @Override
    public int[][] infer(NodeContext node) {
      node.require(node.input(1).elements() == 1, node.input(1), "is not one number");
      return new int[][] {node.input(0).shape()};
    }

    @Override
    public void run(HostCall call) {
      HostTensor x = call.input(0);
      int bits = call.input(1).integer(0);
      if (bits < 0 || bits > 31) {
        throw call.failure("scale of " + bits + " bits");
      }
      ByteBuffer y = call.output(0, x.shape());
      for (int i = 0; i < x.elements(); i++) {
        y.putInt((int) (root(x.data().getLong(8 * i)) >>> bits));
      }
    }

    /** Rounded to nearest; where the root would need another bit it stays (of 16 or 32 bits). */
    private static long root(long x) {
      long most = x >>> 32 == 0 ? 0xffff : 0xffffffffL;
      long root = 0;
      for (long bit = most + 1 >> 1; bit != 0; bit >>= 1) {
        long next = root | bit;
        if (Long.compareUnsigned(next * next, x) <= 0) {
          root = next;
        }
      }
      return x - root * root > root && root != most ? root + 1 : root;
    }
  }

  /** {@code clamp(output_scale * ln(x << correction))} by a table of 128 segments. */
  private record Log(int correction, int scale) implements HostOp {
    private static final int[] TABLE = table();

    /**
     * 65536 (log2(1 + i/128) - i/128), rounded: what the logarithm has over the straight line; the
     * entry behind the last is 0.
     */
    private static int[] table() {
      int[] table = new int[130];
      for (int i = 0; i <= 128; i++) {
        double fraction = i / 128.0;
        double log2 = StrictMath.log(1 + fraction) / StrictMath.log(2);
        table[i] = (int) Math.round(65536 * (log2 - fraction));
      }
      return table;
    }

    @Override
    public String name() {
      return "SignalFilterBankLog";
    }

    @Override
    public void check(NodeContext node) {
      node.arity(1, 1, 1);
      node.type(node.input(0), TensorType.UINT32);
      node.type(node.output(0), TensorType.INT16);
      bits(node, "input_correction_bits", correction, 31);
    }

    @Override
    public int[][] infer(NodeContext node) {
      return new int[][] {node.input(0).shape()};
    }

    @Override
    public void run(HostCall call) {
      HostTensor x = call.input(0);
      ByteBuffer y = call.output(0, x.shape());
      for (int i = 0; i < x.elements(); i++) {
        int scaled = x.data().getInt(4 * i) << correction;
        long log = Integer.compareUnsigned(scaled, 1) > 0 ? logarithm(scaled) : 0;
        y.putShort((short) Math.min(log, Short.MAX_VALUE));
      }
    }

    private long logarithm(int x) {
      int integer = 31 - Integer.numberOfLeadingZeros(x);
      long above = (x & 0xffffffffL) - (1L << integer);
      int fraction = (int) (integer < 16 ? above << (16 - integer) : above >> (integer - 16));
      int segment = fraction >> 9;
      int step = TABLE[segment + 1] - TABLE[segment];
      int inside = (step * (fraction - (segment << 9))) >> 16;
      long log2 = ((long) integer << 16) + fraction + TABLE[segment] + inside;
      long natural = (45426 * log2 + 32768) >> 16;
      return ((scale * natural + 32768) & 0xffffffffL) >> 16;
    }
  }
}
