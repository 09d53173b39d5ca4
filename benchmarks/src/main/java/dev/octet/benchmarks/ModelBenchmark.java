// SPDX-License-Identifier: Apache-2.0
package dev.octet.benchmarks;

import dev.octet.Interpreter;
import dev.octet.InterpreterOptions;
import dev.octet.Model;
import dev.octet.Numerics;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** A run of a model, and all that comes before the first: load, check, compile, pack, bind. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ModelBenchmark {
  static final String MODEL = "model";

  /** A path; {@link Main} puts the shared folder's models here when none is named. */
  @Param("model.tflite")
  public String model;

  @Param("FAST")
  public Numerics numerics;

  @Param("1")
  public int threads;

  private Model loaded;
  private Interpreter interpreter;

  private InterpreterOptions options() {
    return new InterpreterOptions().numerics(numerics).threads(threads);
  }

  @Setup(Level.Trial)
  public void load() {
    loaded = Model.load(Path.of(model));
    interpreter = loaded.interpreter(options());
  }

  @Benchmark
  public void run() {
    interpreter.run();
  }

  @Benchmark
  public long start() {
    try (Model fresh = Model.load(Path.of(model));
        Interpreter first = fresh.interpreter(options())) {
      return first.memoryBytes();
    }
  }

  @TearDown(Level.Trial)
  public void close() {
    interpreter.close();
    loaded.close();
  }
}
