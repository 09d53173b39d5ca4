// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.model;

import java.util.Map;

/**
 * A named entry point.
 *
 * @param key its name
 * @param graph the graph that it runs
 * @param inputs tensors by argument name; may be changed
 * @param outputs tensors by result name; may be changed
 */
public record EditableSignature(
    String key,
    EditableGraph graph,
    Map<String, EditableTensor> inputs,
    Map<String, EditableTensor> outputs) {}
