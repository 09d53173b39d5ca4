// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.evaluate;

/**
 * How close an output of a model is to the baseline's, over all elements of all samples, both as
 * real numbers.
 *
 * @param name of the output, in the baseline
 * @param meanDifference mean of |model - baseline|
 * @param greatestDifference greatest |model - baseline|
 * @param sqnr signal to noise in dB: {@code 10 log10(sum baseline^2 / sum (model - baseline)^2)};
 *     infinite when both are equal everywhere, negative infinity when the baseline is 0 everywhere
 *     and the model is not
 */
public record OutputAgreement(
    String name, double meanDifference, double greatestDifference, double sqnr) {}
