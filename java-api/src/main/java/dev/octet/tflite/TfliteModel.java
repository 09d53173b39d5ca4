// SPDX-License-Identifier: Apache-2.0
package dev.octet.tflite;

import java.util.List;

/**
 * A model that was read and checked; immutable. Constant data are slices of the source, so a file
 * that was mapped stays mapped for as long as one of them is reachable.
 *
 * @param source the file or name that messages give
 * @param description the model's own words, {@code ""} when it has none
 * @param operatorCodes the operators it uses
 * @param subgraphs the first is the main one; at least one
 * @param buffers what tensors and metadata refer to
 * @param metadata named buffers
 * @param signatures named entry points; may be empty
 * @param table the model as it stands in the file, for tools that change and write it
 */
public record TfliteModel(
    String source,
    String description,
    List<TfliteOperatorCode> operatorCodes,
    List<TfliteSubgraph> subgraphs,
    List<TfliteBuffer> buffers,
    List<TfliteMetadata> metadata,
    List<TfliteSignature> signatures,
    Table table) {
  public TfliteModel {
    operatorCodes = List.copyOf(operatorCodes);
    subgraphs = List.copyOf(subgraphs);
    buffers = List.copyOf(buffers);
    metadata = List.copyOf(metadata);
    signatures = List.copyOf(signatures);
  }
}
