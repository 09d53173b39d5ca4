// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.edgetpu;

import dev.octet.toolkit.model.EditableOperator;
import java.util.function.Function;

/**
 * What a listed operator must keep to.
 *
 * @param words the limitation in a few words
 * @param first the first version of the Edge TPU runtime that has it
 * @param last the last one
 * @param broken what of an operator breaks it, as the end of a sentence that starts with the
 *     operator; null where it is kept. It is asked only about operators whose tensors keep {@link
 *     TensorRules}
 */
record Limitation(String words, int first, int last, Function<EditableOperator, String> broken) {
  Limitation(String words, Function<EditableOperator, String> broken) {
    this(words, 0, Integer.MAX_VALUE, broken);
  }

  /** The same, for versions of the runtime up to this one. */
  Limitation upTo(int runtime) {
    return new Limitation(words, first, runtime, broken);
  }

  /** The same, for this version of the runtime and newer ones. */
  Limitation since(int runtime) {
    return new Limitation(words, runtime, last, broken);
  }

  boolean holdsFor(int runtime) {
    return first <= runtime && runtime <= last;
  }
}
