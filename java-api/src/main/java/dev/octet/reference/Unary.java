// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

import dev.octet.TensorType;
import dev.octet.ops.UnaryFunction;

/** y = f(x), element by element; 16-bit floats are computed in float32 and rounded once. */
final class Unary implements ReferenceKernel {
  @Override
  public void run(Call call) {
    Operand x = call.value("x");
    Operand y = call.value("y");
    UnaryFunction function = UnaryFunction.values()[call.i32("op")];
    float a = call.f32("a");
    float b = call.f32("b");
    float c = call.f32("c");
    for (int i = 0; i < x.elements(); i++) {
      call.pause(i);
      if (x.real()) {
        y.set(i, real(function, x.real(i), a, b, c));
      } else {
        y.set(i, integer(function, x.type(), x.get(i)));
      }
    }
  }

  private static double real(UnaryFunction function, double x, float a, float b, float c) {
    return switch (function) {
      case ABS -> Math.abs(x);
      case NEG -> -x;
      case SQUARE -> x * x;
      case SQRT -> Math.sqrt(x);
      case RSQRT -> 1 / Math.sqrt(x);
      case EXP -> Math.exp(x);
      case LOG -> Math.log(x);
      case SIN -> Math.sin(x);
      case COS -> Math.cos(x);
      case TANH -> Math.tanh(x);
      case LOGISTIC -> logistic(x);
      case GELU -> 0.5 * x * Erf.erfc(-x * Math.sqrt(0.5));
      case GELU_TANH ->
          0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
      case ELU -> x < 0 ? Math.expm1(x) : x;
      case HARD_SWISH -> x * Math.max(0, Math.min(6, x + 3)) / 6;
      case LEAKY_RELU -> x > 0 ? x : x * a;
      case CLAMP -> x < a ? a : x > b ? b : x;
      case FLOOR -> Math.floor(x);
      case CEIL -> Math.ceil(x);
      case ROUND -> Math.rint(x);
      case SIGN -> x > 0 ? 1 : x < 0 ? -1 : 0;
      case FAKE_QUANT -> fakeQuant((float) x, a, b, c);
      case ZERO -> 0;
      case SWISH -> x * (float) logistic(x); // as MUL by LOGISTIC is
      default -> throw new IllegalStateException("no " + function + " of reals");
    };
  }

  static double logistic(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  /** The step's inverse and all that follows are float32, as in TensorFlow Lite. */
  private static float fakeQuant(float x, float low, float high, float step) {
    float v = x > low ? x : low;
    v = v < high ? v : high;
    return Rounding.halfAway((v - low) * (1 / step)) * step + low;
  }

  private static long integer(UnaryFunction function, TensorType type, long x) {
    return switch (function) {
      case ABS -> Math.abs(x);
      case NEG -> -x;
      case SIGN -> Long.signum(x);
      case ZERO -> 0;
      case LOGICAL_NOT -> x == 0 ? 1 : 0;
      default -> throw new IllegalStateException("no " + function + " of " + type);
    };
  }
}
