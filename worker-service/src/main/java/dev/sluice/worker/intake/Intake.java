package dev.sluice.worker.intake;

import dev.sluice.common.topic.Lane;
import dev.sluice.worker.intake.Line.Handed;
import java.time.Duration;
import java.time.Instant;
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
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/** The poll loop: lanes in, requests started, offsets committed. */
public final class Intake implements SmartLifecycle {
  /*
   * One platform thread owns the consumer, the offset maps and the waiting lines; requests run on
   * virtual threads and tell of themselves through `reports`, the only thing both sides touch.
   *
   * A record is fetched, waits in its lane's line until the lane has room, runs, ends. A lane has
   * room while fewer than the limit are in flight, and fewer than another have yet to begin, which
   * stand before a user who comes now. A partition of which records wait is paused, and a lane that
   * has its share of what may wait in memory, so the backlog stays in Kafka. Lines are per lane: a
   * lane at its limit never stops another.
   *
   * A partition that is revoked takes its offset map with it. Its requests run on; their endings
   * find no map and are forgotten, and the lease tells the partition's new owner that they run. So
   * a worker that is drained need not stay in the group for what it has begun.
   *
   * What operators want is a volatile field each; the loop looks at them in every round.
   */
  private static final Logger log = LoggerFactory.getLogger(Intake.class);

  private static final Duration POLL = Duration.ofMillis(20);
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
  private static final Duration LOOK_EVERY = Duration.ofMillis(500);
  private static final Duration HANDED_BACK_WITHIN = Duration.ofSeconds(2);

  private final Consumer<byte[], byte[]> consumer;
  private final List<Lane> lanes;
  private final RequestHandler handler;
  private final IntakeProperties properties;
  private final IntakeMeters meters;
  private final ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor();
  private final Queue<Report> reports = new ConcurrentLinkedQueue<>();
  private final CountDownLatch stopped = new CountDownLatch(1);

  // Only the poll loop's thread touches these.
  private final Offsets offsets;
  private final Map<Lane, Line> lines = new LinkedHashMap<>();

  private boolean joined;

  private volatile int concurrency;
  private volatile Set<Lane> paused = Set.of();
  private volatile boolean drained;
  private volatile Map<Lane, LaneIntake> activity = Map.of();
  private volatile int inFlight;
  private volatile boolean running;
  private volatile boolean assigned;

  /**
   * One lane as this worker has it now.
   *
   * @param inFlight requests that are worked on, or wait for the budget
   * @param waiting requests that are fetched and not handed over
   * @param oldest when the first was put on its lane that has not begun, handed over or not
   * @param endedAhead requests that have ended and whose offsets cannot be committed yet
   */
  public record LaneIntake(int inFlight, int waiting, @Nullable Instant oldest, long endedAhead) {
    static final LaneIntake NONE = new LaneIntake(0, 0, null, 0);
  }

  private sealed interface Report {
    record Begun(Lane lane, Handed record) implements Report {}

    record Ended(Lane lane, Handed record, boolean forGood) implements Report {}
  }

  Intake(
      Consumer<byte[], byte[]> consumer,
      List<Lane> lanes,
      RequestHandler handler,
      IntakeProperties properties,
      IntakeMeters meters) {
    this.consumer = consumer;
    this.offsets = new Offsets(consumer);
    this.lanes = lanes;
    this.handler = handler;
    this.properties = properties;
    this.meters = meters;
    this.concurrency = properties.maxInFlight();
    lanes.forEach(lane -> lines.put(lane, new Line()));
  }

  @Override
  public void start() {
    running = true;
    Thread.ofPlatform().name("intake").start(this::loop);
  }

  /** The concurrency that is configured. */
  public int configuredConcurrency() {
    return properties.maxInFlight();
  }

  /** Takes on so many requests of each lane at once; what is beyond that finishes. */
  public void concurrency(int most) {
    concurrency = most;
  }

  /** Begins no request of these lanes, and those of all others. */
  public void pause(Set<Lane> lanesToPause) {
    paused = Set.copyOf(lanesToPause);
  }

  /**
   * Whether this worker is to stay out of the group: it leaves at once, finishes the calls that are
   * under way and hands back the rest. False lets it join again.
   */
  public void drain(boolean nowDrained) {
    drained = nowDrained;
  }

  public boolean isDrained() {
    return drained;
  }

  /** Requests that are worked on, or wait for the budget. */
  public int inFlight() {
    return inFlight;
  }

  public List<Lane> lanes() {
    return lanes;
  }

  /** A lane as this worker has it, half a second ago at most. */
  public LaneIntake activity(Lane lane) {
    return activity.getOrDefault(lane, LaneIntake.NONE);
  }

  /**
   * Leaves the group, lets calls under way finish within the drain time and hands back the rest.
   */
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
      long nextCommit = System.nanoTime();
      long nextLook = nextCommit;
      while (running) {
        try {
          takeReports();
          joinOrLeave();
          if (joined) fetch();
          else TimeUnit.MILLISECONDS.sleep(POLL.toMillis());
          startWaiting();
          pauseAndResume();
          if (System.nanoTime() - nextCommit >= 0) {
            offsets.commit();
            nextCommit = System.nanoTime() + properties.commitEvery().toNanos();
          }
          if (System.nanoTime() - nextLook >= 0) {
            look();
            nextLook = System.nanoTime() + LOOK_EVERY.toNanos();
          }
        } catch (KafkaException unavailable) {
          log.atWarn()
              .addKeyValue("cause", unavailable.toString())
              .log("Kafka does not answer the intake; it tries again");
          TimeUnit.MILLISECONDS.sleep(AFTER_FAILURE.toMillis());
        } catch (RuntimeException unforeseen) {
          // Whatever it is, the thread must live: without it this worker takes nothing on any more
          log.atError()
              .setCause(unforeseen)
              .log("The intake failed in an unforeseen way; it goes on. Please report this");
          TimeUnit.MILLISECONDS.sleep(AFTER_FAILURE.toMillis());
        }
      }
      finish();
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

  private void joinOrLeave() {
    if (joined != drained) return;
    if (joined) leave();
    else join();
  }

  private void join() {
    handler.resume();
    consumer.subscribe(lanes.stream().map(Lane::topic).toList(), new Rebalance());
    joined = true;
  }

  /** Others have its partitions at once; what was fetched and not begun is theirs. */
  private void leave() {
    lines.values().forEach(Line::forgetAll);
    handler.drain();
    joined = false;
    assigned = false;
    takeReports();
    offsets.commitAllNow();
    offsets.forgetAll();
    consumer.unsubscribe();
    log.atInfo().addKeyValue("in_flight", countInFlight()).log("This worker has left the group");
  }

  private void fetch() {
    for (var fetched : consumer.poll(POLL)) {
      var lane = Lane.ofTopic(fetched.topic());
      if (offsets.fetched(fetched)) line(lane).add(fetched);
      else meters.endedBefore(lane);
    }
  }

  private void startWaiting() {
    lines.forEach((lane, line) -> {
      while (hasRoom(lane, line)) {
        var next = line.next();
        if (next == null) break;
        start(lane, line, next);
      }
    });
  }

  private boolean hasRoom(Lane lane, Line line) {
    return line.inFlight() < concurrency
        && line.notBegun() < properties.maxNotBegun()
        && !paused.contains(lane);
  }

  private void start(Lane lane, Line line, ConsumerRecord<byte[], byte[]> fetched) {
    var handed = Handed.of(fetched);
    if (!offsets.has(handed.partition())) return; // revoked while it waited: another's now
    line.handedOver(handed);
    meters.started(lane);
    requests.execute(() -> {
      boolean forGood = false;
      try {
        forGood = handle(lane, fetched, handed);
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
      } finally {
        reports.add(new Report.Ended(lane, handed, forGood));
      }
    });
  }

  /** Until it has ended, or is not this worker's any more. */
  private boolean handle(Lane lane, ConsumerRecord<byte[], byte[]> fetched, Handed handed)
      throws InterruptedException {
    for (var pause = AFTER_FAILURE; ; pause = longer(pause)) {
      try {
        return handler.handle(
            lane,
            fetched.value(),
            RequestHandler.Origin.of(fetched),
            () -> reports.add(new Report.Begun(lane, handed)));
      } catch (RuntimeException unforeseen) {
        log.atError()
            .setCause(unforeseen)
            .addKeyValue("partition", handed.partition())
            .addKeyValue("offset", handed.offset())
            .log("A request ended in an unforeseen way; it is taken up again");
      }
      Thread.sleep(pause);
      if (!running || drained) return false;
    }
  }

  private static Duration longer(Duration pause) {
    var doubled = pause.multipliedBy(2);
    return doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
  }

  private void takeReports() {
    for (var report = reports.poll(); report != null; report = reports.poll()) {
      switch (report) {
        case Report.Begun(var lane, var handed) -> line(lane).begun(handed);
        case Report.Ended(var lane, var handed, var forGood) -> {
          line(lane).ended(handed);
          meters.ended(lane);
          if (forGood) offsets.ended(handed);
        }
      }
    }
  }

  private void pauseAndResume() {
    var pause = new ArrayList<TopicPartition>();
    var resume = new ArrayList<TopicPartition>();
    for (var partition : consumer.assignment())
      (mayFetch(partition) ? resume : pause).add(partition);
    var before = consumer.paused(); // what is asked of the consumer costs a turn of its own thread
    pause.removeAll(before);
    resume.retainAll(before);
    try {
      if (!pause.isEmpty()) consumer.pause(pause);
      if (!resume.isEmpty()) consumer.resume(resume);
    } catch (IllegalStateException lost) {
      // The consumer's own thread takes partitions away at any time; the next round sees what is
      // left
      log.atDebug().addKeyValue("cause", lost.getMessage()).log("A partition was lost meanwhile");
    }
  }

  private boolean mayFetch(TopicPartition partition) {
    var lane = Lane.ofTopic(partition.topic());
    var line = line(lane);
    return !line.holds(partition)
        && line.waiting() + properties.batch(lanes) <= properties.share(lanes)
        && !paused.contains(lane);
  }

  private void finish() throws InterruptedException {
    try {
      if (joined) leave();
      else handler.drain();
    } catch (KafkaException unavailable) {
      log.atWarn()
          .addKeyValue("cause", unavailable.toString())
          .log("Kafka does not take note that this worker leaves its group; it will find out");
    }
    awaitEnds(properties.drain());
    if (countInFlight() == 0) return;
    log.atWarn()
        .addKeyValue("in_flight", countInFlight())
        .log("Calls did not end within sluice.intake.drain; other workers take them over");
    handler.handBackAll();
    awaitEnds(HANDED_BACK_WITHIN);
  }

  private void awaitEnds(Duration patience) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    for (; ; ) {
      takeReports();
      look();
      if (countInFlight() == 0 || System.nanoTime() - deadline >= 0) return;
      TimeUnit.MILLISECONDS.sleep(POLL.toMillis());
    }
  }

  /** Tells whoever reports how things are. */
  private void look() {
    inFlight = countInFlight();
    var ahead = offsets.endedAhead();
    var seen = new HashMap<Lane, LaneIntake>();
    lines.forEach((lane, line) ->
        seen.put(
            lane,
            new LaneIntake(
                line.inFlight(), line.waiting(), line.oldest(), ahead.getOrDefault(lane, 0L))));
    activity = Map.copyOf(seen);
  }

  private int countInFlight() {
    return lines.values().stream().mapToInt(Line::inFlight).sum();
  }

  private Line line(Lane lane) {
    return lines.computeIfAbsent(lane, _ -> new Line());
  }

  /** Called inside {@code poll}, so on the poll loop's thread. */
  private final class Rebalance implements ConsumerRebalanceListener {
    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      assigned = true;
      offsets.take(partitions);
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      takeReports();
      offsets.commitNow(partitions);
      forget(Set.copyOf(partitions));
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
      forget(Set.copyOf(partitions));
    }

    private void forget(Set<TopicPartition> partitions) {
      offsets.forget(partitions);
      // Else they would be begun twice if the partition came back before their turn
      lines.values().forEach(line -> line.forget(partitions));
    }
  }
}
