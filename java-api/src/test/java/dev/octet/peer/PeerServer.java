// SPDX-License-Identifier: Apache-2.0
package dev.octet.peer;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The process at the other end of a {@link PeerProcess}: answers until its input ends. */
final class PeerServer {
  private final DataInputStream in;
  private final DataOutputStream out;
  private Peer peer;

  private PeerServer(DataInputStream in, DataOutputStream out) {
    this.in = in;
    this.out = out;
  }

  public static void main(String[] args) throws IOException {
    DataOutputStream out = new DataOutputStream(new BufferedOutputStream(System.out, 1 << 16));
    // only answers go to standard output, whatever a library prints through System.out
    System.setOut(System.err);
    new PeerServer(new DataInputStream(new BufferedInputStream(System.in, 1 << 16)), out).serve();
  }

  private void serve() throws IOException {
    while (true) {
      int request;
      try {
        request = in.readInt();
      } catch (EOFException e) {
        return;
      }
      switch (request) {
        case PeerProtocol.LOAD -> load();
        case PeerProtocol.RESIZE -> resize();
        case PeerProtocol.RUN -> run();
        default -> throw new IOException("request " + request);
      }
      out.flush();
    }
  }

  private void load() throws IOException {
    PeerKernels kernels = PeerKernels.valueOf(in.readUTF());
    int threads = in.readInt();
    byte[] model = PeerProtocol.readBytes(in);
    if (peer != null) {
      peer.close();
      peer = null;
    }
    try {
      peer = Peer.load(model, kernels, threads);
    } catch (RuntimeException e) {
      refuse(e);
      return;
    }
    describe();
  }

  private void resize() throws IOException {
    int count = in.readInt();
    List<int[]> shapes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      shapes.add(PeerProtocol.readInts(in));
    }
    try {
      peer.resize(shapes);
    } catch (RuntimeException e) {
      refuse(e);
      return;
    }
    describe();
  }

  private void describe() throws IOException {
    PeerProtocol.answer(out, true);
    PeerProtocol.writeTensors(out, peer.inputs());
    PeerProtocol.writeTensors(out, peer.outputs());
  }

  private void run() throws IOException {
    List<byte[]> inputs = PeerProtocol.readValues(in);
    List<byte[]> outputs;
    try {
      outputs = peer.run(inputs);
    } catch (RuntimeException e) {
      refuse(e);
      return;
    }
    PeerProtocol.answer(out, true);
    PeerProtocol.writeTensors(out, peer.outputs());
    PeerProtocol.writeValues(out, outputs);
  }

  private void refuse(RuntimeException e) throws IOException {
    PeerProtocol.answer(out, false);
    out.writeUTF(e instanceof PeerException ? e.getMessage() : e.toString());
  }
}
