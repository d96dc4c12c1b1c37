package dev.sluice.api.socket;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.api.replies.ReplyListener;
import dev.sluice.api.responses.Watch;
import dev.sluice.common.topic.Reply;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;

class ResponseStreamTest {
  private static final int EVENT_BYTES = 40;

  private final List<String> out = new CopyOnWriteArrayList<>();
  private final Semaphore reads = new Semaphore(0);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final TestingLog log = new TestingLog();
  private final SocketWriter writer =
      new SocketWriter(
          session(), threads, timer, 2 * EVENT_BYTES, Duration.ofMinutes(1), System::nanoTime);

  @AfterEach
  void stop() {
    reads.release(1_000_000);
    timer.shutdownNow();
    threads.close();
  }

  @Test
  void a_stream_id_goes_in_front_and_nothing_else_changes() {
    var event = "{\"type\":\"x\",\"delta\":\"{é}\"}";
    assertThat(new String(ResponseStream.withStreamId(event.getBytes(UTF_8), "agent_1"), UTF_8))
        .isEqualTo("{\"stream_id\":\"agent_1\",\"type\":\"x\",\"delta\":\"{é}\"}");
  }

  @Test
  void a_client_that_reads_again_in_time_has_missed_nothing() {
    var stream = new ResponseStream(writer, null, -1, log);
    stream.resumed();
    for (int i = 0; i < 5; i++) stream.accept(event(i));
    var delivered = stream.delivered();
    for (int i = 5; i < 20; i++) stream.accept(event(i)); // it goes on while the client reads
    assertThat(delivered).isNotDone();
    reads.release(1_000);
    await().until(delivered::isDone);
    await().until(() -> out.size() == 20);
    for (int i = 0; i < 20; i++)
      assertThat(out.get(i).strip()).isEqualTo("{\"n\":%d}".formatted(i));
    assertThat(log.open).isEmpty();
  }

  @Test
  void nothing_is_left_to_be_read_again_for_a_client_that_keeps_up() {
    reads.release(1_000);
    var stream = new ResponseStream(writer, null, -1, log);
    stream.resumed();
    stream.accept(event(0));
    assertThat(stream.delivered()).isDone();
  }

  /** The twenty events of a response, read again one after the other. */
  private static final class TestingLog implements ResponseStream.Rereading {
    final List<Watch> open = new CopyOnWriteArrayList<>();

    @Override
    public Watch begin(long after, ReplyListener listener) {
      var ended = new CompletableFuture<Void>();
      var watch = watch(ended);
      open.add(watch);
      Thread.startVirtualThread(() -> {
        for (int i = (int) after + 1; i < 20 && open.contains(watch); i++)
          listener.accept(event(i));
        if (open.remove(watch)) ended.complete(null);
      });
      return watch;
    }

    @Override
    public void end(Watch watch) {
      open.remove(watch);
    }

    private static Watch watch(CompletableFuture<Void> ended) {
      return (Watch)
          Proxy.newProxyInstance(
              Watch.class.getClassLoader(),
              new Class<?>[] {Watch.class},
              (proxy, method, arguments) ->
                  switch (method.getName()) {
                    case "ended" -> ended;
                    case "equals" -> proxy == arguments[0];
                    case "hashCode" -> System.identityHashCode(proxy);
                    default -> throw new UnsupportedOperationException(method.getName());
                  });
    }
  }

  private static Reply event(int number) {
    var json = "{\"n\":%d}".formatted(number);
    var padded = json + " ".repeat(EVENT_BYTES - json.length());
    return new Reply("resp_1", number, 1, number == 19, padded.getBytes(UTF_8));
  }

  /** A client that reads a message for each permit. */
  private WebSocketSession session() {
    return (WebSocketSession)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {WebSocketSession.class},
            (_, method, arguments) -> {
              if (!method.getName().equals("sendMessage"))
                throw new UnsupportedOperationException(method.getName());
              reads.acquire();
              out.add(((TextMessage) arguments[0]).getPayload());
              return null;
            });
  }
}
