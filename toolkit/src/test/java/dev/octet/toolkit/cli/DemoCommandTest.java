// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.octet.Octet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DemoCommandTest {
  @Test
  void everyDigitIsReadRight() {
    String out = CommandRun.good("demo", "--ascii").out();
    assertTrue(out.contains("30 of 30 right"), out);
    assertTrue(out.contains(Octet.isa()), out);
    assertTrue(out.contains("@@"), out);
    assertEquals(10 * 16 + 1, out.lines().count());
  }

  @ParameterizedTest
  @ValueSource(strings = {"fast", "exact"})
  void everyDigitIsReadRightAndSurely(String numerics) {
    JsonObject report =
        CommandRun.good("demo", "--json", "--numerics", numerics).json().getAsJsonObject();
    assertEquals(30, report.get("count").getAsInt());
    assertEquals(30, report.get("right").getAsInt());
    assertEquals(numerics, report.get("numerics").getAsString());
    assertTrue(report.get("median_us").getAsDouble() > 0);
    for (JsonElement each : report.getAsJsonArray("pictures")) {
      JsonObject picture = each.getAsJsonObject();
      assertEquals(picture.get("digit"), picture.get("prediction"), picture.toString());
      assertTrue(picture.get("probability").getAsDouble() > 0.8, picture.toString());
    }
  }
}
