package dev.sluice.benchmarks.budget;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.common.message.MessageCodec;
import dev.sluice.common.message.RequestEnvelope;
import dev.sluice.common.topic.Priority;
import dev.sluice.common.topic.Reply;
import dev.sluice.common.topic.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Sluice: requests go on their lane as the api-service puts them there, and their ends come back on
 * the reply topic.
 */
final class SluiceLane implements Subject {
  private static final int REPLY_PARTITION = 0;
  private static final Duration POLL = Duration.ofMillis(50);
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String COMPLETED = "\"type\":\"response.completed\"";

  private final Producer<byte[], byte[]> producer;
  private final Consumer<byte[], byte[]> replies; // the reading thread alone, once it runs
  private final MessageCodec codec = new MessageCodec();
  private final String topic;
  private final String model;
  private final Instant deadline;
  private final long firstReply;
  private final Set<String> open = ConcurrentHashMap.newKeySet();
  private final AtomicLong lost = new AtomicLong();
  private final Thread reader;
  private volatile boolean closing;

  /**
   * @param kafka its bootstrap address
   * @param deadline of all requests; what then still waits is ended by the workers
   */
  SluiceLane(String kafka, Account account, Instant deadline) {
    this.topic = account.lane().topic();
    this.model = account.model();
    this.deadline = deadline;
    var bootstrap = Map.<String, Object>of("bootstrap.servers", kafka);
    this.producer =
        new KafkaProducer<>(bootstrap, new ByteArraySerializer(), new ByteArraySerializer());
    this.replies =
        new KafkaConsumer<>(bootstrap, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    var partition = new TopicPartition(Topics.REPLIES, REPLY_PARTITION);
    replies.assign(List.of(partition));
    replies.seekToEnd(List.of(partition));
    this.firstReply = replies.position(partition);
    this.reader = Thread.ofPlatform().name("replies").start(this::read);
  }

  @Override
  public void ask(Question question) {
    open.add(question.id());
    var _ =
        producer.send(
            new ProducerRecord<>(
                topic, question.user().getBytes(UTF_8), codec.encode(envelope(question))));
  }

  private RequestEnvelope envelope(Question question) {
    return new RequestEnvelope(
        question.id(),
        question.user(),
        "benchmark",
        Map.of(),
        model,
        Priority.INTERACTIVE,
        Instant.now(),
        deadline,
        question.tokens().input(),
        question.tokens().charge(),
        REPLY_PARTITION,
        firstReply,
        question.body(),
        null,
        Map.of());
  }

  private void read() {
    try (replies) {
      while (!closing)
        for (var record : replies.poll(POLL)) {
          var reply = Reply.of(record);
          if (reply.terminal()) ended(reply);
        }
    }
  }

  private void ended(Reply reply) {
    if (!open.remove(reply.responseId())) return;
    boolean answered = new String(reply.event(), UTF_8).contains(COMPLETED);
    if (!answered && Instant.now().isBefore(deadline)) lost.incrementAndGet();
  }

  @Override
  public long lost() {
    return lost.get();
  }

  /** Returns when the workers have ended everything, so that nothing runs into what comes next. */
  @Override
  public void close() {
    long patience = System.nanoTime() + PATIENCE.toNanos();
    try {
      while (!open.isEmpty() && System.nanoTime() - patience < 0)
        TimeUnit.NANOSECONDS.sleep(POLL.toNanos());
      lost.addAndGet(open.size()); // never ended
      closing = true;
      reader.join();
    } catch (InterruptedException interrupted) {
      closing = true;
      Thread.currentThread().interrupt();
    }
    producer.close(Duration.ZERO);
  }
}
