// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/**
 * JPEG pictures one behind another (MJPEG). A picture is cut out by its markers, so that a
 * thumbnail inside one is not taken for its end; bytes between pictures are skipped.
 */
final class JpegFrames implements FrameStream {
  private static final int SOI = 0xd8;
  private static final int EOI = 0xd9;
  private static final int SOS = 0xda;
  private static final int RST0 = 0xd0;
  private static final int RST7 = 0xd7;
  private static final int TEM = 0x01;

  /** More than any picture of so many pixels takes: what is longer has lost its end. */
  private static final int MAX_BYTES = 1 << 28;

  private final String source;
  private final InputStream in;
  private int frames;

  JpegFrames(String source, InputStream in) {
    this.source = source;
    this.in = in;
  }

  @Override
  public Frame next() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(1 << 16);
    try {
      start();
      bytes.write(0xff);
      bytes.write(SOI);
      rest(bytes);
    } catch (EOFException e) {
      return null;
    }
    String name = source + ", frame " + ++frames;
    byte[] picture = bytes.toByteArray();
    return () -> PictureReader.read(name, new ByteArrayInputStream(picture));
  }

  /** Reads up to the start of a picture. */
  private void start() throws IOException {
    int last = 0;
    for (int next = read(); last != 0xff || next != SOI; next = read()) {
      last = next;
    }
  }

  private void rest(ByteArrayOutputStream bytes) throws IOException {
    int marker = marker(bytes);
    while (marker != EOI) {
      boolean alone = marker == TEM || marker == SOI || RST0 <= marker && marker <= RST7;
      if (!alone) {
        segment(bytes);
      }
      marker = marker == SOS ? scan(bytes) : marker(bytes);
    }
  }

  /** The next marker; fill bytes before it are kept. */
  private int marker(ByteArrayOutputStream bytes) throws IOException {
    int next = copy(bytes);
    while (next != 0xff) {
      next = copy(bytes);
    }
    while (next == 0xff) {
      next = copy(bytes);
    }
    return next;
  }

  private void segment(ByteArrayOutputStream bytes) throws IOException {
    int length = copy(bytes) << 8 | copy(bytes);
    for (int i = 2; i < length; i++) {
      copy(bytes);
    }
  }

  /** Coded pixels, in which 0xff is followed by 0 or a restart; returns the marker behind them. */
  private int scan(ByteArrayOutputStream bytes) throws IOException {
    while (true) {
      int marker = marker(bytes);
      if (marker != 0 && (marker < RST0 || marker > RST7)) {
        return marker;
      }
    }
  }

  private int copy(ByteArrayOutputStream bytes) throws IOException {
    int next = read();
    if (bytes.size() >= MAX_BYTES) {
      throw new DataFormatException(
          source, "frame " + (frames + 1) + " has no end within " + MAX_BYTES + " bytes");
    }
    bytes.write(next);
    return next;
  }

  private int read() throws IOException {
    int next = in.read();
    if (next < 0) {
      throw new EOFException();
    }
    return next;
  }
}
