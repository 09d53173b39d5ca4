// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

import dev.octet.TensorType;
import dev.octet.ops.BinaryFunction;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * y = f(a, b) of numbers as they are stored, with broadcasting. Sums, differences, products and
 * quotients are clamped; integers wrap before that. Nothing is copied: y may be the memory of an
 * input only where element i takes element i.
 */
final class Binary implements ReferenceKernel {
  @Override
  public void run(Call call) {
    Operand a = call.value("a");
    Operand b = call.value("b");
    Operand y = call.value("y");
    BinaryFunction operation = BinaryFunction.values()[call.i32("operation")];
    refuse(call, operation, b);
    Broadcast fromA = Broadcast.of(a, y);
    Broadcast fromB = Broadcast.of(b, y);
    if (a.type() == TensorType.COMPLEX64) {
      complexProducts(a, fromA, b, fromB, y);
    } else if (a.real()) {
      reals(call, operation, a, fromA, b, fromB, y);
    } else {
      integers(call, operation, a, fromA, b, fromB, y);
    }
  }

  private static boolean compares(BinaryFunction operation) {
    return operation.compareTo(BinaryFunction.EQUAL) >= 0
        && operation.compareTo(BinaryFunction.GREATER_EQUAL) <= 0;
  }

  private static boolean clamped(BinaryFunction operation) {
    return operation.compareTo(BinaryFunction.DIV) <= 0;
  }

  private static void refuse(Call call, BinaryFunction operation, Operand b) {
    boolean whole =
        switch (b.type()) {
          case INT8, INT16, INT32, INT64 -> true;
          default -> false;
        };
    switch (operation) {
      case POW, POW_WRAPPING -> {
        for (int i = 0; i < b.elements() && whole; i++) {
          if (b.get(i) < 0) {
            throw call.failure("an integer has a negative exponent");
          }
        }
      }
      case DIV, FLOOR_DIV, FLOOR_MOD -> {
        for (int i = 0; i < b.elements(); i++) {
          boolean zero =
              whole ? b.get(i) == 0 : operation == BinaryFunction.FLOOR_DIV && b.real(i) == 0;
          if (zero) {
            throw call.failure("division by zero");
          }
        }
      }
      default -> {}
    }
  }

  private static void reals(
      Call call,
      BinaryFunction operation,
      Operand a,
      Broadcast fromA,
      Operand b,
      Broadcast fromB,
      Operand y) {
    boolean narrow = a.type() != TensorType.FLOAT64;
    boolean limits = clamped(operation) && a.type() == TensorType.FLOAT32;
    float low = call.f32("act_min");
    float high = call.f32("act_max");
    for (int i = 0; i < y.elements(); i++) {
      call.pause(i);
      double p = a.real(fromA.at(i));
      double q = b.real(fromB.at(i));
      if (compares(operation)) {
        y.set(i, ordered(operation, p < q, p == q, p > q) ? 1L : 0L);
        continue;
      }
      double v = real(operation, p, q, narrow);
      y.set(i, limits ? Products.clamp(v, low, high) : v);
    }
  }

  /** What two numbers that are less, equal, greater or, of NaN, none of these compare as. */
  private static boolean ordered(
      BinaryFunction operation, boolean less, boolean equal, boolean more) {
    return switch (operation) {
      case EQUAL -> equal;
      case NOT_EQUAL -> !equal;
      case LESS -> less;
      case LESS_EQUAL -> less || equal;
      case GREATER -> more;
      default -> more || equal;
    };
  }

  private static double real(BinaryFunction operation, double a, double b, boolean narrow) {
    return switch (operation) {
      case ADD -> a + b;
      case SUB -> a - b;
      case MUL -> a * b;
      case DIV -> a / b;
      case SQUARED_DIFFERENCE -> {
        double difference = narrow ? (float) (a - b) : a - b;
        yield difference * difference;
      }
      case MAXIMUM -> a > b ? a : b;
      case MINIMUM -> a < b ? a : b;
      case POW -> power(a, b);
      case FLOOR_DIV -> Math.floor(a / b);
      case FLOOR_MOD -> {
        double rest = a % b;
        yield rest != 0 && b < 0 != rest < 0 ? rest + b : rest;
      }
      case ATAN2 -> Math.atan2(a, b);
      default -> throw new IllegalStateException("no " + operation + " of reals");
    };
  }

  /** As IEEE 754 has it: 1 to any power is 1, and so is -1 to an infinite one. */
  private static double power(double a, double b) {
    return a == 1 || a == -1 && Double.isInfinite(b) ? 1 : Math.pow(a, b);
  }

  private static void integers(
      Call call,
      BinaryFunction operation,
      Operand a,
      Broadcast fromA,
      Operand b,
      Broadcast fromB,
      Operand y) {
    TensorType type = a.type();
    long low = call.i32("low") == Integer.MIN_VALUE ? Long.MIN_VALUE : call.i32("low");
    long high = call.i32("high") == Integer.MAX_VALUE ? Long.MAX_VALUE : call.i32("high");
    boolean limits = clamped(operation) && type != TensorType.UINT64;
    for (int i = 0; i < y.elements(); i++) {
      call.pause(i);
      long p = a.get(fromA.at(i));
      long q = b.get(fromB.at(i));
      if (compares(operation)) {
        y.set(i, ordered(operation, p < q, p == q, p > q) ? 1L : 0L);
        continue;
      }
      long v = Integers.wrap(type, integer(operation, type, p, q));
      y.set(i, limits ? Math.max(low, Math.min(high, v)) : v);
    }
  }

  private static long integer(BinaryFunction operation, TensorType type, long a, long b) {
    return switch (operation) {
      case ADD -> a + b;
      case SUB -> a - b;
      case MUL -> a * b;
      case DIV -> a / b;
      case SQUARED_DIFFERENCE -> (a - b) * (a - b);
      case MAXIMUM -> Integers.compare(type, a, b) > 0 ? a : b;
      case MINIMUM -> Integers.compare(type, a, b) < 0 ? a : b;
      case POW -> fittingPower(a, b);
      case POW_WRAPPING -> wrappingPower(a, b);
      case FLOOR_DIV -> Math.floorDiv(a, b);
      case FLOOR_MOD -> Math.floorMod(a, b);
      case AND -> a & b;
      case OR -> a | b;
      case XOR -> a ^ b;
      case SHIFT_RIGHT -> {
        int most = type.bits() - 1;
        boolean far = Integers.compare(type, b, most) > 0;
        boolean negative = b < 0 && type != TensorType.UINT64;
        int by = negative ? 0 : far ? most : (int) b;
        yield type == TensorType.UINT64 ? a >>> by : a >> by;
      }
      case SHIFT_LEFT -> (int) a << (int) b; // Java takes the distance modulo 32 too
      default -> throw new IllegalStateException("no " + operation + " of integers");
    };
  }

  /** The least int32 where the power is none. */
  private static long fittingPower(long base, long exponent) {
    if (exponent == 0 || base == 1) {
      return 1;
    }
    if (base == 0 || base == -1) {
      return exponent % 2 == 0 ? -base * -base : base;
    }
    long result = 1;
    for (long i = 0; i < exponent; i++) {
      result *= base;
      if (result != (int) result) {
        return Integer.MIN_VALUE;
      }
    }
    return result;
  }

  private static long wrappingPower(long base, long exponent) {
    int result = 1;
    int square = (int) base;
    for (long rest = exponent; rest > 0; rest >>= 1) {
      result *= (rest & 1) != 0 ? square : 1;
      square *= square;
    }
    return result;
  }

  private static void complexProducts(
      Operand a, Broadcast fromA, Operand b, Broadcast fromB, Operand y) {
    ByteBuffer p = ByteBuffer.wrap(a.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer q = ByteBuffer.wrap(b.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer to = y.memory();
    for (int i = 0; i < y.elements(); i++) {
      double re = p.getFloat(8 * fromA.at(i));
      double im = p.getFloat(8 * fromA.at(i) + 4);
      double otherRe = q.getFloat(8 * fromB.at(i));
      double otherIm = q.getFloat(8 * fromB.at(i) + 4);
      to.putFloat(8 * i, (float) (re * otherRe - im * otherIm));
      to.putFloat(8 * i + 4, (float) (re * otherIm + im * otherRe));
    }
  }
}
