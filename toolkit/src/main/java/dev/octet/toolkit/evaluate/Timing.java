// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.evaluate;

/**
 * Time of one inference, measured run by run after warming up, the models taking turns.
 *
 * @param medianMicros half of the runs took longer
 * @param minMicros the shortest run
 * @param runs how many were measured
 */
public record Timing(double medianMicros, double minMicros, int runs) {}
