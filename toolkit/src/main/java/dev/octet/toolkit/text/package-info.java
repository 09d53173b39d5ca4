// SPDX-License-Identifier: Apache-2.0
/** Pictures and progress on a terminal. */
package dev.octet.toolkit.text;
