package dev.sluice.api.replies;

import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.SluiceException;
import dev.sluice.common.id.ResponseId;
import dev.sluice.common.topic.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Visits to responses that this instance does not follow, or has stopped following: whoever lost a
 * connection and comes back, on whichever instance, and whoever asks what became of a response.
 * Thread-safe.
 */
public final class Visits implements SmartLifecycle {
  /*
   * Two consumers serve all visitors, by assign(). One reads on at the end of the home partitions of
   * the responses that are visited, and is never moved; the other, CatchUp, reads once more what a
   * visitor has missed. So those who come, however many, hold up nobody who is there. A visit listens
   * first and catches up then: what both readers bring passes once.
   *
   * The thread "reply-visits" owns the one consumer and the list of visits; others hand it arrivals,
   * and mark a visit as over. There is no wakeup(): it might interrupt the arrival of another
   * visitor; a short poll is as good.
   */
  private static final Logger log = LoggerFactory.getLogger(Visits.class);
  private static final Duration POLL = Duration.ofMillis(20);
  private static final Duration IDLE = Duration.ofMillis(500);
  private static final Duration OFFSETS_WITHIN = Duration.ofSeconds(5);
  private static final Duration AFTER_FAILURE = Duration.ofMillis(500);

  private final Supplier<Consumer<byte[], byte[]>> consumers;
  private final Redrives redrives;
  private final int most;
  private final Duration longest;
  private final Semaphore places;
  private final LinkedBlockingQueue<Visit> arrivals = new LinkedBlockingQueue<>();
  private final Map<String, List<Visit>> here = new HashMap<>(); // the thread's alone
  private final CatchUp catchUp;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private volatile boolean running;

  /**
   * @param most visits at once
   * @param longest how long a visit may wait for the end of its response
   */
  Visits(
      Supplier<Consumer<byte[], byte[]>> consumers, Redrives redrives, int most, Duration longest) {
    this.consumers = consumers;
    this.redrives = redrives;
    this.most = most;
    this.longest = longest;
    this.places = new Semaphore(most);
    this.catchUp = new CatchUp(consumers);
  }

  /**
   * Begins a visit. If the response has failed and was redriven, its new events take the place of
   * the failure, as far as there are any.
   *
   * @param after sequence number of the last event that the visitor knows; -1 for none
   * @return ends the visit: nothing more is handed on, but for what is being handed on now
   * @throws SluiceException with {@link ErrorCode#SERVICE_UNAVAILABLE} if there is no room
   */
  public Runnable visit(ResponseId id, long after, Visitor visitor) {
    return begin(new Visit(id, after, visitor, false, redrives.isRedriven(id.value())));
  }

  /**
   * Begins a visit to the whole of a response whose answer is somebody else's too: an end that is
   * for its own client alone is passed over.
   *
   * @return ends the visit, like the other
   * @throws SluiceException with {@link ErrorCode#SERVICE_UNAVAILABLE} if there is no room
   */
  public Runnable visitAsFollower(ResponseId id, Visitor visitor) {
    // Where the first life failed, one of those who follow takes its place: no need of a second
    return begin(new Visit(id, -1, visitor, true, false));
  }

  private Runnable begin(Visit visit) {
    if (!running || !places.tryAcquire())
      throw new SluiceException(
          ErrorCode.SERVICE_UNAVAILABLE,
          "Too many clients come back to their responses at once. Try again in a moment.");
    arrivals.add(visit);
    return visit::leave;
  }

  /** How many there are now. */
  public int current() {
    return most - places.availablePermits();
  }

  @Override
  public void start() {
    running = true;
    catchUp.start();
    Thread.ofPlatform().name("reply-visits").daemon().start(this::loop);
  }

  @Override
  public void stop() {
    running = false;
    try {
      if (!stopped.await(5, TimeUnit.SECONDS) || !catchUp.stop())
        log.atWarn().log("Visits did not stop in time");
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  private void loop() {
    try {
      while (running) serve();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } finally {
      arrivals.forEach(visit -> visit.lost(Visitor.Loss.UNREADABLE));
      visits().forEach(visit -> visit.lost(Visitor.Loss.UNREADABLE));
      stopped.countDown();
    }
  }

  private void serve() throws InterruptedException {
    try (var consumer = consumers.get()) {
      here.values().forEach(List::clear);
      while (running) {
        var arrived = arrived();
        sweep();
        if (here.isEmpty()) consumer.unsubscribe();
        else read(consumer, arrived);
      }
    } catch (RuntimeException unreadable) {
      // Whatever it is, the thread must live: all visitors to come depend on it.
      log.atWarn()
          .addKeyValue("cause", unreadable.toString())
          .log("Replies cannot be read for those who come back; they may try again");
      visits().forEach(visit -> visit.lost(Visitor.Loss.UNREADABLE));
      sweep();
      TimeUnit.MILLISECONDS.sleep(AFTER_FAILURE.toMillis());
    }
  }

  /** Waits for visitors only while there are none. */
  private List<Visit> arrived() throws InterruptedException {
    var arrived = new ArrayList<Visit>();
    if (here.isEmpty()) {
      var first = arrivals.poll(IDLE.toMillis(), TimeUnit.MILLISECONDS);
      if (first != null) arrived.add(first);
    }
    arrivals.drainTo(arrived);
    arrived.forEach(
        visit -> here.computeIfAbsent(visit.responseId(), _ -> new ArrayList<>()).add(visit));
    return arrived;
  }

  /** Those who have left make room. */
  private void sweep() {
    for (var all : here.values()) {
      for (var visit : all)
        if (!visit.isOver() && visit.isLongerThan(longest)) visit.lost(Visitor.Loss.OVERDUE);
      int before = all.size();
      all.removeIf(Visit::isOver);
      places.release(before - all.size());
    }
    here.values().removeIf(List::isEmpty);
  }

  private void read(Consumer<byte[], byte[]> consumer, List<Visit> arrived) {
    listen(consumer);
    catchUp.add(arrived);
    for (var published : consumer.poll(POLL)) {
      var reply = Reply.of(published);
      here.getOrDefault(reply.responseId(), List.of()).forEach(visit -> visit.hear(reply));
    }
  }

  /** Reads on at the end of those partitions that are new to it. */
  private void listen(Consumer<byte[], byte[]> consumer) {
    var assigned = Set.copyOf(consumer.assignment());
    var wanted = new HashSet<TopicPartition>();
    visits().forEach(visit -> wanted.add(visit.partition()));
    if (wanted.equals(assigned)) return;
    consumer.assign(wanted);
    wanted.removeAll(assigned);
    if (wanted.isEmpty()) return; // to Kafka none means all
    consumer.seekToEnd(wanted);
    for (var partition : wanted) {
      var _ = consumer.position(partition, OFFSETS_WITHIN); // not a record later than now
    }
  }

  private List<Visit> visits() {
    return here.values().stream().flatMap(List::stream).toList();
  }
}
