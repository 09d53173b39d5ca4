// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import dev.octet.ops.Ops;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class OperatorTableTest {
  @Test
  void theReadmeHasTheTableThatTheCodeGives() throws IOException {
    String readme = Files.readString(Path.of("..", "README.md"));
    String begin = "<!-- operators -->\n";
    String held =
        readme.substring(
            readme.indexOf(begin) + begin.length(), readme.indexOf("<!-- /operators -->"));
    assertEquals(OperatorTable.markdown(), held, "replace it by: octet inspect --ops --markdown");
  }

  @Test
  void everyOperatorIsListed() {
    CommandRun run = CommandRun.good("inspect", "--ops");
    assertTrue(run.out().contains("CONV_2D"), run.out());
    assertTrue(run.out().contains(Ops.ALL.size() + " operators"), run.out());
    JsonArray json = CommandRun.good("inspect", "--ops", "--json").json().getAsJsonArray();
    assertEquals(Ops.ALL.size(), json.size());
    CommandRun.failed(2, "inspect");
  }
}
