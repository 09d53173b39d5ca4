// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.octet.Interpreter;
import dev.octet.Model;
import dev.octet.Octet;
import dev.octet.toolkit.data.Picture;
import dev.octet.toolkit.data.PictureInput;
import dev.octet.toolkit.data.PictureReader;
import dev.octet.toolkit.data.TensorNumbers;
import dev.octet.toolkit.demo.DigitPictures;
import dev.octet.toolkit.text.GreyText;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code octet demo}: the shipped digit model reads the shipped pictures. */
@Command(
    name = "demo",
    description = {
      "Reads 30 drawn digits with an int8 model; both are inside this program.",
      "Shows each picture, the digit that the model sees, its probability and the time of one run."
    },
    mixinStandardHelpOptions = true,
    versionProvider = OctetCommand.Version.class)
final class DemoCommand implements Callable<Integer> {
  private static final String MODEL = "digits_int8.tflite";
  private static final int WARM_UP_RUNS = 200;
  private static final int COLUMNS = 3;
  private static final String GAP = "  ";

  @Spec private CommandSpec spec;
  @Mixin private EngineOptions engine;

  @Option(names = "--ascii", description = "Draw with ASCII characters only.")
  private boolean ascii;

  @Option(names = "--json", description = "Print JSON instead, without pictures.")
  private boolean json;

  private record Answer(
      String name, int digit, Picture picture, int seen, double probability, double micros) {
    boolean right() {
      return digit == seen;
    }
  }

  /** Returns 0, or 1 when a digit was read wrong. */
  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    List<Answer> answers = answers();
    long right = answers.stream().filter(Answer::right).count();
    if (json) {
      out.println(Json.text(json(answers, right)));
    } else {
      GreyText text = ascii ? GreyText.ASCII : GreyText.of(OctetCommand.outputCharset());
      for (int i = 0; i < answers.size(); i += COLUMNS) {
        row(out, text, answers.subList(i, Math.min(i + COLUMNS, answers.size())));
      }
      summary(out, answers, right);
    }
    out.flush();
    return right == answers.size() ? 0 : 1;
  }

  private List<Answer> answers() throws IOException {
    List<Answer> answers = new ArrayList<>();
    try (InputStream file = resource(MODEL);
        Model model = Model.load(file);
        Interpreter interpreter = model.interpreter(engine.toInterpreterOptions())) {
      interpreter.warmUp(WARM_UP_RUNS);
      PictureInput input =
          new PictureInput(
              interpreter.input(0).type(),
              interpreter.input(0).shape(),
              interpreter.input(0).info().quantization(),
              Optional.empty());
      for (DigitPictures.DigitPicture drawn : DigitPictures.all()) {
        Picture picture = picture(drawn.name());
        interpreter.input(0).buffer().put(input.encode(picture));
        long start = System.nanoTime();
        interpreter.run();
        double micros = (System.nanoTime() - start) / 1e3;
        double[] probabilities = softmax(interpreter.output(0).dequantize());
        int seen = TensorNumbers.top(probabilities, 1).get(0);
        answers.add(
            new Answer(drawn.name(), drawn.digit(), picture, seen, probabilities[seen], micros));
      }
    }
    return answers;
  }

  /** A shipped file. */
  static InputStream resource(String name) throws IOException {
    InputStream in = DigitPictures.class.getResourceAsStream(name);
    if (in == null) {
      throw new FileNotFoundException(name + " in this program's jar");
    }
    return in;
  }

  private static Picture picture(String name) throws IOException {
    try (InputStream in = resource(name + ".png")) {
      return PictureReader.read(name, in);
    }
  }

  private static double[] softmax(float[] logits) {
    double[] out = new double[logits.length];
    double top = Double.NEGATIVE_INFINITY;
    for (float logit : logits) {
      top = Math.max(top, logit);
    }
    double sum = 0;
    for (int i = 0; i < out.length; i++) {
      out[i] = Math.exp(logits[i] - top);
      sum += out[i];
    }
    for (int i = 0; i < out.length; i++) {
      out[i] /= sum;
    }
    return out;
  }

  private static void row(PrintWriter out, GreyText text, List<Answer> answers) {
    List<List<String>> pictures = answers.stream().map(a -> text.lines(a.picture())).toList();
    for (int line = 0; line < pictures.get(0).size(); line++) {
      StringBuilder drawn = new StringBuilder();
      for (List<String> picture : pictures) {
        drawn.append(picture.get(line)).append(GAP);
      }
      out.println(drawn.toString().stripTrailing());
    }
    StringBuilder captions = new StringBuilder();
    for (Answer answer : answers) {
      String caption =
          String.format(
              Locale.ROOT,
              "%d  %5.1f %%  %6.1f \u00b5s%s",
              answer.seen(),
              100 * answer.probability(),
              answer.micros(),
              answer.right() ? "" : "  WRONG");
      captions.append(String.format("%-" + DigitPictures.SIZE + "s", caption)).append(GAP);
    }
    out.println(captions.toString().stripTrailing());
    out.println();
  }

  private void summary(PrintWriter out, List<Answer> answers, long right) {
    out.printf(
        Locale.ROOT,
        "%d of %d right, %.1f \u00b5s a picture (median), %s, %d %s, %s%n",
        right,
        answers.size(),
        medianMicros(answers),
        Octet.isa(),
        engine.threads(),
        engine.threads() == 1 ? "thread" : "threads",
        engine.numericsName());
  }

  private static double medianMicros(List<Answer> answers) {
    return new Percentiles(answers.stream().mapToDouble(Answer::micros).toArray()).at(50);
  }

  private JsonObject json(List<Answer> answers, long right) {
    JsonArray pictures = new JsonArray();
    for (Answer answer : answers) {
      JsonObject picture = new JsonObject();
      picture.addProperty("name", answer.name());
      picture.addProperty("digit", answer.digit());
      picture.addProperty("prediction", answer.seen());
      picture.add("probability", Json.number(answer.probability()));
      picture.add("us", Json.number(answer.micros()));
      pictures.add(picture);
    }
    JsonObject result = new JsonObject();
    result.addProperty("right", right);
    result.addProperty("count", answers.size());
    result.add("median_us", Json.number(medianMicros(answers)));
    result.addProperty("isa", Octet.isa());
    result.addProperty("threads", engine.threads());
    result.addProperty("numerics", engine.numericsName());
    result.add("pictures", pictures);
    return result;
  }
}
