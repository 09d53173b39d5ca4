// SPDX-License-Identifier: Apache-2.0

/** A program that uses Octet as a module. */
module consumer {
  requires dev.octet;
}
