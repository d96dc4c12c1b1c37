package dev.sluice.systemtests;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;

/** Looks into Redis, in its own protocol: one command needs no client library. */
final class RedisProbe implements AutoCloseable {
  private final Socket socket;
  private final BufferedReader answers;

  RedisProbe(String url) {
    var address = URI.create(url);
    try {
      socket = new Socket(address.getHost(), address.getPort());
      answers = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
    } catch (IOException unreachable) {
      throw new UncheckedIOException(unreachable);
    }
  }

  /** Number of fields of a hash; 0 if there is none. */
  int fields(String key) {
    return number("HLEN " + key);
  }

  /** Number of members of a set; 0 if there is none. */
  int members(String key) {
    return number("SCARD " + key);
  }

  /** Whether there was something to forget. */
  boolean forget(String key) {
    return number("DEL " + key) > 0;
  }

  private int number(String command) {
    try {
      socket.getOutputStream().write((command + "\r\n").getBytes(UTF_8));
      return Integer.parseInt(answers.readLine().substring(1));
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }
}
