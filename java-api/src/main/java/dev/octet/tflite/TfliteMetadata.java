// SPDX-License-Identifier: Apache-2.0
package dev.octet.tflite;

/**
 * Named data that execution does not need, such as {@code min_runtime_version}.
 *
 * @param name may be empty
 * @param buffer the contents
 */
public record TfliteMetadata(String name, TfliteBuffer buffer) {}
