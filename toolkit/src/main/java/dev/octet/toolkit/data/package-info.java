// SPDX-License-Identifier: Apache-2.0
/** Reading what a model is fed with, and writing what it answers. */
package dev.octet.toolkit.data;
