package dev.sluice.localstack.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
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
   * choose the same. Whoever has claimed port N holds the lock on byte N of this file, and another
   * stack of the same JVM finds it here.
   */
  private static final Path CLAIMS =
      Path.of(System.getProperty("java.io.tmpdir"))
          .resolve("sluice-ports-" + System.getProperty("user.name"));

  private static final Map<Integer, Optional<FileLock>> CLAIMED = new HashMap<>(); // by this JVM
  private static @Nullable FileChannel claims;

  private Ports() {}

  public static boolean isFree(int port) {
    return binds(InetAddress.getLoopbackAddress(), port) && binds(null, port);
  }

  /**
   * Claims a port that nobody listens on, of which other stacks of this user keep away until it is
   * released or this JVM ends.
   */
  public static synchronized int anyFree(RandomGenerator random) {
    for (int i = 0; i < TRIES; i++) {
      int port = random.nextInt(FIRST, END);
      if (isFree(port) && claim(port)) {
        return port;
      }
    }
    throw new StackException("no free port between %d and %d".formatted(FIRST, END));
  }

  /**
   * Claims a port, whether or not somebody listens on it.
   *
   * @return false if it is claimed, by whomever
   */
  public static synchronized boolean claim(int port) {
    if (CLAIMED.containsKey(port)) {
      return false;
    }
    try {
      if (claims == null) {
        claims = FileChannel.open(CLAIMS, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      }
      var lock = claims.tryLock(port, 1, false);
      if (lock == null) {
        return false;
      }
      CLAIMED.put(port, Optional.of(lock));
    } catch (IOException noLocks) {
      CLAIMED.put(port, Optional.empty()); // known to this JVM alone: as good as it gets
    }
    return true;
  }

  public static synchronized void release(int port) {
    var lock = CLAIMED.remove(port);
    if (lock != null && lock.isPresent()) {
      try {
        lock.get().release();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
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
