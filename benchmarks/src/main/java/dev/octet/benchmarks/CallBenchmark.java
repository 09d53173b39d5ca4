// SPDX-License-Identifier: Apache-2.0
package dev.octet.benchmarks;

import dev.octet.Interpreter;
import dev.octet.Model;
import dev.octet.TensorType;
import dev.octet.tflite.Table;
import dev.octet.tflite.TfliteWriter;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What a run costs beside its instructions: a model whose output is its input. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class CallBenchmark {
  private Model model;
  private Interpreter interpreter;

  @Setup
  public void load() {
    model = Model.load(identity());
    interpreter = model.interpreter();
  }

  /** A model whose output is its input. */
  static ByteBuffer identity() {
    Table tensor =
        Table.builder("Tensor")
            .set("name", "x")
            .set("type", TensorType.FLOAT32)
            .set("shape", new int[] {1})
            .build();
    Table subgraph =
        Table.builder("SubGraph")
            .set("tensors", List.of(tensor))
            .set("inputs", new int[] {0})
            .set("outputs", new int[] {0})
            .build();
    return TfliteWriter.write(
        Table.builder("Model")
            .set("version", 3)
            .set("subgraphs", List.of(subgraph))
            .set("buffers", List.of(Table.of("Buffer")))
            .build());
  }

  @Benchmark
  public void run() {
    interpreter.run();
  }

  @TearDown
  public void close() {
    interpreter.close();
    model.close();
  }
}
