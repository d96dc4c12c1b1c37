package dev.sluice.issuer;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.util.JSONObjectUtils;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A running issuer. {@link #start} returns when it serves. Thread-safe. */
public final class DemoIssuer implements AutoCloseable {

  private static final int MOST_BYTES = 4_096; // of a token request

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Duration longest;
  private final String url;
  private final String keys;
  private final Tokens tokens;

  private DemoIssuer(HttpServer server, IssuerOptions options, InstantSource clock) {
    var key = SigningKey.in(options.keyFile());
    this.server = server;
    this.longest = options.tokenTtl();
    this.url = options.url().isEmpty() ? address(server) : options.url();
    this.keys = new JWKSet(key).toString(); // the public half alone
    this.tokens = new Tokens(key, url, options.audience(), clock);
  }

  public static DemoIssuer start(IssuerOptions options, InstantSource clock) {
    try {
      var server = HttpServer.create(new InetSocketAddress(options.host(), options.port()), 0);
      var issuer = new DemoIssuer(server, options, clock);
      issuer.serve();
      return issuer;
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot listen on %s:%d: %s".formatted(options.host(), options.port(), e.getMessage()),
          e);
    }
  }

  /** What tokens name as their issuer. */
  public String url() {
    return url;
  }

  private static String address(HttpServer server) {
    var address = server.getAddress();
    return "http://%s:%d".formatted(address.getAddress().getHostAddress(), address.getPort());
  }

  private void serve() {
    server.setExecutor(threads);
    get("/.well-known/openid-configuration", JSONObjectUtils.toJSONString(discovery()));
    get("/jwks", keys);
    get("/accounts", JSONObjectUtils.toJSONString(Map.of("accounts", Account.names())));
    get("/health", "{\"status\":\"UP\"}");
    server.createContext("/token", closing(this::token));
    server.createContext("/", closing(exchange -> answer(exchange, 404, error("not_found", ""))));
    server.start();
  }

  private Map<String, Object> discovery() {
    return Map.of(
        "issuer", url,
        "jwks_uri", url + "/jwks",
        "token_endpoint", url + "/token",
        "grant_types_supported", List.of("client_credentials"),
        "token_endpoint_auth_methods_supported", List.of("none"),
        "response_types_supported", List.of("token"),
        "subject_types_supported", List.of("public"),
        "id_token_signing_alg_values_supported", List.of("ES256"));
  }

  private void get(String path, String json) {
    server.createContext(
        path,
        closing(exchange -> {
          if (exchange.getRequestMethod().equals("GET")) {
            answer(exchange, 200, json);
          } else {
            answer(exchange, 405, error("invalid_request", "send a GET"));
          }
        }));
  }

  /** RFC 6749 §4.4, with the account as the client, which has no secret. */
  private void token(HttpExchange exchange) throws IOException {
    var body = exchange.getRequestBody().readNBytes(MOST_BYTES + 1);
    if (!exchange.getRequestMethod().equals("POST") || body.length > MOST_BYTES) {
      answer(exchange, 400, error("invalid_request", "send a small form by POST"));
      return;
    }
    try {
      var form = form(new String(body, UTF_8));
      if (!form.getOrDefault("grant_type", "").equals("client_credentials")) {
        answer(
            exchange, 400, error("unsupported_grant_type", "send grant_type=client_credentials"));
        return;
      }
      var account = Account.named(form.getOrDefault("client_id", ""));
      if (account.isEmpty()) {
        answer(exchange, 401, error("invalid_client", "client_id is one of " + Account.choice()));
        return;
      }
      var ttl = ttl(form.getOrDefault("expires_in", Long.toString(longest.toSeconds())));
      answer(
          exchange,
          200,
          JSONObjectUtils.toJSONString(
              Map.of(
                  "access_token",
                  tokens.of(account.get(), ttl),
                  "token_type",
                  "Bearer",
                  "expires_in",
                  ttl.toSeconds())));
    } catch (IllegalArgumentException unreadable) {
      answer(exchange, 400, error("invalid_request", "the form cannot be read"));
    }
  }

  /** Shorter at the client's wish: tests do not wait for hours. */
  private Duration ttl(String seconds) {
    var wanted = Duration.ofSeconds(Long.parseLong(seconds));
    if (!wanted.isPositive()) {
      throw new IllegalArgumentException("expires_in is not positive");
    }
    return wanted.compareTo(longest) < 0 ? wanted : longest;
  }

  private static Map<String, String> form(String body) {
    var fields = new HashMap<String, String>();
    for (var pair : body.split("&", -1)) {
      int at = pair.indexOf('=');
      if (at > 0) {
        fields.put(decoded(pair.substring(0, at)), decoded(pair.substring(at + 1)));
      }
    }
    return fields;
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, UTF_8);
  }

  private static String error(String code, String description) {
    return JSONObjectUtils.toJSONString(Map.of("error", code, "error_description", description));
  }

  private static HttpHandler closing(HttpHandler handler) {
    return exchange -> {
      try (exchange) {
        handler.handle(exchange);
      }
    };
  }

  private static void answer(HttpExchange exchange, int status, String json) throws IOException {
    var bytes = json.getBytes(UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }
}
