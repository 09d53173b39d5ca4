// SPDX-License-Identifier: Apache-2.0
package dev.octet.reference;

/** The pixels of a convolution or pooling over up to three axes and what each of them reads. */
record Window(int images, Axis d, Axis h, Axis w) {
  /** Sees one output pixel. */
  @FunctionalInterface
  interface Pixel {
    /**
     * @param y number of the pixel in the output value
     * @param xs numbers of the input pixels that it reads
     * @param taps numbers of the window positions that read them
     * @param count how many
     */
    void visit(int image, int y, int[] xs, int[] taps, int count);
  }

  static Window of(int images, Axis h, Axis w) {
    return new Window(images, Axis.ONE, h, w);
  }

  /** The rows of a matrix: a window of one tap. */
  static Window rows(int m) {
    return of(1, Axis.ONE, Axis.of(m, m, 1, 1, 1, 0));
  }

  /** The fields of a kernel over h and w; x and y are [n,h,w,c]. */
  static Window of(Call call, Operand x, Operand y, int kh, int kw, int dilationH, int dilationW) {
    return of(
        x.dim(0),
        Axis.of(x.dim(1), y.dim(1), kh, call.i32("stride_h"), dilationH, call.i32("pad_top")),
        Axis.of(x.dim(2), y.dim(2), kw, call.i32("stride_w"), dilationW, call.i32("pad_left")));
  }

  /** The same for the outputs that the fields y_step_h, ... name. */
  Window phases(Call call) {
    return of(
        images,
        h.phase(call.i32("y_step_h"), call.i32("y_first_h")),
        w.phase(call.i32("y_step_w"), call.i32("y_first_w")));
  }

  int taps() {
    return d.taps() * h.taps() * w.taps();
  }

  int pixelsOfImage() {
    return d.out() * h.out() * w.out();
  }

  /** Visits every output pixel. */
  void run(Call call, Pixel pixel) {
    int[] xs = new int[taps()];
    int[] taps = new int[taps()];
    for (int n = 0; n < images; n++) {
      for (int od = 0; od < d.count(); od++) {
        for (int oh = 0; oh < h.count(); oh++) {
          for (int ow = 0; ow < w.count(); ow++) {
            call.checkStopped();
            int count = gather(n, od, oh, ow, xs, taps);
            int row =
                (n * d.out() + d.first() + od * d.step()) * h.out() + h.first() + oh * h.step();
            pixel.visit(n, row * w.out() + w.first() + ow * w.step(), xs, taps, count);
          }
        }
      }
    }
  }

  private int gather(int n, int od, int oh, int ow, int[] xs, int[] taps) {
    int count = 0;
    for (int kd = 0; kd < d.taps(); kd++) {
      int id = d.position(od, kd);
      for (int kh = 0; kh < h.taps() && id >= 0; kh++) {
        int ih = h.position(oh, kh);
        for (int kw = 0; kw < w.taps() && ih >= 0; kw++) {
          int iw = w.position(ow, kw);
          if (iw >= 0) {
            xs[count] = ((n * d.in() + id) * h.in() + ih) * w.in() + iw;
            taps[count++] = (kd * h.taps() + kh) * w.taps() + kw;
          }
        }
      }
    }
    return count;
  }
}
