// SPDX-License-Identifier: Apache-2.0

/** Coral Edge TPUs: what the machine shows of them, and what models compiled for them hold. */
package dev.octet.edgetpu;
