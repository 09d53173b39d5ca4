// SPDX-License-Identifier: Apache-2.0
package dev.octet.benchmarks;

import dev.octet.Numerics;
import java.util.ArrayList;
import java.util.List;

/**
 * A line of the speed table: models of one kind, what they are measured by, and what is asked.
 *
 * @param kind what the models have in common
 * @param models below the shared folder; of several the times are added
 * @param base what the models are compared with by {@link Measure#OWN}, else null
 * @param isa the instruction set that Octet is kept to, or null
 * @param atLeast the ratio that is asked for
 * @param aim the ratio that would be the best there is
 */
record SpeedClass(
    String kind,
    List<String> models,
    String base,
    Numerics numerics,
    String isa,
    Measure measure,
    double atLeast,
    double aim) {
  /** How a line's ratio is made. */
  enum Measure {
    /** Least times of the peer over those of Octet. */
    PEER,
    /** Octet's least time of another model over that of this one. */
    OWN,
    /** As PEER, with the least of the rounds' means: runs too short to tell their least times. */
    MEAN
  }

  /** The 22 convolutions of the Seanet archive. */
  static final String SEANET = "data/seanet/seanet.tar.gz";

  static List<SpeedClass> all() {
    List<SpeedClass> all = new ArrayList<>();
    for (Numerics numerics : List.of(Numerics.FAST, Numerics.EXACT)) {
      double mobile = numerics == Numerics.FAST ? 1.8 : 1.4;
      double aim = numerics == Numerics.FAST ? 2.2 : Double.NaN;
      peer(all, "int8 mobile CNN", "models/tf2_mobilenet_v2_1.0_224_ptq", numerics, mobile, aim);
      peer(all, "int8 mobile CNN", "models/vww_96_int8", numerics, mobile, aim);
      peer(all, "int8 mobile CNN", "models/kws_ref_model", numerics, mobile, aim);
    }
    peer(all, "uint8 CNN", "models/mobilenet_v1_0.25_128_quant", Numerics.FAST, 4.0, 5);
    peer(all, "uint8 CNN", "models/mobilenet_v2_1.0_224_quant", Numerics.FAST, 3.7, 5);
    peer(all, "int8 3x3 CNN", "models/pretrainedResnet_quant", Numerics.FAST, 1.25, 1.35);
    peer(all, "int8 3x3 CNN", "models/pretrainedResnet_quant", Numerics.EXACT, 1.1, Double.NaN);
    peer(all, "float CNN", "models/vww_96_float", Numerics.FAST, 1.35, 1.6);
    peer(all, "float CNN", "reference/mobilenet_v2_float/float", Numerics.FAST, 1.15, 1.25);
    peer(all, "float CNN", "models/pretrainedResnet", Numerics.FAST, 1.15, 1.25);
    peer(all, "dense, batch 1", "models/ad01_int8", Numerics.FAST, 1.05, 1.15);
    peer(all, "dense, batch 1", "models/ad01_fp32", Numerics.FAST, 0.98, 1.05);
    peer(all, "LSTM int8", "models/keras_lstm_mnist_ptq", Numerics.FAST, 25, 60);
    peer(all, "LSTM int8", "models/trained_lstm_int8", Numerics.FAST, 25, 60);
    peer(all, "LSTM float", "models/trained_lstm", Numerics.FAST, 3, 8);
    peer(all, "LSTM float", "reference/mnist_lstm/float", Numerics.FAST, 3, 8);
    peer(all, "LSTM dynamic", "reference/mnist_lstm/dynamic", Numerics.FAST, 3, 8);
    all.add(
        new SpeedClass(
            "16x8 convolution", List.of(SEANET), null, Numerics.FAST, null, Measure.PEER, 25, 40));
    peer(all, "dynamic range", "reference/mobilenet_v2_float/dynamic", Numerics.FAST, 12, 20);
    own(
        all,
        "dynamic range",
        "reference/mobilenet_v2_float/dynamic",
        "reference/mobilenet_v2_float/float",
        1.3,
        2);
    peer(all, "dynamic range", "reference/dense_1024/dynamic", Numerics.FAST, 1.0, 1.1);
    String dense = "reference/dense_1024/float";
    own(all, "float16 weights", "reference/dense_1024/float16", dense, 1.6, 1.9);
    own(all, "int8 to own float", "models/vww_96_int8", "models/vww_96_float", 2.5, 3.5);
    own(
        all,
        "int8 to own float",
        "reference/mobilenet_v2_float/int8_int8_io",
        "reference/mobilenet_v2_float/float",
        2.5,
        3.5);
    for (String model : List.of("models/hello_world_int8", "models/hello_world_float")) {
      all.add(
          new SpeedClass(
              "tiny, mean", files(model), null, Numerics.FAST, null, Measure.MEAN, 1.0, 2));
    }
    avx2(all, "int8 CNN on AVX2", "models/tf2_mobilenet_v2_1.0_224_ptq", 0.9);
    avx2(all, "uint8 CNN on AVX2", "models/mobilenet_v2_1.0_224_quant", 2.0);
    return all;
  }

  private static List<String> files(String model) {
    return List.of(model + ".tflite");
  }

  private static void peer(
      List<SpeedClass> all,
      String kind,
      String model,
      Numerics numerics,
      double atLeast,
      double aim) {
    all.add(new SpeedClass(kind, files(model), null, numerics, null, Measure.PEER, atLeast, aim));
  }

  private static void own(
      List<SpeedClass> all, String kind, String model, String base, double atLeast, double aim) {
    all.add(
        new SpeedClass(
            kind, files(model), base + ".tflite", Numerics.FAST, null, Measure.OWN, atLeast, aim));
  }

  private static void avx2(List<SpeedClass> all, String kind, String model, double atLeast) {
    all.add(
        new SpeedClass(
            kind, files(model), null, Numerics.FAST, "avx2", Measure.PEER, atLeast, Double.NaN));
  }
}
