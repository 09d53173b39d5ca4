// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.TensorType;
import dev.octet.graph.NodeContext;
import dev.octet.program.HostCall;
import dev.octet.program.HostTensor;
import dev.octet.tflite.FlexMap;
import java.nio.ByteBuffer;

/**
 * What tflite-micro's audio front end does about noise: SignalFilterBankSpectralSubtraction, which
 * remembers an estimate of it from run to run, and SignalPCAN, a gain control by that estimate.
 */
final class SignalNoise {
  static final OpSpec SUBTRACTION =
      OpSpec.custom(
          "SignalFilterBankSpectralSubtraction",
          "u32",
          SignalOps.options("SignalFilterBankSpectralSubtraction", Subtraction::of));
  static final OpSpec PCAN =
      OpSpec.custom(
          "SignalPCAN",
          "u32",
          SignalOps.options("SignalPCAN", map -> new Pcan(map.integer("snr_shift"))));

  private static final long UINT = 0xffffffffL;

  private SignalNoise() {}

  /**
   * {@code estimate = (x * smoothing + estimate * (1 - smoothing))}, with other factors for odd
   * channels; {@code y = max(x - estimate, x * remaining)}.
   *
   * @param smoothing of even and odd channels, in units of 2^-bits
   * @param kept one minus smoothing, likewise
   */
  private record Subtraction(
      int channels,
      int smoothing,
      int kept,
      int oddSmoothing,
      int oddKept,
      int remaining,
      boolean clamping,
      int smoothingBits,
      int bits)
      implements HostOp {
    static Subtraction of(FlexMap map) {
      return new Subtraction(
          map.integer("num_channels"),
          map.integer("smoothing"),
          map.integer("one_minus_smoothing"),
          map.integer("alternate_smoothing"),
          map.integer("alternate_one_minus_smoothing"),
          map.integer("min_signal_remaining"),
          map.bool("clamping"),
          map.integer("smoothing_bits"),
          map.integer("spectral_subtraction_bits"));
    }

    @Override
    public String name() {
      return "SignalFilterBankSpectralSubtraction";
    }

    @Override
    public void check(NodeContext node) {
      node.arity(1, 1, 2);
      node.type(node.input(0), TensorType.UINT32);
      node.type(node.output(0), TensorType.UINT32);
      node.type(node.output(1), TensorType.UINT32);
      node.require(
          smoothingBits >= 0 && smoothingBits <= 31 && bits >= 0 && bits <= 63,
          null,
          "smoothing_bits " + smoothingBits + ", spectral_subtraction_bits " + bits);
    }

    @Override
    public int[][] infer(NodeContext node) {
      node.require(
          node.input(0).elements() == channels,
          node.input(0),
          "has not the " + channels + " channels of the options");
      return new int[][] {node.input(0).shape(), node.input(0).shape()};
    }

    @Override
    public void run(HostCall call) {
      HostTensor input = call.input(0);
      int[] noise = call.state(() -> new int[channels]);
      ByteBuffer output = call.output(0, input.shape());
      ByteBuffer estimates = call.output(1, input.shape());
      for (int i = 0; i < channels; i++) {
        boolean odd = (i & 1) != 0;
        long x = input.data().getInt(4 * i) & UINT;
        long raised = x << smoothingBits & UINT;
        long sum =
            raised * ((odd ? oddSmoothing : smoothing) & UINT)
                + (noise[i] & UINT) * ((odd ? oddKept : kept) & UINT);
        noise[i] = (int) (sum >>> bits);
        long estimate = noise[i] & UINT;
        if (estimate > raised) {
          estimate = raised;
          noise[i] = clamping ? (int) raised : noise[i];
        }
        long floor = x * (remaining & UINT) >>> bits & UINT;
        output.putInt((int) Math.max(raised - estimate >>> smoothingBits, floor));
        estimates.putInt(noise[i]);
      }
    }

    @Override
    public boolean stateful() {
      return true;
    }
  }

  /**
   * {@code y = shrink(x * gain(noise) >> shift)}; the gain is a piecewise parabola from a table,
   * {@code shrink(s) = s^2 / 4} below 2 and {@code s - 1} above. Signal to noise has 12 fractional
   * bits, the output 6.
   */
  private record Pcan(int shift) implements HostOp {
    private static final int SNR_BITS = 12;
    private static final int OUTPUT_BITS = 6;

    @Override
    public String name() {
      return "SignalPCAN";
    }

    @Override
    public void check(NodeContext node) {
      node.arity(3, 3, 1);
      node.type(node.input(0), TensorType.UINT32);
      node.type(node.input(1), TensorType.UINT32);
      node.type(node.input(2), TensorType.INT16);
      node.type(node.output(0), TensorType.UINT32);
      node.require(shift >= 0 && shift <= 63, null, "snr_shift " + shift + " is not 0 to 63");
    }

    @Override
    public int[][] infer(NodeContext node) {
      node.require(
          node.input(0).elements() == node.input(1).elements(),
          node.input(1),
          "has not as many channels as the signal");
      node.require(
          node.input(2).elements() >= 4 * 32 - 6 + 3,
          node.input(2),
          "has less than " + (4 * 32 - 6 + 3) + " entries");
      return new int[][] {node.input(0).shape()};
    }

    @Override
    public void run(HostCall call) {
      HostTensor signal = call.input(0);
      HostTensor noise = call.input(1);
      ByteBuffer table = call.input(2).data();
      ByteBuffer output = call.output(0, signal.shape());
      for (int i = 0; i < signal.elements(); i++) {
        long gain = gain(noise.data().getInt(4 * i), table) & UINT;
        long x = signal.data().getInt(4 * i) & UINT;
        output.putInt(shrink((int) (x * gain >>> shift)));
      }
    }

    private static int gain(int x, ByteBuffer table) {
      if (Integer.compareUnsigned(x, 2) <= 0) {
        return table.getShort(2 * x);
      }
      int interval = 32 - Integer.numberOfLeadingZeros(x);
      int at = 2 * (4 * interval - 6);
      int fraction = (interval < 11 ? x << (11 - interval) : x >>> (interval - 11)) & 0x3ff;
      int result = table.getShort(at + 4) * fraction >> 5;
      result += table.getShort(at + 2) << 5;
      result *= fraction;
      result = result + (1 << 14) >> 15;
      return (short) (result + table.getShort(at));
    }

    private static int shrink(int x) {
      return Integer.compareUnsigned(x, 2 << SNR_BITS) < 0
          ? x * x >>> (2 + 2 * SNR_BITS - OUTPUT_BITS)
          : (x >>> (SNR_BITS - OUTPUT_BITS)) - (1 << OUTPUT_BITS);
    }
  }
}
