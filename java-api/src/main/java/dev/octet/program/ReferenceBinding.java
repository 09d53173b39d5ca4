// SPDX-License-Identifier: Apache-2.0
package dev.octet.program;

import dev.octet.InferenceException;
import dev.octet.reference.Call;
import dev.octet.reference.Operand;
import dev.octet.reference.ReferenceKernel;
import dev.octet.reference.ReferenceKernels;
import dev.octet.reference.Run;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A binding of the reference backend: the plan's own instructions, one after another on the
 * caller's thread.
 */
final class ReferenceBinding implements Binding, Run {
  private record Step(ReferenceKernel kernel, Call call) {}

  private final Plan plan;
  private final List<Step> steps = new ArrayList<>();
  private final Poison poison;
  private volatile boolean cancelled;
  private long deadline;
  private boolean timed;

  /** Number of the instruction in progress. */
  private int instruction;

  ReferenceBinding(
      Plan plan, ByteBuffer arena, ReferenceProgram program, int[] numbers, boolean poison) {
    this.plan = plan;
    this.poison = poison ? new Poison(plan, arena) : null;
    List<Operand> operands = new ArrayList<>();
    for (Slot slot : plan.slots()) {
      ByteBuffer memory =
          slot.inArena()
              ? arena.slice((int) slot.root().offset, (int) slot.ownBytes())
              : program.weights(numbers[slot.constant]).buffer(0);
      operands.add(new Operand(slot.type, slot.shape, slot.flip, memory));
    }
    for (Instruction each : plan.nativeInstructions()) {
      Call call = new Call(each.kernel().name(), this);
      List<Kernel.Field> fields = each.kernel().fields();
      for (int i = 0; i < fields.size(); i++) {
        String name = fields.get(i).name();
        int bits = each.fields()[i];
        switch (fields.get(i).kind()) {
          case "value" -> call.field(name, bits < 0 ? null : operands.get(bits));
          case "weights" -> call.field(name, program.weights(numbers[bits]));
          default -> call.field(name, bits);
        }
      }
      steps.add(new Step(ReferenceKernels.of(each.kernel().name()), call));
    }
  }

  @Override
  public long bytes() {
    return 0;
  }

  @Override
  public void run(int segment, long timeoutNanos, Counters counters) {
    cancelled = false;
    timed = timeoutNanos > 0;
    deadline = System.nanoTime() + Math.min(timeoutNanos, Long.MAX_VALUE / 4);
    int first = plan.segments().get(segment)[0];
    int end = first + plan.segments().get(segment)[1];
    if (poison != null && segment == 0) {
      poison.beforeRun();
    }
    long start = System.nanoTime();
    long before = start;
    for (instruction = first; instruction < end; instruction++) {
      checkStopped();
      step(steps.get(instruction));
      if (counters != null) {
        long now = System.nanoTime();
        add(counters.ticks(), instruction, now - before);
        before = now;
      }
      if (poison != null) {
        poison.after(instruction);
      }
    }
    if (counters != null) {
      add(counters.ticks(), steps.size(), before - start);
    }
    instruction = Math.max(first, end - 1);
    checkStopped();
  }

  private static void add(ByteBuffer ticks, int index, long nanos) {
    ticks.putLong(8 * index, ticks.getLong(8 * index) + nanos);
  }

  private void step(Step step) {
    try {
      step.kernel().run(step.call());
    } catch (InferenceException e) {
      throw e;
    } catch (RuntimeException e) {
      throw failure(InferenceException.Kind.INTERNAL, kernel() + " fails: " + e, e);
    } catch (OutOfMemoryError e) {
      throw failure(InferenceException.Kind.INTERNAL, kernel() + " needs more memory", e);
    }
  }

  private String kernel() {
    return plan.nativeInstructions().get(instruction).kernel().name();
  }

  private InferenceException failure(InferenceException.Kind kind, String text, Throwable cause) {
    return new InferenceException(kind, instruction, text + plan.nativeOrigin(instruction), cause);
  }

  @Override
  public void checkStopped() {
    if (cancelled) {
      throw failure(InferenceException.Kind.CANCELLED, "cancelled", null);
    }
    if (timed && System.nanoTime() - deadline >= 0) {
      throw failure(InferenceException.Kind.DEADLINE_EXCEEDED, "past the deadline", null);
    }
  }

  @Override
  public InferenceException failure(String message) {
    return failure(InferenceException.Kind.INDEX_OUT_OF_RANGE, message, null);
  }

  @Override
  public void cancel() {
    cancelled = true;
  }

  @Override
  public void free() {
    // the collector finds it
  }

  @Override
  public double tickNanos() {
    return 1;
  }

  @Override
  public double tickCost() {
    return Counters.hostClockNanos();
  }
}
