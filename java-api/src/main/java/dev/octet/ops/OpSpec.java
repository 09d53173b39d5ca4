// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import dev.octet.tflite.BuiltinOperator;

/**
 * One line of {@link Ops#ALL}.
 *
 * @param builtin TensorFlow Lite's operator
 * @param maxVersion the newest version whose meaning the reader knows
 * @param reader makes the operator of its options
 */
public record OpSpec(BuiltinOperator builtin, int maxVersion, OpReader reader) {}
