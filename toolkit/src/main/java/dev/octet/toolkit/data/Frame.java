// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.data;

import java.io.IOException;

/** One picture of a {@link FrameStream}, not yet decoded. */
@FunctionalInterface
public interface Frame {
  /**
   * Decodes it.
   *
   * @throws DataFormatException if this frame is damaged; the stream's next one may be whole
   */
  Picture picture() throws IOException;
}
