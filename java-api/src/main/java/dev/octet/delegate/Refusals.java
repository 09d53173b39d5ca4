// SPDX-License-Identifier: Apache-2.0
package dev.octet.delegate;

import dev.octet.DelegateException;
import dev.octet.DelegateException.Reason;

/** What a delegate's refusal means. */
final class Refusals {
  /** Words of libedgetpu's, the reason that they give, and what to do. */
  private record Known(String words, Reason reason, String advice) {}

  private static final Known[] KNOWN = {
    new Known(
        "Package requires runtime version",
        Reason.RUNTIME_TOO_OLD,
        "Install a newer Edge TPU runtime, or compile the model again with edgetpu_compiler"
            + " --min_runtime_version set to the version of this one"),
    new Known(
        "Package verification failed",
        Reason.CORRUPT_PACKAGE,
        "The compiled part of the file is damaged: copy or compile it again"),
    new Known(
        "Missing raw model data",
        Reason.CORRUPT_PACKAGE,
        "The compiled part of the file is empty: copy or compile it again"),
    new Known(
        "tf_lite_type !=",
        Reason.WRONG_TYPE,
        "A tensor of the file has another element type than the compiled model: compile it again"),
  };

  private Refusals() {}

  static DelegateException ofModel(DelegateSource source, String model, String words) {
    for (Known known : KNOWN) {
      if (words.contains(known.words())) {
        return new DelegateException(
            known.reason(),
            model + ": " + source.name() + " refuses it: " + sentence(words) + known.advice());
      }
    }
    return new DelegateException(
        Reason.REFUSED, model + ": " + source.name() + " refuses it: " + words);
  }

  static DelegateException ofRun(DelegateSource source, String model, String words) {
    return new DelegateException(
        Reason.RUN, model + ": the run failed in " + source.name() + ": " + words);
  }

  static DelegateException notCompiled(DelegateSource source, String model) {
    return new DelegateException(
        Reason.NOT_COMPILED,
        model
            + " has no operator "
            + source.customOperator()
            + ", so that "
            + source.name()
            + " could run nothing of it. Compile the model with edgetpu_compiler, or run it without"
            + " the device");
  }

  private static String sentence(String words) {
    return words.endsWith(".") ? words + " " : words + ". ";
  }
}
