package dev.sluice.benchmarks.budget;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * The way to the provider, for every subject: an HTTP/1.1 proxy on a port of its own that holds
 * each request for a random time and passes answers on as they come. Thread-safe.
 */
final class Network implements AutoCloseable {
  // A connection carries one request at a time (nobody pipelines), so what comes from a client is
  // read as whole requests and what comes from the provider is copied as it is. Each direction has
  // a virtual thread; whichever ends first closes both sockets, which ends the other.
  private static final int BACKLOG = 1_000;
  private static final int HEAD_END = 0x0d0a0d0a; // \r\n\r\n
  private static final String LENGTH = "content-length:";

  private final ServerSocket server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private volatile URI provider = URI.create("http://127.0.0.1:1");
  private volatile Duration most = Duration.ZERO;

  private Network(ServerSocket server) {
    this.server = server;
  }

  /** Listens on a free port; leads nowhere yet and delays nothing. */
  static Network open() {
    try {
      var network = new Network(new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress()));
      network.threads.execute(network::accept);
      return network;
    } catch (IOException none) {
      throw new UncheckedIOException("no port for the network", none);
    }
  }

  /** Without {@code /v1}. */
  String url() {
    return "http://127.0.0.1:" + server.getLocalPort();
  }

  void leadsTo(String url) {
    provider = URI.create(url);
  }

  /** Each request takes a random time from nothing to {@code longest} more. */
  void delays(Duration longest) {
    most = longest;
  }

  private void accept() {
    try {
      while (true) {
        var client = server.accept();
        threads.execute(() -> carry(client));
      }
    } catch (IOException closed) {
      threads.shutdown();
    }
  }

  private void carry(Socket client) {
    try (client;
        var far = new Socket(provider.getHost(), provider.getPort())) {
      client.setTcpNoDelay(true);
      far.setTcpNoDelay(true);
      threads.execute(() -> answers(far, client));
      requests(
          new BufferedInputStream(client.getInputStream()),
          new BufferedOutputStream(far.getOutputStream()));
    } catch (IOException | InterruptedException ended) {
      // a connection that ends is nothing to tell
    }
  }

  private static void answers(Socket far, Socket client) {
    try (far;
        client) {
      far.getInputStream().transferTo(client.getOutputStream());
    } catch (IOException ended) {
      // the client sees it
    }
  }

  private void requests(InputStream from, OutputStream to)
      throws IOException, InterruptedException {
    while (true) {
      var head = head(from);
      var body = from.readNBytes(length(head));
      long longest = most.toNanos();
      if (longest > 0) TimeUnit.NANOSECONDS.sleep(ThreadLocalRandom.current().nextLong(longest));
      to.write(head);
      to.write(body);
      to.flush();
    }
  }

  private static byte[] head(InputStream from) throws IOException {
    var head = new ByteArrayOutputStream(512);
    for (int lastFour = 0; lastFour != HEAD_END; ) {
      int next = from.read();
      if (next < 0) throw new EOFException();
      head.write(next);
      lastFour = lastFour << 8 | next;
    }
    return head.toByteArray();
  }

  static int length(byte[] head) throws SocketException {
    var text = new String(head, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
    if (text.contains("transfer-encoding:")) throw new SocketException("of unknown length");
    return text.lines()
        .filter(line -> line.startsWith(LENGTH))
        .mapToInt(line -> Integer.parseInt(line.substring(LENGTH.length()).strip()))
        .findFirst()
        .orElse(0);
  }

  @Override
  public void close() {
    threads.shutdownNow();
    try {
      server.close();
    } catch (IOException already) {
      throw new UncheckedIOException(already);
    }
  }
}
