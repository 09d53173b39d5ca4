// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.robustness;

import dev.octet.InferenceException;
import dev.octet.Interpreter;
import dev.octet.InterpreterOptions;
import dev.octet.Model;
import dev.octet.OctetException;
import dev.octet.SignatureInfo;
import dev.octet.TensorInfo;
import dev.octet.TensorType;
import dev.octet.UnsupportedOperatorException;
import dev.octet.toolkit.calibrate.CalibrationStatistics;
import dev.octet.toolkit.calibrate.Calibrator;
import dev.octet.toolkit.data.DataFormatException;
import dev.octet.toolkit.data.DataSet;
import dev.octet.toolkit.data.DataSets;
import dev.octet.toolkit.data.Sample;
import dev.octet.toolkit.data.Samples;
import dev.octet.toolkit.model.EditableGraph;
import dev.octet.toolkit.model.EditableModel;
import dev.octet.toolkit.model.EditableOperator;
import dev.octet.toolkit.model.OperatorModel;
import dev.octet.toolkit.quantize.Mode;
import dev.octet.toolkit.quantize.QuantizedModel;
import dev.octet.toolkit.quantize.Quantizer;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * What the quantizer makes of one model, sound or not: reads it and writes it back, takes its
 * operators out, quantizes it with options by a seed, and runs what comes out beside the source.
 * Anything but a model that runs as its source does, or an exception that is documented and names
 * the model, is an error.
 */
final class QuantizerTrial {
  static final String NAME = "damaged.tflite";

  private static final Duration DEADLINE = Duration.ofMillis(100);
  private static final int SAMPLES = 2;
  private static final long LARGEST_INPUTS = 1 << 20;

  /** Of one signature: null where the source does not run it. */
  private record Outputs(List<int[]> shapes, List<float[]> values) {}

  private final Random random;
  private final Map<String, Integer> endings = new TreeMap<>();
  private double greatestError;
  private double greatestDynamicError;

  QuantizerTrial(long seed) {
    this.random = new Random(seed);
  }

  /** How the steps ended, for counting. */
  Map<String, Integer> endings() {
    return endings;
  }

  /**
   * The greatest difference of an output of the float16 and weight-only files, in parts of the
   * source's greatest output.
   */
  double greatestError() {
    return greatestError;
  }

  /** The same of the dynamic files, whose activations are rounded to 8 bits. */
  double greatestDynamicError() {
    return greatestDynamicError;
  }

  /** Reads, writes, and quantizes in the given modes. */
  void run(byte[] bytes, Mode... modes) {
    EditableModel model;
    try {
      model = EditableModel.read(NAME, bytes);
    } catch (OctetException e) {
      end("read", e);
      return;
    }
    rewritten(model, bytes);
    operators(model);
    for (Mode mode : modes) {
      quantize(bytes, mode);
    }
  }

  private void rewritten(EditableModel model, byte[] bytes) {
    byte[] again;
    try {
      again = model.toBytes();
    } catch (OctetException | IllegalArgumentException e) {
      end("write", e);
      return;
    }
    require(
        Arrays.equals(again, EditableModel.read(NAME, again).toBytes()),
        "written twice, a model has other bytes");
    Map<String, Outputs> before = outputs(bytes, null);
    compare("written", before, outputs(again, before), true);
  }

  private void operators(EditableModel model) {
    for (EditableGraph graph : model.graphs()) {
      for (EditableOperator operator : graph.operators()) {
        try (Model alone = Model.load(OperatorModel.of(operator).toBytes());
            Interpreter interpreter =
                alone.interpreter(new InterpreterOptions().deadline(DEADLINE))) {
          endings.merge("operator runs", 1, Integer::sum);
        } catch (OctetException e) {
          end("operator", e);
        } catch (IllegalArgumentException e) {
          require(e.getMessage().endsWith("runs other graphs"), e);
        }
      }
    }
  }

  private void quantize(byte[] bytes, Mode mode) {
    Quantizer quantizer = Quantizer.of(NAME, bytes).mode(mode);
    quantizer.minWeightElements(random.nextInt(3) == 0 ? 1024 : 1);
    boolean perChannel = random.nextInt(4) != 0;
    quantizer.perChannel(perChannel);
    quantizer.equalize(random.nextInt(4) == 0);
    int bits = (mode == Mode.WEIGHT_ONLY || mode == Mode.DYNAMIC) && random.nextInt(3) == 0 ? 4 : 8;
    quantizer.weightBits(bits);
    String step = mode.toString().toLowerCase();
    QuantizedModel made;
    Map<String, Outputs> before;
    try {
      byte[] floats = quantizer.floatModel();
      before = outputs(floats, null);
      if (mode == Mode.INT8 || mode == Mode.INT16X8) {
        quantizer.strict(random.nextInt(8) == 0);
        calibrate(quantizer, floats);
      }
      made = quantizer.quantize();
    } catch (OctetException | IllegalArgumentException e) {
      end(step, e);
      require(e instanceof InferenceException || e.getMessage().contains(NAME), e);
      return;
    } catch (UncheckedIOException e) {
      require(e.getCause() instanceof DataFormatException, e);
      endings.merge(step + " no data", 1, Integer::sum);
      return;
    }
    Map<String, Outputs> after = outputs(made.bytes(), before);
    boolean near = mode == Mode.FLOAT16 || mode == Mode.WEIGHT_ONLY || mode == Mode.DYNAMIC;
    near &= bits == 8 && perChannel;
    compare(step, before, after, near);
  }

  private void calibrate(Quantizer quantizer, byte[] floats) {
    Calibrator calibrator =
        new Calibrator(NAME, floats)
            .engine(new InterpreterOptions().deadline(DEADLINE))
            .threads(1 + random.nextInt(2));
    CalibrationStatistics seen = null;
    Sample first = null;
    try (Model model = Model.load(floats)) {
      for (SignatureInfo signature : model.signatures()) {
        DataSet set = samples(signature);
        if (set != null) {
          seen = calibrator.calibrate(signature.key(), set);
          first =
              first == null && model.signatures().get(0) == signature
                  ? set.iterator().next()
                  : first;
        }
      }
    }
    if (seen != null) {
      quantizer.calibration(seen);
      if (first != null && random.nextInt(4) == 0) {
        quantizer.correctBias(DataSets.of("first", List.of(first)));
      }
    }
  }

  private static DataSet samples(SignatureInfo signature) {
    long bytes = 0;
    for (TensorInfo input : signature.inputs().values()) {
      long elements = 1;
      for (int dim : input.shape()) {
        elements = dim < 0 ? elements : Math.min(LARGEST_INPUTS, elements * dim);
      }
      bytes += elements * Math.max(1, input.type().bytes());
    }
    if (bytes > LARGEST_INPUTS) {
      return null;
    }
    try {
      return DataSets.random(7, SAMPLES, List.copyOf(signature.inputs().values()));
    } catch (IllegalArgumentException e) {
      require(e.getMessage().endsWith("which no data set feeds"), e);
      return null;
    }
  }

  /** What a model's entry points give for the first sample; {@code needed} must run. */
  private Map<String, Outputs> outputs(byte[] bytes, Map<String, Outputs> needed) {
    Map<String, Outputs> all = new TreeMap<>();
    Model model;
    try {
      model = Model.load(bytes);
    } catch (OctetException e) {
      require(needed == null, e);
      return all;
    }
    try (model) {
      for (SignatureInfo signature : model.signatures()) {
        String key = String.valueOf(signature.key());
        try {
          Outputs outputs = outputs(model, signature);
          if (outputs != null) {
            all.put(key, outputs);
          }
        } catch (UnsupportedOperatorException | InferenceException | IllegalArgumentException e) {
          boolean late =
              e instanceof InferenceException run
                  && (run.kind() == InferenceException.Kind.DEADLINE_EXCEEDED
                      // integers beyond what a kernel takes, where floats were NaN
                      || run.kind() == InferenceException.Kind.INDEX_OUT_OF_RANGE);
          require(late || needed == null || !needed.containsKey(key), e);
        } catch (DataFormatException e) {
          require(needed == null || !needed.containsKey(key), e);
        }
      }
    }
    return all;
  }

  private Outputs outputs(Model model, SignatureInfo signature) throws DataFormatException {
    DataSet set = samples(signature);
    if (set == null) {
      return null;
    }
    InterpreterOptions options =
        new InterpreterOptions().signature(signature.key()).deadline(DEADLINE).poison(true);
    try (Interpreter interpreter = model.interpreter(options)) {
      Samples.fill(interpreter, set.iterator().next());
      interpreter.run();
      List<int[]> shapes = new ArrayList<>();
      List<float[]> values = new ArrayList<>();
      for (int i = 0; i < interpreter.outputCount(); i++) {
        shapes.add(interpreter.output(i).shape());
        boolean floats = interpreter.output(i).type() == TensorType.FLOAT32;
        values.add(floats ? interpreter.output(i).toFloats() : null);
      }
      return new Outputs(shapes, values);
    }
  }

  private void compare(
      String step, Map<String, Outputs> before, Map<String, Outputs> after, boolean near) {
    endings.merge(step + (before.isEmpty() ? " of what does not run" : " runs"), 1, Integer::sum);
    after.forEach(
        (key, outputs) -> {
          Outputs expected = before.get(key);
          if (expected == null) {
            return;
          }
          for (int i = 0; i < expected.shapes().size(); i++) {
            require(
                Arrays.equals(expected.shapes().get(i), outputs.shapes().get(i)),
                step
                    + ": output "
                    + i
                    + " was "
                    + Arrays.toString(expected.shapes().get(i))
                    + ", is "
                    + Arrays.toString(outputs.shapes().get(i)));
            if (near && expected.values().get(i) != null) {
              add(step, expected.values().get(i), outputs.values().get(i));
            }
          }
        });
  }

  private void add(String step, float[] expected, float[] actual) {
    double greatest = 0;
    double error = 0;
    for (int i = 0; i < expected.length; i++) {
      if (Float.isFinite(expected[i])) {
        greatest = Math.max(greatest, Math.abs(expected[i]));
        error = Math.max(error, Math.abs(expected[i] - (double) actual[i]));
      }
    }
    if (greatest == 0) {
      return;
    }
    if (step.equals("dynamic")) {
      greatestDynamicError = Math.max(greatestDynamicError, error / greatest);
    } else {
      greatestError = Math.max(greatestError, error / greatest);
    }
  }

  private void end(String step, RuntimeException e) {
    String name = e.getClass().getSimpleName().replace("Exception", "");
    endings.merge(step + " " + name, 1, Integer::sum);
  }

  private static void require(boolean holds, Exception e) {
    if (!holds) {
      throw new AssertionError(e.toString(), e);
    }
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new AssertionError(message);
    }
  }
}
