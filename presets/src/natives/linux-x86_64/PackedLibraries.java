// SPDX-License-Identifier: Apache-2.0
package dev.octet.presets.libraries.linux.x86_64;

import dev.octet.presets.NativeLibraries;

/** Marks this jar as one that holds native libraries. */
public final class PackedLibraries implements NativeLibraries {}
