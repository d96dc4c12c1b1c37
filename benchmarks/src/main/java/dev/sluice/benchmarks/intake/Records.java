package dev.sluice.benchmarks.intake;

import dev.sluice.common.topic.Lane;
import dev.sluice.common.topic.Priority;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Puts requests on lanes, spread over their partitions at random, from one seed. */
final class Records implements AutoCloseable {
  private static final long SEED = 20_261_125;
  private static final int BYTES = 4_096; // a conversation of 1,000 tokens

  private final Map<String, Object> broker;
  private final Producer<byte[], byte[]> producer;

  /**
   * @param kafka its bootstrap address
   */
  Records(String kafka) {
    broker = Map.of("bootstrap.servers", kafka);
    Map<String, Object> prompt = Map.of("bootstrap.servers", kafka, "linger.ms", 0); // as the api
    producer = new KafkaProducer<>(prompt, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /** A new lane, which one engine alone reads; that of the other priority stays empty. */
  Lane lane(String pool) throws InterruptedException {
    var lane = new Lane(pool, Priority.INTERACTIVE);
    var empty = new Lane(pool, Priority.BACKGROUND);
    try (var admin = Admin.create(broker)) {
      admin
          .createTopics(
              List.of(
                  new NewTopic(lane.topic(), IntakeBenchmark.PARTITIONS, (short) 1),
                  new NewTopic(empty.topic(), 1, (short) 1)))
          .all()
          .get(30, TimeUnit.SECONDS);
      awaitLeaders(admin, lane);
    } catch (ExecutionException | TimeoutException failed) {
      throw new IllegalStateException("the topics of " + pool + " cannot be made", failed);
    }
    return lane;
  }

  /** A producer that finds none goes on trying, and may go on in the wrong order. */
  private static void awaitLeaders(Admin admin, Lane lane)
      throws InterruptedException, ExecutionException, TimeoutException {
    var ends =
        IntStream.range(0, IntakeBenchmark.PARTITIONS)
            .mapToObj(partition -> new TopicPartition(lane.topic(), partition))
            .collect(Collectors.toMap(Function.identity(), _ -> OffsetSpec.latest()));
    admin.listOffsets(ends).all().get(30, TimeUnit.SECONDS);
  }

  /** So many at once. */
  void backlog(Lane lane, int count) {
    var random = new SplittableRandom(SEED);
    for (int i = 0; i < count; i++) send(lane, random);
    producer.flush();
  }

  /** So many a second at random moments (Poisson), for so long. */
  void stream(Lane lane, int rate, Duration time) throws InterruptedException {
    var random = new SplittableRandom(SEED);
    long next = System.nanoTime();
    long end = next + time.toNanos();
    while (next - end < 0) {
      next += (long) (-Math.log(1 - random.nextDouble()) / rate * 1e9);
      TimeUnit.NANOSECONDS.sleep(next - System.nanoTime());
      send(lane, random);
    }
  }

  private void send(Lane lane, SplittableRandom random) {
    int partition = random.nextInt(IntakeBenchmark.PARTITIONS);
    var _ = producer.send(new ProducerRecord<>(lane.topic(), partition, null, Work.record(BYTES)));
  }

  @Override
  public void close() {
    producer.close();
  }
}
