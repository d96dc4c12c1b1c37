package dev.sluice.localstack.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** TCP ports of this machine. */
public final class Ports {

  // Below the range from which operating systems take the ports of outgoing connections: a part
  // that restarts must find its port still free.
  private static final int FIRST = 20_000;
  private static final int END = 32_000;
  private static final int TRIES = 1_000;

  private Ports() {}

  public static boolean isFree(int port) {
    return binds(InetAddress.getLoopbackAddress(), port) && binds(null, port);
  }

  /** A port that nobody listens on now; nothing keeps it reserved. */
  public static int anyFree(RandomGenerator random) {
    for (int i = 0; i < TRIES; i++) {
      int port = random.nextInt(FIRST, END);
      if (isFree(port)) {
        return port;
      }
    }
    throw new StackException("no free port between %d and %d".formatted(FIRST, END));
  }

  private static boolean binds(@Nullable InetAddress host, int port) {
    try (var socket = new ServerSocket()) {
      socket.bind(host == null ? new InetSocketAddress(port) : new InetSocketAddress(host, port));
      return true;
    } catch (IOException taken) {
      return false;
    }
  }
}
