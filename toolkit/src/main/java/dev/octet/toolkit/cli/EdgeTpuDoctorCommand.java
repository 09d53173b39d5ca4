// SPDX-License-Identifier: Apache-2.0
package dev.octet.toolkit.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.octet.toolkit.edgetpu.Diagnosis;
import dev.octet.toolkit.edgetpu.DiagnosisText;
import dev.octet.toolkit.edgetpu.FactReader;
import dev.octet.toolkit.edgetpu.Facts;
import dev.octet.toolkit.edgetpu.Finding;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code octet edgetpu doctor}: whether an Edge TPU can be used here, and if not, why not. */
@Command(
    name = "doctor",
    description = {
      "Tells whether a Coral Edge TPU can be used on this machine, and if not, what is in the way"
          + " and what to do about it: libraries, the device on its bus, permissions, who has it.",
      "With MODEL also whether that model can run on it. A device is opened only when all that"
          + " comes before is right; nothing is run."
    },
    mixinStandardHelpOptions = true,
    versionProvider = OctetCommand.Version.class,
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      "0:An Edge TPU can be used, and the model on it, if one was given.",
      "1:A failure: a file that is no model.",
      "2:Wrong usage.",
      "3:No Edge TPU can be used, or not with this model."
    })
final class EdgeTpuDoctorCommand implements Callable<Integer> {
  /** The exit code when something is in the way. */
  static final int UNUSABLE = 3;

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "MODEL",
      arity = "0..1",
      description = "A .tflite file compiled for the Edge TPU.")
  private Path model;

  @Option(
      names = "--device",
      paramLabel = "usb|usb:N|pci|pci:N|:N",
      defaultValue = "",
      description = "The device to look at (default: the first).")
  private String device;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Option(
      names = "--root",
      hidden = true,
      defaultValue = "/",
      description = "Look at a copy of a machine's /sys, /dev, /proc and /etc in this folder.")
  private Path root;

  @Override
  public Integer call() {
    Facts facts = FactReader.read(root, device, model);
    Diagnosis diagnosis;
    try {
      diagnosis = Diagnosis.of(facts);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--device: " + e.getMessage(), e);
    }
    PrintWriter out = spec.commandLine().getOut();
    List<Finding> told = diagnosis.findings();
    if (!json) {
      out.print(DiagnosisText.of(told));
      out.flush(); // libedgetpu may end the process when it opens a device
    }
    if (diagnosis.clear()) {
      diagnosis = Diagnosis.of(facts.with(FactReader.open(device, model)));
    }
    if (json) {
      out.println(Json.text(json(diagnosis)));
    } else {
      List<Finding> all = diagnosis.findings();
      out.print(DiagnosisText.of(all.subList(told.size(), all.size())));
      out.println(DiagnosisText.verdict(diagnosis));
    }
    out.flush();
    return diagnosis.usable() ? 0 : UNUSABLE;
  }

  private static JsonObject json(Diagnosis diagnosis) {
    JsonArray findings = new JsonArray();
    for (Finding each : diagnosis.findings()) {
      JsonObject finding = new JsonObject();
      finding.addProperty("kind", each.kind().name().toLowerCase(Locale.ROOT));
      finding.addProperty("subject", each.subject());
      finding.addProperty("text", each.text());
      JsonArray remedy = new JsonArray();
      each.remedy().forEach(step -> remedy.add(step.strip()));
      finding.add("remedy", remedy);
      findings.add(finding);
    }
    JsonObject report = new JsonObject();
    report.addProperty("usable", diagnosis.usable());
    report.addProperty("faults", diagnosis.faults());
    report.add("findings", findings);
    return report;
  }
}
