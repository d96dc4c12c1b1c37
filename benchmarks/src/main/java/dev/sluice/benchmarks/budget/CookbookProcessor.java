package dev.sluice.benchmarks.budget;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The algorithm of OpenAI's cookbook for parallel requests ({@code
 * examples/api_request_parallel_processor.py} in openai/openai-cookbook), told anew: a loop with
 * two local counters, requests and tokens, that begin full and refill evenly; the next request is
 * called once both suffice, refused ones come first, five calls each; after a 429 the loop rests
 * for 15 s.
 *
 * <p>The published script tests for an error code {@code "429"} that the provider does not send,
 * and so never rests; here it does what its text promises. Its times are the provider's; its pause
 * of 1 ms a round is the machine's.
 */
final class CookbookProcessor implements Runnable {
  private static final int CALLS = 5;
  private static final Duration REST = Duration.ofSeconds(15);

  private final ProviderCall provider;
  private final Executor threads;
  private final double requestLimit;
  private final double tokenLimit;
  private final double minute; // ns
  private final long rest; // ns
  private final Queue<Task> fresh = new ConcurrentLinkedQueue<>();
  private final Queue<Task> refused = new ConcurrentLinkedQueue<>();
  private final AtomicLong lost = new AtomicLong();
  private final AtomicLong restUntil = new AtomicLong(System.nanoTime());

  private record Task(Question question, int call) {}

  /**
   * @param share of the account's limits that this process believes to have
   */
  CookbookProcessor(ProviderCall provider, Account account, double share, Executor threads) {
    this.provider = provider;
    this.threads = threads;
    this.requestLimit = account.rpm() * share;
    this.tokenLimit = account.tpm() * share;
    this.minute = account.minute().toNanos();
    this.rest = account.ours(REST).toNanos();
  }

  void ask(Question question) {
    fresh.add(new Task(question, 1));
  }

  long lost() {
    return lost.get();
  }

  @Override
  public void run() {
    try {
      loop();
    } catch (InterruptedException | RejectedExecutionException closed) {
      Thread.currentThread().interrupt();
    }
  }

  private void loop() throws InterruptedException {
    double requests = requestLimit;
    double tokens = tokenLimit;
    long updated = System.nanoTime();
    @Nullable Task next = null;
    while (true) {
      if (next == null) next = refused.poll();
      if (next == null) next = fresh.poll();
      long now = System.nanoTime();
      requests = Math.min(requestLimit, requests + requestLimit * (now - updated) / minute);
      tokens = Math.min(tokenLimit, tokens + tokenLimit * (now - updated) / minute);
      updated = now;
      if (next != null && requests >= 1 && tokens >= next.question().tokens().charge()) {
        requests--;
        tokens -= next.question().tokens().charge();
        var task = next;
        threads.execute(() -> call(task));
        next = null;
      }
      TimeUnit.MILLISECONDS.sleep(1);
      TimeUnit.NANOSECONDS.sleep(restUntil.get() - System.nanoTime());
    }
  }

  private void call(Task task) {
    try {
      int status = provider.make(task.question(), task.call());
      if (status == 200) return;
      if (status == 429) restUntil.set(System.nanoTime() + rest);
      if (task.call() < CALLS) refused.add(new Task(task.question(), task.call() + 1));
      else lost.incrementAndGet();
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }
}
