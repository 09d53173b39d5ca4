// SPDX-License-Identifier: Apache-2.0

/** Octet with the native libraries of every platform: what is required is {@code dev.octet}. */
module dev.octet.platform {
  requires transitive dev.octet;
}
