// SPDX-License-Identifier: Apache-2.0
package dev.octet.differential;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.octet.peer.Difference;
import dev.octet.peer.PeerKernels;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * TensorFlow Lite's two modes against each other: what can be asked of a comparison with either.
 */
final class PeerModesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "models/vww_96_int8.tflite",
        "models/kws_ref_model.tflite",
        "models/person_detect.tflite"
      })
  void quantizedModelsDiffer(String model) {
    Difference difference =
        between(
            PeerReference.of(Shared.require(model), PeerKernels.BUILT_IN),
            PeerReference.of(Shared.require(model), PeerKernels.XNNPACK));
    assertTrue(difference.differing() > 0, "the delegate was not used: " + difference);
    assertTrue(
        difference.greatestFirstLoss() <= ModelDifferentialTest.GREATEST_FIRST_LOSS,
        difference.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"models/ad01_fp32.tflite", "models/vww_96_float.tflite"})
  void floatModelsAreNear(String model) {
    Difference difference =
        between(
            PeerReference.of(Shared.require(model), PeerKernels.BUILT_IN),
            PeerReference.of(Shared.require(model), PeerKernels.XNNPACK));
    assertTrue(difference.differing() > 0, "the delegate was not used: " + difference);
    assertTrue(difference.greatestRelative() <= 1e-5, difference.toString());
  }

  /** How far the delegate's outputs lie from the built-in kernels'. */
  static Difference between(PeerReference builtIn, PeerReference delegate) {
    Difference difference = new Difference();
    for (int run = 0; run < builtIn.inputs().size(); run++) {
      difference.add(builtIn.types(), delegate.outputs().get(run), builtIn.outputs().get(run));
    }
    return difference;
  }
}
