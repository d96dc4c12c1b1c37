package dev.sluice.benchmarks.budget;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.sluice.common.token.TokenCounter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NetworkTest {
  private static final Question QUESTION =
      new Question("resp_1", "user-1", new TokenCounter.Count(5, 100), "{\"input\":\"ä\"}");

  private final List<String> bodies = new CopyOnWriteArrayList<>();
  private HttpServer server;
  private Network network;

  @BeforeEach
  void start() throws Exception {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          bodies.add(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write("data".getBytes(UTF_8));
          exchange.close();
        });
    server.start();
    network = Network.open();
    network.leadsTo("http://127.0.0.1:" + server.getAddress().getPort());
  }

  @AfterEach
  void stop() {
    network.close();
    server.stop(0);
  }

  @Test
  void requests_arrive_whole_and_answers_come_back() throws InterruptedException {
    try (var call = new ProviderCall(network.url(), Duration.ofSeconds(10))) {
      assertThat(call.make(QUESTION, 1)).isEqualTo(200);
      assertThat(call.make(QUESTION, 2)).isEqualTo(200); // on the same connection
    }
    assertThat(bodies).hasSize(2).containsOnly("{\"stream\":true,\"input\":\"ä\"}");
  }

  @Test
  void a_delay_holds_requests_back() throws InterruptedException {
    network.delays(Duration.ofMillis(200));
    long began = System.nanoTime();
    try (var call = new ProviderCall(network.url(), Duration.ofSeconds(10))) {
      for (int i = 1; i <= 10; i++) assertThat(call.make(QUESTION, i)).isEqualTo(200);
    }
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofMillis(300));
  }

  @Test
  void the_length_is_read_whatever_its_spelling() throws Exception {
    assertThat(Network.length("POST / HTTP/1.1\r\ncontent-LENGTH: 12\r\n\r\n".getBytes(UTF_8)))
        .isEqualTo(12);
    assertThat(Network.length("GET / HTTP/1.1\r\n\r\n".getBytes(UTF_8))).isZero();
  }
}
