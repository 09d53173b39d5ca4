// SPDX-License-Identifier: Apache-2.0
package dev.octet.differential.cases;

import java.util.List;

/** Generators of random models of a family of operators. */
interface OpCases {
  /** One for each operator and kind of elements; see {@link OpGenerator#types}. */
  List<OpGenerator> generators();
}
