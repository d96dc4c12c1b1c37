package dev.sluice.systemtests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A way to an api that can be cut: what is open breaks, and nothing new gets through until it is
 * mended. May lead to another api afterwards. Thread-safe.
 */
final class CuttableWire implements AutoCloseable {
  private final ServerSocket entrance;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile URI target;
  private volatile boolean cut;

  private CuttableWire(ServerSocket entrance, String target) {
    this.entrance = entrance;
    this.target = URI.create(target);
  }

  static CuttableWire to(String api) {
    try {
      var wire = new CuttableWire(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), api);
      Thread.startVirtualThread(wire::run);
      return wire;
    } catch (IOException noPort) {
      throw new UncheckedIOException(noPort);
    }
  }

  /** {@code http://127.0.0.1:PORT}. */
  String url() {
    return "http://127.0.0.1:" + entrance.getLocalPort();
  }

  void cut() {
    cut = true;
    open.forEach(CuttableWire::close);
  }

  void mend() {
    cut = false;
  }

  /** Connections from now on are to this api. */
  void leadTo(String api) {
    target = URI.create(api);
  }

  private void run() {
    while (!entrance.isClosed())
      try {
        var client = entrance.accept();
        Thread.startVirtualThread(() -> join(client));
      } catch (IOException closed) {
        return;
      }
  }

  private void join(Socket client) {
    try (client;
        var server = new Socket(target.getHost(), target.getPort())) {
      open.add(client);
      open.add(server);
      // After it is known: a cut that comes in between closes it one way or the other
      if (cut) return;
      var back = Thread.startVirtualThread(() -> pump(server, client));
      pump(client, server);
      back.join();
    } catch (IOException broken) {
      // As wires do
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(client);
    }
  }

  private void pump(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException broken) {
      // As wires do
    } finally {
      close(from);
      close(to);
      open.remove(from);
      open.remove(to);
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException gone) {
      // So it is closed
    }
  }

  @Override
  public void close() {
    try {
      entrance.close();
    } catch (IOException gone) {
      // So it is closed
    }
    cut();
  }
}
