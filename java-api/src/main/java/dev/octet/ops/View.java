// SPDX-License-Identifier: Apache-2.0
package dev.octet.ops;

import java.util.Arrays;

/**
 * Some elements of a tensor in an order of their own: element {@code (i_0, i_1, ...)} is the
 * tensor's element {@code offset + sum i_k * strides[k]} in row-major order. Immutable.
 *
 * @param place whose elements they are
 * @param dims how many there are along each axis
 * @param strides may be 0 or negative
 */
record View(Place place, int offset, int[] dims, int[] strides) {
  /** A tensor that {@link Moves} knows; told apart by identity. */
  static final class Place {
    final int[] shape;

    Place(int[] shape) {
      this.shape = shape;
    }
  }

  /** All elements in their order. */
  static View of(Place place) {
    int[] strides = new int[place.shape.length];
    int stride = 1;
    for (int i = strides.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= place.shape[i];
    }
    return new View(place, 0, place.shape, strides);
  }

  /** Indices {@code begin}, {@code begin + 1}, ... of an axis. */
  View slice(int axis, int begin, int count) {
    return slice(axis, begin, count, 1);
  }

  /** Indices {@code begin}, {@code begin + step}, ... of an axis. */
  View slice(int axis, int begin, int count, int step) {
    int[] dims = this.dims.clone();
    int[] strides = this.strides.clone();
    dims[axis] = count;
    strides[axis] *= step;
    // no offset can be wrong where nothing is moved
    return new View(place, count == 0 ? 0 : offset + begin * this.strides[axis], dims, strides);
  }

  View reverse(int axis) {
    return slice(axis, dims[axis] - 1, dims[axis], -1);
  }

  /** Axis {@code k} of the result is axis {@code axes[k]} of this. */
  View transpose(int... axes) {
    int[] dims = new int[axes.length];
    int[] strides = new int[axes.length];
    for (int i = 0; i < axes.length; i++) {
      dims[i] = this.dims[axes[i]];
      strides[i] = this.strides[axes[i]];
    }
    return new View(place, offset, dims, strides);
  }

  /** Axis {@code axis} of {@code outer * inner} elements as two. */
  View split(int axis, int outer, int inner) {
    View result = insert(axis, outer, strides[axis] * inner);
    result.dims[axis + 1] = inner;
    return result;
  }

  /** A new axis, along which everything is there {@code count} times. */
  View repeat(int axis, int count) {
    return insert(axis, count, 0);
  }

  /** Without an axis, of which index 0 is left. */
  View drop(int axis) {
    int[] axes = new int[dims.length - 1];
    Arrays.setAll(axes, i -> i < axis ? i : i + 1);
    return transpose(axes);
  }

  /** Elements {@code (..., i, i)} of a tensor whose last two axes have {@code count} or more. */
  View diagonal(int count) {
    int last = dims.length - 1;
    View result = slice(last - 1, 0, count).drop(last);
    result.strides[last - 1] += strides[last];
    return result;
  }

  private View insert(int axis, int dim, int stride) {
    int[] dims = new int[this.dims.length + 1];
    int[] strides = new int[dims.length];
    for (int i = 0; i < dims.length; i++) {
      dims[i] = i == axis ? dim : this.dims[i < axis ? i : i - 1];
      strides[i] = i == axis ? stride : this.strides[i < axis ? i : i - 1];
    }
    return new View(place, offset, dims, strides);
  }
}
