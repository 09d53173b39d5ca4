// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import java.io.IOException;

/** Pictures one after another, such as a camera gives them. For one thread. */
public interface FrameStream {
  /**
   * The next frame, waiting for it as long as it takes, or null at the end of the stream. A frame
   * that the end has cut is dropped.
   *
   * @throws DataFormatException if the stream is not what it says it is
   */
  Frame next() throws IOException;
}
