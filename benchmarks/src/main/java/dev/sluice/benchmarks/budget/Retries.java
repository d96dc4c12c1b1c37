package dev.sluice.benchmarks.budget;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The usual client loop: a call of 30 s at most; when it fails a pause of 1, 2, 4, 8, 16 s and up
 * to a quarter more, then the request is lost. All in the provider's time. Thread-safe; a request
 * blocks a virtual thread of its own.
 */
final class Retries implements AutoCloseable {
  static final Duration TIMEOUT = Duration.ofSeconds(30);

  private static final int PAUSES = 5;
  private static final double JITTER = 0.25;

  /** What a request waits for before each call. */
  interface Gate {
    void pass(Question question) throws InterruptedException;
  }

  private final ProviderCall provider;
  private final Duration second;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final AtomicLong lost = new AtomicLong();

  Retries(ProviderCall provider, Account account) {
    this.provider = provider;
    this.second = account.ours(Duration.ofSeconds(1));
  }

  void start(Question question, Gate gate) {
    threads.execute(() -> {
      try {
        if (!isAnswered(question, gate)) lost.incrementAndGet();
      } catch (InterruptedException closed) {
        Thread.currentThread().interrupt();
      }
    });
  }

  private boolean isAnswered(Question question, Gate gate) throws InterruptedException {
    for (int pause = 0; ; pause++) {
      gate.pass(question);
      if (provider.make(question, pause + 1) == 200) return true;
      if (pause == PAUSES) return false;
      double seconds = (1 << pause) * (1 + JITTER * ThreadLocalRandom.current().nextDouble());
      TimeUnit.NANOSECONDS.sleep((long) (seconds * second.toNanos()));
    }
  }

  long lost() {
    return lost.get();
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
