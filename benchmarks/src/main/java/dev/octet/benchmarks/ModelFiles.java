// SPDX-License-Identifier: Apache-2.0
package dev.octet.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Where models are found. */
final class ModelFiles {
  /** In the shared folder: what is measured when nothing is named. */
  private static final List<String> KNOWN =
      List.of(
          "models/hello_world_int8.tflite",
          "models/hello_world_float.tflite",
          "models/micro_speech_quantized.tflite",
          "models/ad01_int8.tflite",
          "models/ad01_fp32.tflite",
          "models/kws_ref_model.tflite",
          "models/kws_ref_model_float32.tflite",
          "models/pretrainedResnet_quant.tflite",
          "models/pretrainedResnet.tflite",
          "models/vww_96_int8.tflite",
          "models/vww_96_float.tflite",
          "models/mobilenet_v1_0.25_128_quant.tflite",
          "models/tf2_mobilenet_v2_1.0_224_ptq.tflite",
          "models/mobilenet_v2_1.0_224_quant.tflite",
          "reference/mobilenet_v2_float/float.tflite",
          "reference/mobilenet_v2_float/int8_int8_io.tflite",
          "reference/mnist_articles/float.tflite",
          "reference/mnist_articles/int8_float_io.tflite",
          "reference/dense_1024/float.tflite",
          "reference/dense_1024/dynamic.tflite");

  private ModelFiles() {}

  /** The folder that {@code OCTET_SHARED} names, by default beside the project's. */
  static Path shared() {
    String name = System.getProperty("OCTET_SHARED", System.getenv("OCTET_SHARED"));
    return Path.of(name == null ? "../shared" : name);
  }

  /** Known models that are there. */
  static List<String> present() {
    return KNOWN.stream()
        .map(name -> shared().resolve(name).normalize())
        .filter(Files::exists)
        .map(Path::toString)
        .toList();
  }

  /** Every model of the shared folder: those published, then the pairs made for reference. */
  static List<Path> all() {
    List<Path> files = new ArrayList<>();
    for (String folder : List.of("models", "reference")) {
      Path start = shared().resolve(folder);
      if (!Files.isDirectory(start)) {
        continue;
      }
      try (Stream<Path> entries = Files.walk(start, 2)) {
        entries
            .map(Path::normalize)
            .filter(file -> file.toString().matches(".*\\.(tflite|bin)"))
            .filter(Files::isRegularFile)
            .sorted()
            .forEach(files::add);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return files;
  }

  /** Models themselves and those in folders, in the order of their names. */
  static List<Path> expand(List<String> names) {
    List<Path> files = new ArrayList<>();
    for (String name : names) {
      Path path = Path.of(name);
      if (!Files.isDirectory(path)) {
        files.add(path);
        continue;
      }
      try (Stream<Path> entries = Files.list(path)) {
        entries.filter(file -> file.toString().endsWith(".tflite")).sorted().forEach(files::add);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return files;
  }

  /** The file's name, with its folder's where that says more than {@code models}. */
  static String title(Path file) {
    String name = file.getFileName().toString().replaceFirst("\\.tflite$", "");
    Path folder = file.toAbsolutePath().normalize().getParent();
    boolean plain = folder.getFileName() == null || folder.endsWith("models");
    return plain ? name : folder.getFileName() + "/" + name;
  }
}
