// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import dev.octet.Interpreter;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * One {@code NAME_OR_INDEX=VALUE} of the command line. A name is that of the signature's argument
 * or of the tensor; names win over numbers. A model of one input may leave out {@code
 * NAME_OR_INDEX=}.
 *
 * @param index of the input
 * @param value what stands behind the sign
 */
record InputName(int index, String value) {
  /**
   * @throws NoSuchElementException naming the inputs that there are
   */
  static InputName parse(Interpreter interpreter, String text) {
    List<String> arguments = List.copyOf(interpreter.signature().inputs().keySet());
    List<String> tensors = new ArrayList<>();
    for (int i = 0; i < interpreter.inputCount(); i++) {
      tensors.add(interpreter.input(i).name());
    }
    for (int sign = text.indexOf('='); sign >= 0; sign = text.indexOf('=', sign + 1)) {
      String name = text.substring(0, sign);
      int index = arguments.indexOf(name);
      index = index >= 0 ? index : tensors.indexOf(name);
      index = index >= 0 ? index : number(name, tensors.size());
      if (index >= 0) {
        return new InputName(index, text.substring(sign + 1));
      }
    }
    if (text.indexOf('=') < 0 && tensors.size() == 1) {
      return new InputName(0, text);
    }
    throw new NoSuchElementException(
        "'"
            + text
            + "' names no input; the model's are "
            + arguments
            + ", or 0 to "
            + (tensors.size() - 1));
  }

  private static int number(String name, int count) {
    if (!name.matches("[0-9]{1,9}")) {
      return -1;
    }
    int index = Integer.parseInt(name);
    return index < count ? index : -1;
  }
}
