package dev.sluice.simulator;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A running simulator of OpenAI's API. Closing it drops every connection. Thread-safe. */
public final class OpenAiSimulator implements AutoCloseable {
  private static final int BACKLOG = 4_096;

  static {
    // Read once, when the JDK's server is first used in this JVM: whoever uses it earlier must set
    // them too, or deltas wait for Nagle's algorithm.
    setUnlessSet("sun.net.httpserver.nodelay", "true");
    setUnlessSet("sun.net.httpserver.maxIdleConnections", "5000");
    setUnlessSet("sun.net.httpserver.idleInterval", "300");
  }

  private final HttpServer server;
  private final ExecutorService threads;
  private final ControlApi control;
  private final String url;

  private OpenAiSimulator(
      HttpServer server, ExecutorService threads, ControlApi control, String host) {
    this.server = server;
    this.threads = threads;
    this.control = control;
    this.url = "http://" + host + ":" + server.getAddress().getPort();
  }

  /** Starts a simulator; it answers once this returns. */
  public static OpenAiSimulator start(SimulatorOptions options) {
    var provider = Provider.of(options);
    var control = new ControlApi(provider);
    try {
      var server =
          HttpServer.create(new InetSocketAddress(options.host(), options.port()), BACKLOG);
      var threads =
          Executors.newThreadPerTaskExecutor(
              Thread.ofVirtual().name("simulator-request-", 0).factory());
      server.setExecutor(threads);
      server.createContext("/", new Routes(provider, control, options.unknownParametersAllowed()));
      server.start();
      return new OpenAiSimulator(server, threads, control, options.host());
    } catch (IOException cannotListen) {
      throw new UncheckedIOException(
          "cannot listen on " + options.host() + ":" + options.port() + ", choose another port",
          cannotListen);
    }
  }

  /** {@code http://127.0.0.1:PORT}: what the control API and the audit are under. */
  public String url() {
    return url;
  }

  /** What an OpenAI client takes as its base URL. */
  public String apiUrl() {
    return url + "/v1";
  }

  /** The same as {@code PUT /simulator/faults}. */
  public void setFaults(String json) {
    set("/simulator/faults", json);
  }

  /** The same as {@code PUT /simulator/limits}. */
  public void setLimits(String json) {
    set("/simulator/limits", json);
  }

  /** The same as {@code PUT /simulator/latency}. */
  public void setLatency(String json) {
    set("/simulator/latency", json);
  }

  /** The same as {@code GET /audit/requests}: one JSON document a line. */
  public String audit() {
    return control.auditLines();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
    threads.close();
  }

  private void set(String path, String json) {
    control.set(path, json.getBytes(StandardCharsets.UTF_8));
  }

  private static void setUnlessSet(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }
}
