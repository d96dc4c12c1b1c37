package dev.sluice.api.socket;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.PingMessage;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;

class SocketWriterTest {
  private static final CloseStatus DONE = new CloseStatus(4001, "done");

  private final List<String> out = new CopyOnWriteArrayList<>();
  private final Semaphore reads = new Semaphore(0);
  private final AtomicLong nanos = new AtomicLong();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

  @AfterEach
  void stop() {
    reads.release(1_000_000);
    timer.shutdownNow();
    threads.close();
  }

  @Test
  void what_is_sent_goes_out_in_order() {
    reads.release(1_000_000);
    var writer = writer(1_000_000, Duration.ofMinutes(1));
    for (int i = 0; i < 1_000; i++) writer.send("event " + i);
    await().until(() -> out.size() == 1_000);
    for (int i = 0; i < 1_000; i++) assertThat(out.get(i)).isEqualTo("event " + i);
  }

  @Test
  void a_full_buffer_takes_no_event_until_all_that_waits_has_gone_out() {
    var writer = writer(100, Duration.ofMinutes(1));
    writer.send("first");
    await().until(reads::hasQueuedThreads); // it is being written, the buffer is empty
    assertThat(offer(writer, "x".repeat(60))).isTrue();
    assertThat(offer(writer, "y".repeat(60))).isFalse(); // one too many
    assertThat(offer(writer, "z")).isFalse(); // would fit, but not behind what was left out
    var drained = new AtomicLong();
    writer.onceDrained(drained::incrementAndGet);
    reads.release(1);
    await().until(() -> out.size() == 1);
    assertThat(drained).hasValue(0);
    reads.release(1_000);
    await().until(() -> drained.get() == 1);
    assertThat(offer(writer, "y".repeat(60))).isTrue();
    writer.close(DONE);
    await().until(() -> out.contains("closed 4001"));
    assertThat(out).containsExactly("first", "x".repeat(60), "y".repeat(60), "closed 4001");
  }

  @Test
  void what_is_no_event_goes_out_even_while_the_client_reads_slowly_but_not_without_end() {
    var writer = writer(100, Duration.ofMinutes(1));
    writer.send("first");
    await().until(reads::hasQueuedThreads);
    assertThat(offer(writer, "x".repeat(90))).isTrue();
    assertThat(offer(writer, "y".repeat(90))).isFalse();
    writer.send("e".repeat(90));
    assertThat(writer.isClosing()).isFalse();
    writer.send("e".repeat(90));
    assertThat(writer.isClosing()).isTrue();
  }

  @Test
  void an_event_larger_than_the_buffer_still_goes_out() {
    reads.release(1_000);
    writer(10, Duration.ofMinutes(1)).send("x".repeat(50));
    await().until(() -> out.contains("x".repeat(50)));
  }

  @Test
  void a_client_that_reads_nothing_is_closed_after_the_grace() {
    var writer = writer(100, Duration.ofMillis(100));
    writer.send("first");
    await().until(reads::hasQueuedThreads);
    offer(writer, "x".repeat(60));
    offer(writer, "y".repeat(60));
    await().until(() -> out.contains("closed 4008"));
    assertThat(out).containsExactly("closed 4008");
  }

  @Test
  void a_close_waits_for_what_was_sent_before_it() {
    var writer = writer(1_000, Duration.ofMinutes(1));
    writer.send("first");
    writer.send("second");
    writer.close(DONE);
    writer.close(SocketWriter.TOO_SLOW);
    writer.send("too late");
    writer.ping();
    reads.release(1_000);
    await().until(() -> out.contains("closed 4001"));
    assertThat(out).containsExactly("first", "second", "closed 4001");
  }

  @Test
  void an_idle_socket_is_closed_at_once() {
    writer(1_000, Duration.ofMinutes(1)).close(DONE);
    await().until(() -> out.contains("closed 4001"));
  }

  @Test
  void a_ping_goes_out_between_events() {
    reads.release(1_000);
    var writer = writer(1_000, Duration.ofMinutes(1));
    writer.send("first");
    writer.ping();
    writer.send("second");
    await().until(() -> out.size() == 3);
    assertThat(out).containsExactly("first", "ping", "second");
  }

  @Test
  void a_write_that_takes_longer_than_the_grace_is_stuck() {
    var writer = writer(1_000, Duration.ofSeconds(10));
    assertThat(writer.isStuck()).isFalse();
    writer.send("first");
    await().until(reads::hasQueuedThreads);
    nanos.set(Duration.ofSeconds(10).toNanos());
    assertThat(writer.isStuck()).isFalse();
    nanos.incrementAndGet();
    assertThat(writer.isStuck()).isTrue();
    reads.release(1);
    await().until(() -> !writer.isWriting());
    assertThat(writer.isStuck()).isFalse();
  }

  private static boolean offer(SocketWriter writer, String event) {
    return writer.offer(event.getBytes(UTF_8));
  }

  private SocketWriter writer(int capacity, Duration grace) {
    return new SocketWriter(session(), threads, timer, capacity, grace, nanos::get);
  }

  /** A client that reads a message for each permit. */
  private WebSocketSession session() {
    return (WebSocketSession)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {WebSocketSession.class},
            (_, method, arguments) -> {
              switch (method.getName()) {
                case "sendMessage" -> {
                  reads.acquire();
                  if (!out.contains("closed 4008")) out.add(text(arguments[0]));
                }
                case "close" -> {
                  var closed = "closed " + ((CloseStatus) arguments[0]).getCode();
                  if (out.stream().noneMatch(line -> line.startsWith("closed"))) out.add(closed);
                }
                case "isOpen" -> {
                  return out.stream().noneMatch(line -> line.startsWith("closed"));
                }
                default -> throw new UnsupportedOperationException(method.getName());
              }
              return null;
            });
  }

  private static String text(Object message) {
    return switch (message) {
      case TextMessage text -> text.getPayload();
      case PingMessage _ -> "ping";
      default -> throw new UnsupportedOperationException(message.toString());
    };
  }
}
