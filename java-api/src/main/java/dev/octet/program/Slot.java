// SPDX-License-Identifier: Apache-2.0
package dev.octet.program;

import dev.octet.TensorType;
import dev.octet.graph.Value;

/** A value of a binding block while it is being lowered and planned. */
final class Slot implements Emitter.Operand {
  static final int FOREVER = Integer.MAX_VALUE;

  final int id;
  final TensorType type;
  final int[] shape;
  final boolean flip;

  /** Local number of the weights entry that holds a constant, or -1 for a value in the arena. */
  final int constant;

  /** A slot of the same memory, or this one. */
  private Slot group = this;

  /** Of the whole group, kept at its root: instructions of first write and last read. */
  int first = FOREVER;

  int last = -1;

  /** Of the whole group, kept at its root: the caller of a run sees it. */
  boolean input;

  boolean output;

  /** Of the whole group, kept at its root: it keeps its contents from run to run. */
  boolean variable;

  /** Of the whole group, kept at its root: bytes and place in the arena. */
  long bytes;

  long offset;

  Slot(int id, TensorType type, int[] shape, boolean flip, int constant) {
    this.id = id;
    this.type = type;
    this.shape = shape;
    this.flip = flip;
    this.constant = constant;
    this.bytes = ownBytes();
  }

  /** Of this value alone. */
  long ownBytes() {
    return Math.multiplyExact(Value.elements(shape), (long) type.bytes());
  }

  Slot root() {
    Slot root = this;
    while (root.group != root) {
      root = root.group;
    }
    for (Slot slot = this; slot.group != root; ) {
      Slot next = slot.group;
      slot.group = root;
      slot = next;
    }
    return root;
  }

  /** Makes both the same memory. */
  void join(Slot other) {
    Slot root = root();
    Slot joined = other.root();
    if (root == joined) {
      return;
    }
    joined.group = root;
    root.first = Math.min(root.first, joined.first);
    root.last = Math.max(root.last, joined.last);
    root.input |= joined.input;
    root.output |= joined.output;
    root.variable |= joined.variable;
    root.bytes = Math.max(root.bytes, joined.bytes);
  }

  boolean inArena() {
    return constant < 0;
  }
}
