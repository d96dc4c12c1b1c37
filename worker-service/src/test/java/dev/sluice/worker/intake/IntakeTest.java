package dev.sluice.worker.intake;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.common.topic.Lane;
import dev.sluice.common.topic.Priority;
import dev.sluice.worker.TestingStack;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The poll loop on a real broker, with a handler that the test holds in its hand. */
class IntakeTest {
  private static final int PARTITIONS = 2;
  private static final int MAX_POLL_RECORDS = 64;
  private static final int MOST_NOT_BEGUN = 64;

  private final Lane lane = new Lane("p" + UUID.randomUUID(), Priority.INTERACTIVE);
  private final Lane other = new Lane("p" + UUID.randomUUID(), Priority.INTERACTIVE);
  private final String group = "g" + UUID.randomUUID();
  private final List<Intake> intakes = new ArrayList<>();
  private final Set<String> ended = ConcurrentHashMap.newKeySet();
  private final AtomicInteger drains = new AtomicInteger();
  private final AtomicInteger resumes = new AtomicInteger();
  private volatile Runnable handBackAll = () -> {};
  private KafkaProducer<byte[], byte[]> producer;

  @BeforeEach
  void topics() throws Exception {
    Map<String, Object> broker = Map.of("bootstrap.servers", TestingStack.kafka());
    try (var admin = Admin.create(broker)) {
      admin
          .createTopics(
              List.of(
                  new NewTopic(lane.topic(), PARTITIONS, (short) 1),
                  new NewTopic(other.topic(), PARTITIONS, (short) 1)))
          .all()
          .get(30, SECONDS);
    }
    // One batch after the other: a broker that has not opened a new partition yet may refuse the
    // first and take the second, and the first is lost (KAFKA-15591)
    producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers",
                TestingStack.kafka(),
                "max.in.flight.requests.per.connection",
                1),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  @AfterEach
  void close() {
    intakes.forEach(Intake::stop);
    producer.close();
  }

  @Test
  void more_requests_run_at_once_than_there_are_partitions() throws Exception {
    var allAtOnce = new CountDownLatch(50);
    produce(lane, 50);
    start(
        100,
        (_, value, _) -> {
          allAtOnce.countDown();
          allAtOnce.await();
          return ended.add(new String(value, UTF_8));
        });
    assertThat(allAtOnce.await(30, SECONDS)).isTrue();
    await().atMost(Duration.ofSeconds(30)).until(() -> ended.size() == 50);
  }

  @Test
  void a_lane_at_its_limit_stops_no_other() {
    var held = new Semaphore(0);
    produce(lane, 20);
    start(
        5,
        (from, value, _) -> {
          if (from.equals(lane)) held.acquire();
          return ended.add(new String(value, UTF_8));
        });
    await().atMost(Duration.ofSeconds(30)).until(() -> held.getQueueLength() == 5);
    produce(other, 20);
    await().atMost(Duration.ofSeconds(30)).until(() -> ended.size() == 20);
    assertThat(held.getQueueLength()).isEqualTo(5);
    held.release(20);
    await().atMost(Duration.ofSeconds(30)).until(() -> ended.size() == 40);
  }

  @Test
  void a_record_that_ended_in_an_unforeseen_way_is_taken_up_again() {
    var tries = new AtomicInteger();
    produce(lane, 4);
    start(
        100,
        (_, value, _) -> {
          var name = new String(value, UTF_8);
          if (name.equals("1") && tries.getAndIncrement() == 0)
            throw new IllegalStateException("a test");
          return ended.add(name);
        });
    await().atMost(Duration.ofSeconds(30)).until(() -> ended.size() == 4);
    assertThat(tries).hasValue(2);
  }

  @Test
  void what_was_handed_back_comes_again_and_what_ended_in_front_of_it_does_not() {
    produce(lane, 20);
    var first =
        start(
            100,
            (_, value, _) -> {
              var name = new String(value, UTF_8);
              // The last records of both partitions are handed back.
              return !List.of("18", "19").contains(name) && ended.add(name);
            });
    await().atMost(Duration.ofSeconds(30)).until(() -> ended.size() == 18);
    first.stop();
    Set<String> again = ConcurrentHashMap.newKeySet();
    start(100, (_, value, _) -> again.add(new String(value, UTF_8)));
    await().atMost(Duration.ofSeconds(30)).until(() -> again.size() >= 2);
    assertThat(again).containsExactlyInAnyOrder("18", "19");
  }

  @Test
  void what_ended_behind_an_open_record_does_not_come_again() {
    produce(lane, 40);
    var open = List.of("0", "1"); // the first of both partitions
    var first =
        start(
            100,
            (_, value, _) -> {
              var name = new String(value, UTF_8);
              return !open.contains(name) && ended.add(name);
            });
    await().atMost(Duration.ofSeconds(30)).until(() -> ended.size() == 38);
    first.stop();
    Set<String> again = ConcurrentHashMap.newKeySet();
    start(100, (_, value, _) -> again.add(new String(value, UTF_8)));
    produce(other, 2);
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> again.containsAll(List.of("other-0", "other-1", "0", "1")));
    assertThat(again).hasSize(4);
  }

  @Test
  void a_limit_is_resized_both_ways_while_requests_run() {
    var held = new Semaphore(0);
    produce(lane, 60);
    var intake = start(2, (_, value, _) -> hold(held, value));
    await().atMost(Duration.ofSeconds(30)).until(() -> held.getQueueLength() == 2);
    intake.concurrency(20);
    await().atMost(Duration.ofSeconds(1)).until(() -> held.getQueueLength() == 20);
    intake.concurrency(3);
    held.release(17);
    await().atMost(Duration.ofSeconds(5)).until(() -> ended.size() == 17);
    held.release(1);
    await().atMost(Duration.ofSeconds(5)).until(() -> ended.size() == 18);
    assertThat(held.getQueueLength()).isLessThanOrEqualTo(3);
    held.release(60);
    await().atMost(Duration.ofSeconds(30)).until(() -> ended.size() == 60);
  }

  @Test
  void a_paused_lane_begins_nothing_and_finishes_what_runs() {
    var held = new Semaphore(0);
    produce(lane, 20);
    var intake = start(5, (_, value, _) -> hold(held, value));
    await().atMost(Duration.ofSeconds(30)).until(() -> held.getQueueLength() == 5);
    intake.pause(Set.of(lane));
    held.release(5);
    await().atMost(Duration.ofSeconds(5)).until(() -> ended.size() == 5);
    produce(other, 3); // another lane goes on, so that the loop has come round since
    held.release(3);
    await().atMost(Duration.ofSeconds(5)).until(() -> ended.size() == 8);
    assertThat(ended).filteredOn(name -> !name.startsWith("other")).hasSize(5);
    assertThat(held.getQueueLength()).isZero();
    intake.pause(Set.of());
    held.release(20);
    await().atMost(Duration.ofSeconds(5)).until(() -> ended.size() == 23);
  }

  @Test
  void a_drained_worker_leaves_at_once_finishes_what_runs_and_joins_again() throws Exception {
    var held = new Semaphore(0);
    produce(lane, 10);
    var first = start(10, (_, value, _) -> hold(held, value));
    await().atMost(Duration.ofSeconds(30)).until(() -> held.getQueueLength() == 10);
    first.drain(true);
    await().atMost(Duration.ofSeconds(5)).until(() -> members() == 0);
    assertThat(held.getQueueLength()).isEqualTo(10);
    assertThat(drains).hasValue(1);
    held.release(10);
    await().atMost(Duration.ofSeconds(5)).until(() -> ended.size() == 10 && first.inFlight() == 0);

    Set<String> elsewhere = ConcurrentHashMap.newKeySet();
    var second = start(10, (_, value, _) -> elsewhere.add(new String(value, UTF_8)));
    // Redelivered, since nobody could commit them: the lease knows them as done
    await().atMost(Duration.ofSeconds(30)).until(() -> elsewhere.size() == 10);
    second.stop();

    first.drain(false);
    produce(other, 5);
    held.release(5);
    await().atMost(Duration.ofSeconds(30)).until(() -> ended.size() == 15);
    assertThat(resumes).hasValue(3); // once for each start, and once for joining again
  }

  @Test
  void a_worker_that_stops_leaves_at_once_and_hands_back_what_does_not_end_in_time() {
    var held = new Semaphore(0);
    produce(lane, 10);
    var intake = start(10, (_, value, _) -> hold(held, value));
    await().atMost(Duration.ofSeconds(30)).until(() -> held.getQueueLength() == 10);
    handBackAll = () -> held.release(10);
    var stopping = Thread.startVirtualThread(intake::stop);
    await().atMost(Duration.ofSeconds(2)).until(() -> members() == 0);
    assertThat(held.getQueueLength()).isEqualTo(10);
    await().atMost(Duration.ofSeconds(8)).until(() -> !stopping.isAlive());
    assertThat(ended).hasSize(10);
  }

  @Test
  void who_floods_one_partition_holds_up_nobody_on_another() {
    var go = new Semaphore(0);
    var order = new ConcurrentLinkedQueue<String>();
    for (int i = 0; i < 1_000; i++) produce(lane, 0, "flood-" + i);
    for (int i = 0; i < 5; i++) produce(lane, 1, "few-" + i);
    producer.flush();
    var intake =
        start(
            1,
            (_, value, _) -> {
              go.acquire();
              return order.add(new String(value, UTF_8));
            });
    for (int i = 1; i <= 30; i++) {
      int ends = i;
      go.release();
      await()
          .pollInterval(Duration.ofMillis(10))
          .atMost(Duration.ofSeconds(30))
          .until(() -> order.size() == ends);
    }
    assertThat(order).contains("few-0", "few-1", "few-2", "few-3", "few-4");
    assertThat(order.stream().filter(name -> name.startsWith("flood")))
        .containsExactlyElementsOf(IntStream.range(0, 25).mapToObj(i -> "flood-" + i).toList());
    intake.concurrency(1_000);
    go.release(1_000);
    await().atMost(Duration.ofSeconds(30)).until(() -> order.size() == 1_005);
  }

  @Test
  void only_a_few_requests_are_taken_on_that_cannot_begin() {
    var held = new Semaphore(0);
    var running = new Semaphore(0);
    produce(lane, 60);
    var intake =
        start(
            40,
            8,
            (_, value, _, begins) -> {
              held.acquire();
              begins.run();
              return hold(running, value);
            });
    await().atMost(Duration.ofSeconds(30)).until(() -> held.getQueueLength() == 8);
    await().atMost(Duration.ofSeconds(5)).until(() -> intake.activity(lane).oldest() != null);
    held.release(20);
    await()
        .atMost(Duration.ofSeconds(5))
        .until(() -> running.getQueueLength() == 20 && held.getQueueLength() == 8);
    held.release(60);
    running.release(60);
    await().atMost(Duration.ofSeconds(30)).until(() -> ended.size() == 60);
    await().atMost(Duration.ofSeconds(5)).until(() -> intake.activity(lane).oldest() == null);
  }

  @Test
  void no_more_wait_in_memory_than_their_share_whatever_the_backlog() {
    var held = new Semaphore(0);
    produce(lane, 500);
    produce(other, 500);
    var intake = start(2, (_, value, _) -> hold(held, value));
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() ->
            held.getQueueLength() == 4
                && intake.activity(lane).waiting() > 0
                && intake.activity(other).waiting() > 0);
    for (int i = 0; i < 10; i++) {
      assertThat(intake.activity(lane).waiting() + intake.activity(other).waiting())
          .isLessThanOrEqualTo(MAX_POLL_RECORDS);
      int before = ended.size();
      held.release(4);
      await().atMost(Duration.ofSeconds(5)).until(() -> ended.size() >= before + 4);
    }
    intake.concurrency(1_000);
    held.release(1_000);
    await().atMost(Duration.ofSeconds(30)).until(() -> ended.size() == 1_000);
  }

  private boolean hold(Semaphore held, byte[] value) throws InterruptedException {
    held.acquire();
    return ended.add(new String(value, UTF_8));
  }

  private int members() throws Exception {
    try (var admin =
        Admin.create(Map.<String, Object>of("bootstrap.servers", TestingStack.kafka()))) {
      var described = admin.describeConsumerGroups(List.of(group)).all().get(10, SECONDS);
      return described.values().iterator().next().members().size();
    }
  }

  @FunctionalInterface
  private interface Work {
    boolean handle(Lane lane, byte[] value, RequestHandler.Origin origin)
        throws InterruptedException;
  }

  private Intake start(int maxInFlight, Work work) {
    return start(
        maxInFlight,
        MOST_NOT_BEGUN,
        (from, value, origin, begins) -> {
          begins.run();
          return work.handle(from, value, origin);
        });
  }

  @FunctionalInterface
  private interface WaitingWork {
    boolean handle(Lane lane, byte[] value, RequestHandler.Origin origin, Runnable begins)
        throws InterruptedException;
  }

  private Intake start(int maxInFlight, int maxNotBegun, WaitingWork work) {
    var handler =
        new RequestHandler() {
          @Override
          public boolean handle(Lane from, byte[] value, Origin origin, Runnable begins)
              throws InterruptedException {
            return work.handle(from, value, origin, begins);
          }

          @Override
          public void drain() {
            drains.incrementAndGet();
          }

          @Override
          public void resume() {
            resumes.incrementAndGet();
          }

          @Override
          public void handBackAll() {
            handBackAll.run();
          }
        };
    var lanes = List.of(lane, other);
    var properties =
        new IntakeProperties(
            group,
            maxInFlight,
            MAX_POLL_RECORDS,
            maxNotBegun,
            Duration.ofMillis(100),
            Duration.ofSeconds(3));
    var consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers",
                TestingStack.kafka(),
                "group.id",
                group,
                "group.protocol",
                "consumer",
                "enable.auto.commit",
                false,
                "auto.offset.reset",
                "earliest",
                "max.poll.records",
                properties.batch(lanes)),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    var intake =
        new Intake(
            consumer, lanes, handler, properties, new IntakeMeters(new SimpleMeterRegistry()));
    intake.start();
    intakes.add(intake);
    return intake;
  }

  /** Records named by their number, on the partitions in turn. */
  private void produce(Lane to, int count) {
    for (int i = 0; i < count; i++) {
      produce(to, i % PARTITIONS, to.equals(lane) ? "" + i : "other-" + i);
    }
    producer.flush();
  }

  private void produce(Lane to, int partition, String name) {
    var _ = producer.send(new ProducerRecord<>(to.topic(), partition, null, name.getBytes(UTF_8)));
  }
}
