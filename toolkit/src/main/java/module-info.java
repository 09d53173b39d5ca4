// SPDX-License-Identifier: Apache-2.0

/** Tools around Octet models, and the command {@code octet}. */
module dev.octet.toolkit {
  requires HdrHistogram;
  requires com.google.gson;
  requires dev.octet;
  requires info.picocli;
  requires java.desktop;
  requires java.management;

  exports dev.octet.toolkit.calibrate;
  exports dev.octet.toolkit.data;
  exports dev.octet.toolkit.debug;
  exports dev.octet.toolkit.edgetpu;
  exports dev.octet.toolkit.evaluate;
  exports dev.octet.toolkit.load;
  exports dev.octet.toolkit.model;
  exports dev.octet.toolkit.quantize;
  exports dev.octet.toolkit.report;
  exports dev.octet.toolkit.search;

  opens dev.octet.toolkit.cli to
      info.picocli;
}
