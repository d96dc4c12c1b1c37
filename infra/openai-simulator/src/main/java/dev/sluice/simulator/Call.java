package dev.sluice.simulator;

import com.sun.net.httpserver.HttpExchange;
import dev.sluice.simulator.limit.Levels;
import dev.sluice.simulator.wire.ApiError;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One HTTP exchange and the headers every answer of the API carries. */
final class Call {
  private static final String API_VERSION = "2020-10-01";

  private final HttpExchange exchange;
  private final Ticker ticker;
  private final long receivedAt;

  Call(HttpExchange exchange, Ticker ticker, String requestId) {
    this.exchange = exchange;
    this.ticker = ticker;
    this.receivedAt = ticker.now();
    var headers = exchange.getResponseHeaders();
    headers.set("x-request-id", requestId);
    headers.set("openai-version", API_VERSION);
    headers.set("openai-organization", RateLimitErrors.ORGANIZATION);
  }

  /** Nanoseconds of the ticker. */
  long receivedAt() {
    return receivedAt;
  }

  String method() {
    return exchange.getRequestMethod();
  }

  String path() {
    return exchange.getRequestURI().getPath();
  }

  /** The query string's parameters, decoded; a name may have several values. */
  Map<String, List<String>> query() {
    var parameters = new HashMap<String, List<String>>();
    var query = exchange.getRequestURI().getRawQuery();
    if (query == null) {
      return parameters;
    }
    for (var pair : query.split("&")) {
      var parts = pair.split("=", 2);
      var value = parts.length == 1 ? "" : URLDecoder.decode(parts[1], StandardCharsets.UTF_8);
      parameters
          .computeIfAbsent(
              URLDecoder.decode(parts[0], StandardCharsets.UTF_8), _ -> new ArrayList<>())
          .add(value);
    }
    return parameters;
  }

  @Nullable String header(String name) {
    return exchange.getRequestHeaders().getFirst(name);
  }

  byte[] body() throws IOException {
    return exchange.getRequestBody().readAllBytes();
  }

  void levels(Levels levels) {
    RateLimitHeaders.put(exchange.getResponseHeaders(), levels);
  }

  void reply(int status, String contentType, String document) throws IOException {
    var bytes = document.getBytes(StandardCharsets.UTF_8);
    try (var out = open(status, contentType, bytes.length)) {
      out.write(bytes);
    }
  }

  void reply(ApiError error) throws IOException {
    if (error.retryAfterMs() > 0) {
      RateLimitHeaders.putRetryAfter(exchange.getResponseHeaders(), error.retryAfterMs());
    }
    reply(error.status(), "application/json", error.body().toString());
  }

  void json(String document) throws IOException {
    reply(200, "application/json", document);
  }

  /** Starts a stream of events; each is flushed by its writer. */
  OutputStream events() throws IOException {
    exchange.getResponseHeaders().set("Cache-Control", "no-cache");
    return open(200, "text/event-stream; charset=utf-8", 0);
  }

  /** Starts an answer of exactly that many bytes. */
  OutputStream open(int status, String contentType, long length) throws IOException {
    var headers = exchange.getResponseHeaders();
    headers.set("Content-Type", contentType);
    headers.set(
        "openai-processing-ms", Long.toString(RateLimitHeaders.millis(ticker.now() - receivedAt)));
    exchange.sendResponseHeaders(status, length);
    return exchange.getResponseBody();
  }
}
