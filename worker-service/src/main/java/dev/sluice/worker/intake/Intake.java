package dev.sluice.worker.intake;

import dev.sluice.common.topic.Lane;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/** The poll loop: lanes in, requests started, offsets committed. */
public final class Intake implements SmartLifecycle {
  /*
   * One platform thread owns the consumer, the offset maps and the waiting lines; requests run on
   * virtual threads and report their end through `endings`, the only thing both sides touch.
   *
   * A record is fetched, waits in its lane's line until the lane has room, runs, ends. A lane whose
   * line is not empty has its partitions paused, so at most one fetch waits in memory and the
   * backlog stays in Kafka. Lines are per lane: a lane at its limit never stops another.
   *
   * A partition that is revoked takes its offset map with it. Its requests run on; their endings
   * find no map and are forgotten, and the lease tells the partition's new owner that they run.
   */
  private static final Logger log = LoggerFactory.getLogger(Intake.class);

  private static final Duration POLL = Duration.ofMillis(20);
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

  private final Consumer<byte[], byte[]> consumer;
  private final List<Lane> lanes;
  private final RequestHandler handler;
  private final IntakeProperties properties;
  private final IntakeMeters meters;
  private final ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor();
  private final Queue<Ending> endings = new ConcurrentLinkedQueue<>();
  private final CountDownLatch stopped = new CountDownLatch(1);

  // Only the poll loop's thread touches these.
  private final Map<TopicPartition, OffsetMap> offsets = new HashMap<>();
  private final Map<TopicPartition, Long> committed = new HashMap<>();
  private final Map<Lane, Line> lines = new LinkedHashMap<>();

  private volatile boolean running;
  private volatile boolean assigned;

  /** Records of one lane that are fetched but not started, and how many run. */
  private static final class Line {
    final Queue<ConsumerRecord<byte[], byte[]>> waiting = new ArrayDeque<>();
    int inFlight;
  }

  private record Ending(Lane lane, TopicPartition partition, long offset, boolean ended) {}

  Intake(
      Consumer<byte[], byte[]> consumer,
      List<Lane> lanes,
      RequestHandler handler,
      IntakeProperties properties,
      IntakeMeters meters) {
    this.consumer = consumer;
    this.lanes = lanes;
    this.handler = handler;
    this.properties = properties;
    this.meters = meters;
  }

  @Override
  public void start() {
    running = true;
    lanes.forEach(lane -> lines.put(lane, new Line()));
    Thread.ofPlatform().name("intake").start(this::loop);
  }

  /** Stops fetching, lets what runs finish within the drain time, commits and leaves the group. */
  @Override
  public void stop() {
    running = false;
    try {
      var patience = properties.drain().plusSeconds(10);
      if (!stopped.await(patience.toMillis(), TimeUnit.MILLISECONDS))
        log.atWarn().log("Intake did not stop in time; what it had not finished comes again");
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public boolean isRunning() {
    return stopped.getCount() > 0 && running;
  }

  /** Whether this worker has joined its group and was given its share of the partitions. */
  public boolean isAssigned() {
    return assigned;
  }

  private void loop() {
    try {
      consumer.subscribe(
          lanes.stream().map(Lane::topic).collect(Collectors.toList()), new Rebalance());
      long nextCommit = System.nanoTime();
      while (running) {
        try {
          takeEndings();
          fetch();
          startWaiting();
          lines.forEach(this::tellOldest);
          pauseFullLanes();
          if (System.nanoTime() - nextCommit >= 0) {
            commit();
            nextCommit = System.nanoTime() + properties.commitEvery().toNanos();
          }
        } catch (KafkaException unavailable) {
          log.atWarn()
              .addKeyValue("cause", unavailable.toString())
              .log("Kafka does not answer the intake; it tries again");
          TimeUnit.MILLISECONDS.sleep(AFTER_FAILURE.toMillis());
        }
      }
      drain();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } finally {
      requests.shutdown();
      try {
        consumer.close();
      } finally {
        stopped.countDown();
      }
    }
  }

  private void fetch() {
    for (var fetched : consumer.poll(POLL)) {
      var partition = new TopicPartition(fetched.topic(), fetched.partition());
      offsets
          .computeIfAbsent(partition, _ -> new OffsetMap(fetched.offset()))
          .started(fetched.offset());
      line(Lane.ofTopic(fetched.topic())).waiting.add(fetched);
    }
  }

  private void startWaiting() {
    lines.forEach((lane, line) -> {
      while (line.inFlight < properties.maxInFlight() && !line.waiting.isEmpty())
        start(lane, line, line.waiting.remove());
    });
  }

  private void tellOldest(Lane lane, Line line) {
    var first = line.waiting.peek();
    if (first == null) meters.nothingFetched(lane);
    else meters.fetched(lane, first.timestamp());
  }

  private void start(Lane lane, Line line, ConsumerRecord<byte[], byte[]> fetched) {
    var partition = new TopicPartition(fetched.topic(), fetched.partition());
    if (!offsets.containsKey(partition)) return; // revoked while it waited: it is another's now
    line.inFlight++;
    meters.started(lane);
    requests.execute(() -> {
      boolean ended = false;
      try {
        ended = handler.handle(lane, fetched.value(), RequestHandler.Origin.of(fetched));
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
      } catch (RuntimeException unforeseen) {
        log.atError()
            .setCause(unforeseen)
            .addKeyValue("partition", partition)
            .addKeyValue("offset", fetched.offset())
            .log("A request ended in an unforeseen way and stays open; restart this worker");
      } finally {
        endings.add(new Ending(lane, partition, fetched.offset(), ended));
      }
    });
  }

  private void takeEndings() {
    for (var ending = endings.poll(); ending != null; ending = endings.poll()) {
      line(ending.lane()).inFlight--;
      meters.ended(ending.lane());
      var map = offsets.get(ending.partition());
      if (ending.ended() && map != null) map.ended(ending.offset());
    }
  }

  private void pauseFullLanes() {
    var pause = new ArrayList<TopicPartition>();
    var resume = new ArrayList<TopicPartition>();
    for (var partition : consumer.assignment()) {
      var line = line(Lane.ofTopic(partition.topic()));
      var full = !line.waiting.isEmpty() || line.inFlight >= properties.maxInFlight();
      (full ? pause : resume).add(partition);
    }
    try {
      consumer.pause(pause);
      consumer.resume(resume);
    } catch (IllegalStateException lost) {
      // The consumer's own thread takes partitions away at any time; the next round sees what is
      // left
      log.atDebug().addKeyValue("cause", lost.getMessage()).log("A partition was lost meanwhile");
    }
  }

  private void commit() {
    var due = new HashMap<TopicPartition, OffsetAndMetadata>();
    offsets.forEach((partition, map) -> {
      long offset = map.committable();
      if (!Long.valueOf(offset).equals(committed.put(partition, offset)))
        due.put(partition, new OffsetAndMetadata(offset));
    });
    if (!due.isEmpty()) consumer.commitAsync(due, this::committed);
  }

  private void committed(
      Map<TopicPartition, OffsetAndMetadata> due,
      @org.jspecify.annotations.Nullable Exception failure) {
    if (failure == null) return;
    due.keySet().forEach(committed::remove);
    log.atWarn()
        .addKeyValue("cause", failure.toString())
        .log("Offsets were not committed; the next commit includes them");
  }

  private void drain() throws InterruptedException {
    lines.values().forEach(line -> line.waiting.clear());
    handler.drain();
    long deadline = System.nanoTime() + properties.drain().toNanos();
    consumer.pause(consumer.assignment());
    while (inFlight() > 0 && System.nanoTime() - deadline < 0) {
      consumer.poll(POLL); // stays in the group while its requests finish
      takeEndings();
    }
    takeEndings();
    var due = new HashMap<TopicPartition, OffsetAndMetadata>();
    offsets.forEach(
        (partition, map) -> due.put(partition, new OffsetAndMetadata(map.committable())));
    consumer.commitSync(due);
  }

  private int inFlight() {
    return lines.values().stream().mapToInt(line -> line.inFlight).sum();
  }

  private Line line(Lane lane) {
    return lines.computeIfAbsent(lane, _ -> new Line());
  }

  /** Called inside {@code poll}, so on the poll loop's thread. */
  private final class Rebalance implements ConsumerRebalanceListener {
    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      assigned = true;
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      takeEndings();
      var due = new HashMap<TopicPartition, OffsetAndMetadata>();
      for (var partition : partitions) {
        var map = offsets.get(partition);
        if (map != null) due.put(partition, new OffsetAndMetadata(map.committable()));
      }
      if (!due.isEmpty()) consumer.commitSync(due);
      forget(Set.copyOf(partitions));
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
      forget(Set.copyOf(partitions));
    }

    private void forget(Set<TopicPartition> partitions) {
      offsets.keySet().removeAll(partitions);
      committed.keySet().removeAll(partitions);
    }
  }
}
