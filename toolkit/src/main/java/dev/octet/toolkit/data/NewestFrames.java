// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import java.io.IOException;

/**
 * Reads a stream as fast as it comes and gives its newest frame, leaving out those that came and
 * went meanwhile: a picture of now, whatever is done with it takes. The reading thread ends with
 * the stream; it is a daemon.
 */
public final class NewestFrames implements FrameStream {
  private final FrameStream all;
  private Frame newest;
  private IOException failure;
  private boolean ended;
  private long dropped;

  /** Starts reading {@code all}, which belongs to this from now on. */
  public NewestFrames(FrameStream all) {
    this.all = all;
    Thread reader = new Thread(this::read, "octet-frames");
    reader.setDaemon(true);
    reader.start();
  }

  private void read() {
    try {
      for (Frame frame = all.next(); frame != null; frame = all.next()) {
        offer(frame);
      }
      end(null);
    } catch (IOException e) {
      end(e);
    } catch (RuntimeException | Error e) {
      end(new IOException("the frames could not be read: " + e, e));
    }
  }

  private synchronized void offer(Frame frame) {
    if (newest != null) {
      dropped++;
    }
    newest = frame;
    notifyAll();
  }

  private synchronized void end(IOException cause) {
    failure = cause;
    ended = true;
    notifyAll();
  }

  @Override
  public synchronized Frame next() throws IOException {
    while (newest == null && !ended) {
      try {
        wait();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return null;
      }
    }
    Frame frame = newest;
    newest = null;
    if (frame == null && failure != null) {
      throw failure;
    }
    return frame;
  }

  /** How many frames were left out so far. */
  public synchronized long dropped() {
    return dropped;
  }
}
