// SPDX-License-Identifier: Apache-2.0
package dev.octet.presets;

/**
 * Provided by the jar of a platform's native libraries and asked for by nobody: because this module
 * names it as a service it uses, the module system takes that jar into the run by itself. On the
 * class path it has no effect.
 */
public interface NativeLibraries {}
