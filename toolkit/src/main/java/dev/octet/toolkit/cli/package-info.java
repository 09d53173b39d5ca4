// SPDX-License-Identifier: Apache-2.0
/** The command line: one class for each command, and what several of them share. */
package dev.octet.toolkit.cli;
