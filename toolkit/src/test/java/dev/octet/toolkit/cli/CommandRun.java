// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import java.io.PrintWriter;
import java.io.StringWriter;

/** One command line run within the tests' process, and what came of it. */
record CommandRun(int code, String out, String err) {
  static CommandRun of(Object... args) {
    String[] words = new String[args.length];
    for (int i = 0; i < words.length; i++) {
      words[i] = args[i].toString();
    }
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code = OctetCommand.execute(new PrintWriter(out, true), new PrintWriter(err, true), words);
    return new CommandRun(code, out.toString(), err.toString());
  }

  /** Runs and requires exit code 0 and silence on standard error. */
  static CommandRun good(Object... args) {
    CommandRun run = of(args);
    assertEquals("", run.err());
    assertEquals(0, run.code(), run.out());
    return run;
  }

  /** Runs, requires the exit code and one line on standard error, and returns that line. */
  static String failed(int code, Object... args) {
    CommandRun run = of(args);
    assertEquals(code, run.code(), run.err());
    assertEquals("", run.out());
    assertEquals(1, run.err().lines().count(), run.err());
    return run.err().strip();
  }

  JsonElement json() {
    return JsonParser.parseString(out);
  }
}
