// SPDX-License-Identifier: Apache-2.0
package dev.octet.peer;

import dev.octet.TensorType;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What {@link PeerProcess} and {@link PeerServer} send each other: a request is one of the codes
 * and its arguments, an answer is a mark, a boolean and either a reason or what was asked for.
 * Everything of variable size is preceded by its count.
 */
final class PeerProtocol {
  static final int LOAD = 1;
  static final int RESIZE = 2;
  static final int RUN = 3;

  /** Begins every answer: what a dying process prints is not taken for one. */
  private static final int MARK = 0x0c7e7001;

  private PeerProtocol() {}

  static void answer(DataOutputStream out, boolean ok) throws IOException {
    out.writeInt(MARK);
    out.writeBoolean(ok);
  }

  /** True for an answer that is not a refusal. */
  static boolean answered(DataInputStream in) throws IOException {
    if (in.readInt() != MARK) {
      throw new IOException("not an answer");
    }
    return in.readBoolean();
  }

  static void writeBytes(DataOutputStream out, byte[] bytes) throws IOException {
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  static byte[] readBytes(DataInputStream in) throws IOException {
    byte[] bytes = new byte[in.readInt()];
    in.readFully(bytes);
    return bytes;
  }

  static void writeInts(DataOutputStream out, int[] ints) throws IOException {
    out.writeInt(ints.length);
    for (int each : ints) {
      out.writeInt(each);
    }
  }

  static int[] readInts(DataInputStream in) throws IOException {
    int[] ints = new int[in.readInt()];
    for (int i = 0; i < ints.length; i++) {
      ints[i] = in.readInt();
    }
    return ints;
  }

  static void writeValues(DataOutputStream out, List<byte[]> values) throws IOException {
    out.writeInt(values.size());
    for (byte[] each : values) {
      writeBytes(out, each);
    }
  }

  static List<byte[]> readValues(DataInputStream in) throws IOException {
    int count = in.readInt();
    List<byte[]> values = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      values.add(readBytes(in));
    }
    return values;
  }

  static void writeTensors(DataOutputStream out, List<PeerTensor> tensors) throws IOException {
    out.writeInt(tensors.size());
    for (PeerTensor each : tensors) {
      out.writeUTF(each.name());
      out.writeInt(each.type().code());
      writeInts(out, each.shape());
      out.writeLong(each.bytes());
      out.writeFloat(each.scale());
      out.writeInt(each.zeroPoint());
    }
  }

  static List<PeerTensor> readTensors(DataInputStream in) throws IOException {
    int count = in.readInt();
    List<PeerTensor> tensors = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      tensors.add(
          new PeerTensor(
              in.readUTF(),
              TensorType.of(in.readInt()),
              readInts(in),
              in.readLong(),
              in.readFloat(),
              in.readInt()));
    }
    return tensors;
  }
}
