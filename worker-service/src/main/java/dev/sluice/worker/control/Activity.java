package dev.sluice.worker.control;

import dev.sluice.common.message.WorkerReport.AttemptCount;
import dev.sluice.common.topic.Lane;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** What this worker has done of late, for its report. Thread-safe. */
public final class Activity {
  static final int RECENTLY = 10;
  private static final int MINUTE = 60;

  private final LongSupplier nanoTime;
  private final Map<Lane, Window> started = new ConcurrentHashMap<>();
  private final Map<Lane, Window> ended = new ConcurrentHashMap<>();
  private final Map<String, Answers> answers = new ConcurrentHashMap<>();
  private final Map<String, Attempts> attempts = new ConcurrentHashMap<>();

  private record Answers(Window count, Window latency, Window charged) {
    Answers() {
      this(new Window(), new Window(), new Window());
    }
  }

  private record Attempts(Window count, Window retries) {
    Attempts() {
      this(new Window(), new Window());
    }
  }

  public Activity(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** A request is called for the first time. */
  public void started(Lane lane) {
    started.computeIfAbsent(lane, _ -> new Window()).add(1, now());
  }

  /** A request has ended, in whichever way. */
  public void ended(Lane lane) {
    ended.computeIfAbsent(lane, _ -> new Window()).add(1, now());
  }

  /**
   * A call has ended.
   *
   * @param code {@code answered}, {@code stopped}, or the error's code
   * @param number of the attempt, from 1
   */
  public void attempted(String code, int number) {
    var counts = attempts.computeIfAbsent(code, _ -> new Attempts());
    counts.count.add(1, now());
    if (number > 1) counts.retries.add(1, now());
  }

  /**
   * A call has brought a whole answer.
   *
   * @param latency from its start to the end of the answer
   * @param charged what was reserved for it, tokens
   */
  public void answered(String pool, Duration latency, long charged) {
    var sums = answers.computeIfAbsent(pool, _ -> new Answers());
    sums.count.add(1, now());
    sums.latency.add(latency.toMillis(), now());
    sums.charged.add(charged, now());
  }

  /** Calls started in the last ten seconds. */
  long startedRecently(Lane lane) {
    var window = started.get(lane);
    return window == null ? 0 : window.sum(RECENTLY, now());
  }

  /** Requests ended in the last ten seconds. */
  long endedRecently(Lane lane) {
    var window = ended.get(lane);
    return window == null ? 0 : window.sum(RECENTLY, now());
  }

  /**
   * Calls that were answered in the last minute.
   *
   * @param latency of all of them together, ms
   * @param charged for all of them together, tokens
   */
  record Answered(long count, long latency, long charged) {}

  Answered answered(String pool) {
    var sums = answers.get(pool);
    if (sums == null) return new Answered(0, 0, 0);
    return new Answered(
        sums.count.sum(MINUTE, now()),
        sums.latency.sum(MINUTE, now()),
        sums.charged.sum(MINUTE, now()));
  }

  /** Attempts that ended in the last minute. */
  List<AttemptCount> attempts() {
    return attempts.entrySet().stream()
        .map(each ->
            new AttemptCount(
                each.getKey(),
                each.getValue().count.sum(MINUTE, now()),
                each.getValue().retries.sum(MINUTE, now())))
        .filter(each -> each.count() > 0)
        .toList();
  }

  private long now() {
    return TimeUnit.NANOSECONDS.toSeconds(nanoTime.getAsLong());
  }
}
