// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.graph.Value;
import dev.octet.program.HostCall;
import dev.octet.program.HostTensor;
import dev.octet.tflite.BuiltinOperator;
import dev.octet.tflite.Table;
import java.nio.ByteBuffer;
import java.security.SecureRandom;

/**
 * RANDOM_UNIFORM (float32 of [0, 1)), RANDOM_STANDARD_NORMAL (float32) of the shape that the input
 * names, and MULTINOMIAL: for each row of logits {@code [b, c]} as many numbers of 0 to c - 1 as
 * the second input says, int32 or int64, with probabilities proportional to exp of the logits;
 * those that are not finite count nothing. Philox with the options' seeds as key and upper counter
 * goes on from run to run of an interpreter; of a seed the lower 32 bits count, as in TensorFlow
 * Lite, sign extended. Seeds 0 and 0 take others each time.
 */
record RandomNumbers(BuiltinOperator operator, long seed, long seed2) implements HostOp {
  static final OpSpec UNIFORM = spec(BuiltinOperator.RANDOM_UNIFORM);
  static final OpSpec NORMAL = spec(BuiltinOperator.RANDOM_STANDARD_NORMAL);
  static final OpSpec MULTINOMIAL = spec(BuiltinOperator.MULTINOMIAL);

  private static final SecureRandom SEEDS = new SecureRandom();

  private static OpSpec spec(BuiltinOperator operator) {
    return new OpSpec(operator, 1, "f32", o -> of(operator, o.options()));
  }

  private static RandomNumbers of(BuiltinOperator operator, Table options) {
    return new RandomNumbers(operator, (int) options.long_("seed"), (int) options.long_("seed2"));
  }

  @Override
  public String name() {
    return operator.name();
  }

  private boolean multinomial() {
    return operator == BuiltinOperator.MULTINOMIAL;
  }

  @Override
  public void check(NodeContext node) {
    Value x = node.input(0);
    if (multinomial()) {
      node.arity(2, 2, 1);
      node.type(x, TensorType.FLOAT32);
      node.type(node.input(1), TensorType.INT32);
      node.type(node.output(0), TensorType.INT32, TensorType.INT64);
    } else {
      node.arity(1, 1, 1);
      node.type(x, TensorType.INT32);
      node.type(node.output(0), TensorType.FLOAT32);
    }
  }

  @Override
  public int[][] infer(NodeContext node) {
    Value x = node.input(0);
    if (!multinomial()) {
      node.rank(x, 1);
      return new int[][] {x.constant() ? Axes.shape(node, x) : null};
    }
    node.rank(x, 2);
    node.require(x.dim(1) > 0, x, "has no classes");
    node.rank(node.input(1), 0);
    if (!node.input(1).constant()) {
      return new int[][] {null};
    }
    long samples = Axes.scalar(node, node.input(1));
    node.require(samples >= 0, node.input(1), "is negative");
    return new int[][] {{x.dim(0), (int) samples}};
  }

  private Philox generator() {
    long key = seed;
    long counter = seed2;
    while (key == 0 && counter == 0) {
      key = SEEDS.nextLong();
      counter = SEEDS.nextLong();
    }
    return new Philox((int) key, (int) (key >>> 32), 0, 0, (int) counter, (int) (counter >>> 32));
  }

  @Override
  public void run(HostCall call) {
    Philox philox = call.state(this::generator);
    HostTensor x = call.input(0);
    if (multinomial()) {
      int samples = call.input(1).integer(0);
      if (samples < 0) {
        throw call.failure("the number of samples is " + samples);
      }
      multinomial(call, philox, samples);
      return;
    }
    int[] shape = new int[x.elements()];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = x.integer(i);
      if (shape[i] < 0 || shape.length > Axes.MAX_RANK) {
        throw call.failure("cannot make a shape of " + shape.length + " with " + shape[i]);
      }
    }
    ByteBuffer y = call.output(0, shape);
    float[] numbers = new float[Axes.product(shape, 0, shape.length)];
    int[] words = new int[4];
    float[] four = new float[4];
    for (int i = 0; i < numbers.length; i += 4) {
      if (i % HostCall.PAUSE == 0) {
        call.checkStopped();
      }
      philox.next(words);
      if (operator == BuiltinOperator.RANDOM_UNIFORM) {
        for (int k = 0; k < 4; k++) {
          four[k] = uniform(words[k]);
        }
      } else {
        normal(words, 0, four);
        normal(words, 2, four);
      }
      System.arraycopy(four, 0, numbers, i, Math.min(4, numbers.length - i));
    }
    y.asFloatBuffer().put(numbers);
  }

  /** Two words give two numbers, by Box and Muller. */
  private static void normal(int[] words, int k, float[] numbers) {
    float u = Math.max(uniform(words[k]), 1e-7f);
    double angle = 2 * Math.PI * uniform(words[k + 1]);
    float radius = (float) Math.sqrt(-2 * StrictMath.log(u));
    numbers[k] = (float) StrictMath.sin(angle) * radius;
    numbers[k + 1] = (float) StrictMath.cos(angle) * radius;
  }

  /** 23 bits as a number of [0, 1). */
  private static float uniform(int word) {
    return Float.intBitsToFloat(127 << 23 | word & 0x7fffff) - 1;
  }

  /** 52 bits as a number of [0, 1). */
  private static double uniform(int high, int low) {
    long mantissa = (high & 0xfffffL) << 32 | low & 0xffffffffL;
    return Double.longBitsToDouble(1023L << 52 | mantissa) - 1;
  }

  private static void multinomial(HostCall call, Philox philox, int samples) {
    HostTensor logits = call.input(0);
    int batch = logits.shape()[0];
    int classes = logits.shape()[1];
    ByteBuffer y = call.output(0, batch, samples);
    boolean wide = call.node().output(0).type() == TensorType.INT64;
    Philox own = philox.copy();
    // as many as TensorFlow's operator might need: 256 for each sample, rounded up to fours, twice
    philox.skip(batch * ((samples + 3L) / 4 * 4) * 2 * 256);
    int[] words = new int[4];
    int used = 4;
    double[] sums = new double[classes];
    float[] all = logits.floats();
    for (int row = 0; row < batch; row++) {
      call.checkStopped();
      double total = sums(all, row, sums);
      for (int i = 0; i < samples; i++) {
        if (used == 4) {
          own.next(words);
          used = 0;
        }
        int picked = above(sums, uniform(words[used], words[used + 1]) * total);
        used += 2;
        int at = row * samples + i;
        if (wide) {
          y.putLong(8 * at, picked);
        } else {
          y.putInt(4 * at, picked);
        }
      }
    }
  }

  /** Running sums of exp(logit - greatest); gives the last. */
  private static double sums(float[] logits, int row, double[] sums) {
    float greatest = -Float.MAX_VALUE;
    int first = row * sums.length;
    for (int i = 0; i < sums.length; i++) {
      float logit = logits[first + i];
      greatest = Float.isFinite(logit) ? Math.max(greatest, logit) : greatest;
    }
    double sum = 0;
    for (int i = 0; i < sums.length; i++) {
      float logit = logits[first + i];
      sum += Float.isFinite(logit) ? StrictMath.exp((double) logit - greatest) : 0;
      sums[i] = sum;
    }
    return sum;
  }

  /** The first place of an ascending row that is greater than {@code value}. */
  private static int above(double[] row, double value) {
    int first = 0;
    int count = row.length;
    while (count > 0) {
      int half = count / 2;
      if (value < row[first + half]) {
        count = half;
      } else {
        first += half + 1;
        count -= half + 1;
      }
    }
    return first;
  }
}
