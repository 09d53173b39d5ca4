// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.evaluate;

/**
 * A sample that the baseline gets right and the model gets wrong.
 *
 * @param sample its name
 * @param label its class, which the baseline chooses
 * @param predicted the class that the model chooses
 */
public record Flip(String sample, int label, int predicted) {}
