// SPDX-License-Identifier: Apache-2.0
package dev.octet.delegate;

import dev.octet.presets.OctetNative;
import java.lang.ref.Cleaner;

/** An {@code octet_delegate} that is freed once: when it is closed, or no longer reachable. */
final class HeldDelegate implements AutoCloseable {
  static final Cleaner CLEANER = Cleaner.create();

  private static final class Release implements Runnable {
    private long address;

    Release(long address) {
      this.address = address;
    }

    /** What is to be freed, for whoever asks first; 0 for all others. */
    synchronized long take() {
      long taken = address;
      address = 0;
      return taken;
    }

    @Override
    public void run() {
      long taken = take();
      if (taken != 0) {
        OctetNative.octet_delegate_free(taken);
      }
    }
  }

  private final Release release;
  private final Cleaner.Cleanable cleanable;

  HeldDelegate(long address) {
    release = new Release(address);
    cleanable = CLEANER.register(this, release);
  }

  /** Gives the delegate away, to be freed by the caller; 0 when it is not here any more. */
  long take() {
    return release.take();
  }

  @Override
  public void close() {
    cleanable.clean();
  }
}
