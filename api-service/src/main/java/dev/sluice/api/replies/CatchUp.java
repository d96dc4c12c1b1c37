package dev.sluice.api.replies;

import dev.sluice.common.topic.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads once more what visitors have missed, in rounds: all who have come are served by one reading
 * of their partitions, from where the first of their responses began to the end; whoever comes
 * meanwhile waits for the next. The thread "reply-catch-up" owns the consumer.
 */
final class CatchUp {
  private static final Logger log = LoggerFactory.getLogger(CatchUp.class);
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration IDLE = Duration.ofMillis(500);
  private static final Duration OFFSETS_WITHIN = Duration.ofSeconds(5);
  private static final Duration AFTER_FAILURE = Duration.ofMillis(500);

  private final Supplier<Consumer<byte[], byte[]>> consumers;
  private final LinkedBlockingQueue<Visit> arrivals = new LinkedBlockingQueue<>();
  private final CountDownLatch stopped = new CountDownLatch(1);
  private volatile boolean running;

  CatchUp(Supplier<Consumer<byte[], byte[]>> consumers) {
    this.consumers = consumers;
  }

  /** Visits that listen already to what is to come. */
  void add(List<Visit> visits) {
    arrivals.addAll(visits);
  }

  void start() {
    running = true;
    Thread.ofPlatform().name("reply-catch-up").daemon().start(this::loop);
  }

  /** Whether it has stopped in time. */
  boolean stop() throws InterruptedException {
    running = false;
    return stopped.await(5, TimeUnit.SECONDS);
  }

  private void loop() {
    try {
      while (running) serve();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } finally {
      stopped.countDown();
    }
  }

  private void serve() throws InterruptedException {
    var round = new ArrayList<Visit>();
    try (var consumer = consumers.get()) {
      while (running) {
        var first = arrivals.poll(IDLE.toMillis(), TimeUnit.MILLISECONDS);
        if (first == null) continue;
        round.add(first);
        arrivals.drainTo(round);
        read(consumer, round);
        round.clear();
      }
    } catch (RuntimeException unreadable) {
      // Whatever it is, the thread must live: all visitors to come depend on it.
      log.atWarn()
          .addKeyValue("cause", unreadable.toString())
          .log("What those who come back have missed cannot be read; they may try again");
      arrivals.drainTo(round);
      round.forEach(visit -> visit.lost(Visitor.Loss.UNREADABLE));
      TimeUnit.MILLISECONDS.sleep(AFTER_FAILURE.toMillis());
    }
  }

  private void read(Consumer<byte[], byte[]> consumer, List<Visit> round) {
    var byPartition = new HashMap<TopicPartition, List<Visit>>();
    round.forEach(
        visit -> byPartition.computeIfAbsent(visit.partition(), _ -> new ArrayList<>()).add(visit));
    consumer.assign(byPartition.keySet());
    seek(consumer, byPartition);
    var byResponse = new HashMap<String, List<Visit>>();
    round.forEach(
        visit -> byResponse.computeIfAbsent(visit.responseId(), _ -> new ArrayList<>()).add(visit));
    while (running && !isThrough(consumer, byPartition))
      for (var published : consumer.poll(POLL)) {
        var reply = Reply.of(published);
        byResponse
            .getOrDefault(reply.responseId(), List.of())
            .forEach(visit -> visit.hearMissed(reply));
      }
    consumer.unsubscribe();
  }

  private static void seek(
      Consumer<byte[], byte[]> consumer, Map<TopicPartition, List<Visit>> visits) {
    var first = consumer.beginningOffsets(visits.keySet(), OFFSETS_WITHIN);
    var next = consumer.endOffsets(visits.keySet(), OFFSETS_WITHIN);
    visits.forEach((at, all) ->
        consumer.seek(
            at,
            all.stream()
                .mapToLong(
                    visit -> visit.begin(first.getOrDefault(at, 0L), next.getOrDefault(at, 0L)))
                .min()
                .orElseThrow()));
  }

  /** Tells how far it has got; partitions from which nobody misses anything are read no further. */
  private static boolean isThrough(
      Consumer<byte[], byte[]> consumer, Map<TopicPartition, List<Visit>> visits) {
    boolean done =
        visits
            .entrySet()
            .removeIf(each -> {
              long position = consumer.position(each.getKey());
              each.getValue().forEach(visit -> visit.readMissed(position));
              each.getValue().removeIf(Visit::hasCaughtUp);
              return each.getValue().isEmpty();
            });
    if (done && !visits.isEmpty()) consumer.assign(visits.keySet());
    return visits.isEmpty();
  }
}
