// SPDX-License-Identifier: Apache-2.0
/** The pictures and the model of {@code octet demo}. */
package dev.octet.toolkit.demo;
