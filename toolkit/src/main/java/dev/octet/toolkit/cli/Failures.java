// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import dev.octet.OctetException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.NoSuchElementException;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Tells every failure in one line; a fault of Octet itself comes with its stack trace. */
final class Failures {
  private Failures() {}

  static int report(Exception failure, CommandLine line, ParseResult result) {
    PrintWriter err = line.getErr();
    err.println("octet: " + oneLine(message(failure)));
    if (!expected(failure)) {
      failure.printStackTrace(err);
    }
    err.flush();
    return CommandLine.ExitCode.SOFTWARE;
  }

  static int reportUsage(ParameterException failure, String[] args) {
    CommandLine line = failure.getCommandLine();
    PrintWriter err = line.getErr();
    String command = line.getCommandSpec().qualifiedName();
    err.println(command + ": " + oneLine(failure.getMessage()) + " (see " + command + " --help)");
    err.flush();
    return CommandLine.ExitCode.USAGE;
  }

  private static boolean expected(Throwable failure) {
    return failure instanceof OctetException
        || failure instanceof IOException
        || failure instanceof UncheckedIOException
        || failure instanceof IllegalArgumentException
        || failure instanceof IllegalStateException
        || failure instanceof NoSuchElementException;
  }

  private static String message(Throwable failure) {
    if (failure instanceof UncheckedIOException) {
      return message(failure.getCause());
    }
    if (failure instanceof NoSuchFileException || failure instanceof FileNotFoundException) {
      return failure.getMessage() + ": no such file";
    }
    if (failure instanceof AccessDeniedException) {
      return failure.getMessage() + ": access denied";
    }
    if (failure instanceof FileSystemException) {
      return failure.getMessage();
    }
    boolean named = expected(failure) && failure.getMessage() != null;
    return named ? failure.getMessage() : "internal fault: " + failure;
  }

  private static String oneLine(String message) {
    return message.strip().replaceAll("\\s*\\R\\s*", "; ");
  }
}
