package dev.sluice.benchmarks.intake;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;

/** What every subject does with a record: it sleeps, and notes when. Thread-safe. */
final class Work {
  /** As long as a short answer of a model takes. */
  static final Duration TIME = Duration.ofSeconds(1);

  private final Queue<Running> requests = new ConcurrentLinkedQueue<>();
  private final CountDownLatch untilBusy;

  private static final class Running {
    final long producedAt;
    final long startedAt = now();
    volatile long endedAt;

    Running(long producedAt) {
      this.producedAt = producedAt;
    }

    Worked worked() {
      long ended = endedAt;
      return new Worked(producedAt, startedAt, ended == 0 ? startedAt + TIME.toNanos() : ended);
    }
  }

  /**
   * @param busy with so many requests begun {@link #awaitBusy} returns
   */
  Work(int busy) {
    untilBusy = new CountDownLatch(busy);
  }

  /** A record of a size such as a conversation has, with the time in front. */
  static byte[] record(int bytes) {
    return ByteBuffer.allocate(bytes).putLong(now()).array();
  }

  /** Works on one record; blocks for {@link #TIME}. */
  void on(byte[] value) throws InterruptedException {
    var request = new Running(ByteBuffer.wrap(value).getLong());
    requests.add(request);
    untilBusy.countDown();
    Thread.sleep(TIME);
    request.endedAt = now();
  }

  void awaitBusy() throws InterruptedException {
    untilBusy.await();
  }

  /** All requests so far. */
  List<Worked> requests() {
    return requests.stream().map(Running::worked).toList();
  }

  static long now() {
    var now = Instant.now();
    return now.getEpochSecond() * 1_000_000_000 + now.getNano();
  }
}
