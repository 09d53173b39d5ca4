// SPDX-License-Identifier: Apache-2.0
/** A model that tools change and write back: graphs of objects instead of tables of indices. */
package dev.octet.toolkit.model;
