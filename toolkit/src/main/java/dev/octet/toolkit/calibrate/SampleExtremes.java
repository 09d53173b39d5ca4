// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.calibrate;

/**
 * What one sample did to the tensors.
 *
 * @param index place in the data set, from 0
 * @param name how messages name it
 * @param digest SHA-256 of the contents
 * @param min of each tensor, NaN where it was not computed or held nothing finite
 * @param max likewise
 * @param nonFinite of each tensor, numbers that are NaN or infinite; null when there are none
 */
record SampleExtremes(
    int index, String name, byte[] digest, float[] min, float[] max, int[] nonFinite) {}
