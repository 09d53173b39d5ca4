// SPDX-License-Identifier: Apache-2.0
/** How good a model is, and whether another is worse: metrics, paired comparison, size and time. */
package dev.octet.toolkit.evaluate;
