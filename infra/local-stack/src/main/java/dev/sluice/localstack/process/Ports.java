package dev.sluice.localstack.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** TCP ports of this machine. Thread-safe. */
public final class Ports {

  // Below the range from which operating systems take the ports of outgoing connections: a part
  // that restarts must find its port still free.
  private static final int FIRST = 20_000;
  private static final int END = 32_000;
  private static final int TRIES = 1_000;

  /*
   * Between the moment when a port is chosen and the one when its part listens, another stack may
   * choose the same. Whoever has claimed port N holds the lock on byte N of this file.
   */
  private static final Path CLAIMS =
      Path.of(System.getProperty("java.io.tmpdir"))
          .resolve("sluice-ports-" + System.getProperty("user.name"));

  private static final Map<Integer, FileLock> OURS = new HashMap<>();
  private static @Nullable FileChannel claims;

  private Ports() {}

  public static boolean isFree(int port) {
    return binds(InetAddress.getLoopbackAddress(), port) && binds(null, port);
  }

  /** A port that nobody listens on and no stack of this user has claimed; it is claimed now. */
  public static int anyFree(RandomGenerator random) {
    for (int i = 0; i < TRIES; i++) {
      int port = random.nextInt(FIRST, END);
      if (!isOurs(port) && isFree(port) && claim(port)) {
        return port;
      }
    }
    throw new StackException("no free port between %d and %d".formatted(FIRST, END));
  }

  /**
   * Keeps a port for this JVM, until it ends.
   *
   * @return false if another JVM has claimed it
   */
  public static synchronized boolean claim(int port) {
    if (isOurs(port)) {
      return true;
    }
    try {
      if (claims == null) {
        claims = FileChannel.open(CLAIMS, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      }
      var lock = claims.tryLock(port, 1, false);
      if (lock != null) {
        OURS.put(port, lock);
      }
      return lock != null;
    } catch (IOException noLocks) {
      return true; // a file system without them: as good as it gets
    }
  }

  private static synchronized boolean isOurs(int port) {
    return OURS.containsKey(port);
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
