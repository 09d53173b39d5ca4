// SPDX-License-Identifier: Apache-2.0
package dev.octet.differential;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.octet.Interpreter;
import dev.octet.Model;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.UnsupportedAudioFileException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A second of sound through tflite-micro's audio front end, 30 ms at a time every 20 ms, and the 49
 * x 40 features through its speech model.
 */
final class AudioTest {
  private static final String[] LABELS = {"silence", "unknown", "yes", "no"};
  private static final int WINDOW = 480;
  private static final int STEP = 320;
  private static final int FRAMES = 49;
  private static final int FEATURES = 40;

  private static short[] samples(String name) throws IOException, UnsupportedAudioFileException {
    try (AudioInputStream in =
        AudioSystem.getAudioInputStream(Shared.require("data/audio/" + name).toFile())) {
      AudioFormat format = in.getFormat();
      assertEquals(16000, format.getSampleRate());
      assertEquals(16, format.getSampleSizeInBits());
      assertEquals(1, format.getChannels());
      byte[] bytes = in.readAllBytes();
      short[] samples = new short[bytes.length / 2];
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asShortBuffer().get(samples);
      return samples;
    }
  }

  @ParameterizedTest
  @CsvSource({
    "yes_1000ms.wav, yes",
    "no_1000ms.wav, no",
    "silence_1000ms.wav, silence",
    "noise_1000ms.wav, silence"
  })
  void theWordIsHeard(String file, String word) throws Exception {
    short[] samples = samples(file);
    byte[] features = new byte[FRAMES * FEATURES];
    try (Model model = Model.load(Shared.require("models/audio_preprocessor_int8.tflite"));
        Interpreter frontEnd = model.interpreter()) {
      short[] window = new short[WINDOW];
      for (int frame = 0; frame < FRAMES; frame++) {
        System.arraycopy(samples, frame * STEP, window, 0, WINDOW);
        frontEnd.input(0).set(window);
        frontEnd.run();
        System.arraycopy(frontEnd.output(0).toBytes(), 0, features, frame * FEATURES, FEATURES);
      }
    }
    try (Model model = Model.load(Shared.require("models/micro_speech_quantized.tflite"));
        Interpreter speech = model.interpreter()) {
      speech.input(0).set(features);
      speech.run();
      byte[] scores = speech.output(0).toBytes();
      int best = 0;
      for (int i = 1; i < scores.length; i++) {
        best = scores[i] > scores[best] ? i : best;
      }
      assertEquals(word, LABELS[best]);
    }
  }
}
