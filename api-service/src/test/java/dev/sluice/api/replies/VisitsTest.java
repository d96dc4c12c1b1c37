package dev.sluice.api.replies;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.api.TestingStack;
import dev.sluice.common.error.SluiceException;
import dev.sluice.common.id.ResponseId;
import dev.sluice.common.topic.Reply;
import dev.sluice.common.topic.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** On a real log. */
class VisitsTest {
  private static final Map<String, Object> KAFKA =
      Map.of("bootstrap.servers", TestingStack.kafka());
  private static final int EARLIER_EVENTS = 20_000;

  private final KafkaProducer<byte[], byte[]> producer =
      new KafkaProducer<>(KAFKA, new ByteArraySerializer(), new ByteArraySerializer());
  private final Visits visits =
      new Visits(
          () ->
              new KafkaConsumer<>(KAFKA, new ByteArrayDeserializer(), new ByteArrayDeserializer()),
          _ -> false,
          100_000,
          Duration.ofHours(1));

  @BeforeEach
  void start() throws Exception {
    try (var admin = Admin.create(KAFKA)) {
      admin.createTopics(List.of(new NewTopic(Topics.REPLIES, 2, (short) 1))).all().get();
    } catch (ExecutionException failed) {
      if (!(failed.getCause() instanceof TopicExistsException)) throw failed;
    }
    visits.start();
  }

  @AfterEach
  void stop() {
    visits.stop();
    producer.close();
  }

  @Test
  void those_who_come_hold_up_neither_each_other_nor_who_is_there() throws Exception {
    var running = publish(UUID.randomUUID().toString(), 0);
    for (int i = 1; i <= EARLIER_EVENTS; i++) producer.send(reply(running.value(), i, false));
    producer.flush();
    var told = new Told();
    visits.visit(running, -1, told);
    await().atMost(Duration.ofSeconds(60)).until(() -> told.caughtUp);

    var come = new AtomicInteger();
    var gone = new AtomicInteger();
    try (var others = Executors.newSingleThreadScheduledExecutor()) {
      // Each reads all of it: faster than one after the other could
      others.scheduleAtFixedRate(() -> come(running, come, gone), 0, 2, TimeUnit.MILLISECONDS);
      await().atMost(Duration.ofSeconds(60)).until(() -> come.get() > 100);
      producer.send(reply(running.value(), EARLIER_EVENTS + 1, true));
      await().atMost(Duration.ofSeconds(60)).until(() -> told.ended);
      await().atMost(Duration.ofSeconds(60)).until(() -> gone.get() > 100);
    }
    assertThat(told.sequences).hasSize(EARLIER_EVENTS + 2).isSorted().doesNotHaveDuplicates();
    await().atMost(Duration.ofSeconds(60)).until(() -> gone.get() == come.get());
  }

  @Test
  void who_comes_to_another_partition_and_leaves_it_takes_nothing_from_who_is_there()
      throws Exception {
    var running = publish(UUID.randomUUID().toString(), 0);
    var told = new Told();
    visits.visit(running, -1, told);
    var elsewhere = new ResponseId(UUID.randomUUID().toString(), 1, 0);
    var come = new AtomicInteger();
    var gone = new AtomicInteger();
    int sent = 0;
    while (gone.get() < 20) {
      if (come.get() == gone.get()) come(elsewhere, come, gone);
      producer.send(reply(running.value(), ++sent, false)).get();
    }
    producer.send(reply(running.value(), ++sent, true));
    await().atMost(Duration.ofSeconds(60)).until(() -> told.ended);
    assertThat(told.sequences).hasSize(sent + 1).isSorted().doesNotHaveDuplicates();
  }

  private void come(ResponseId id, AtomicInteger come, AtomicInteger gone) {
    try {
      var told = new Told(gone::incrementAndGet);
      come.incrementAndGet();
      told.leave = visits.visit(id, EARLIER_EVENTS, told);
    } catch (SluiceException noRoom) {
      come.decrementAndGet();
    }
  }

  private ResponseId publish(String responseId, long sequence) throws Exception {
    var at = producer.send(reply(responseId, sequence, false)).get();
    return new ResponseId(responseId, at.partition(), at.offset());
  }

  private static org.apache.kafka.clients.producer.ProducerRecord<byte[], byte[]> reply(
      String responseId, long sequence, boolean terminal) {
    return new Reply(responseId, sequence, sequence == 0 ? 0 : 1, terminal, new byte[100])
        .toRecord(0);
  }

  /** Leaves once it has caught up, if it is told so. */
  private static final class Told implements Visitor {
    final List<Long> sequences = Collections.synchronizedList(new ArrayList<>());
    private final Runnable onCaughtUp;
    volatile boolean caughtUp;
    volatile boolean ended;
    volatile Runnable leave = () -> {};

    Told() {
      this(() -> {});
    }

    Told(Runnable onCaughtUp) {
      this.onCaughtUp = onCaughtUp;
    }

    @Override
    public void accept(Reply reply) {
      sequences.add(reply.sequence());
    }

    @Override
    public void caughtUp(boolean found) {
      caughtUp = true;
      onCaughtUp.run();
      leave.run();
    }

    @Override
    public void atEnd() {
      ended = true;
    }

    @Override
    public void lost(Loss loss) {
      throw new AssertionError(loss);
    }
  }
}
