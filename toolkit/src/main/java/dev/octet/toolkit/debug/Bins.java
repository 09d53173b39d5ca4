// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.debug;

/**
 * How many of the float model's numbers lie where: bin i from {@code from + i * width} on.
 *
 * @param counts the array itself, not to be changed
 */
public record Bins(double from, double width, long[] counts) {}
