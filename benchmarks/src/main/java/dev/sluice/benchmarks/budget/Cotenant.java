package dev.sluice.benchmarks.budget;

import dev.sluice.common.token.TokenCounter;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Another application on the same account: once started it takes 30 % of the tokens, evenly, and
 * tries nothing twice.
 */
final class Cotenant implements AutoCloseable {
  /** Of its calls' ids. */
  static final String PREFIX = "cotenant-";

  private static final double SHARE = 0.3;
  private static final int CALLS_A_MINUTE = 60;

  private final ProviderCall provider;
  private final Account account;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  Cotenant(ProviderCall provider, Account account) {
    this.provider = provider;
    this.account = account;
  }

  void start() {
    threads.execute(this::run);
  }

  private void run() {
    var pause = account.minute().dividedBy(CALLS_A_MINUTE);
    long next = System.nanoTime();
    try {
      for (int call = 1; ; call++) {
        var question = question(call);
        threads.execute(() -> ask(question));
        next += pause.toNanos();
        TimeUnit.NANOSECONDS.sleep(next - System.nanoTime());
      }
    } catch (InterruptedException | RejectedExecutionException closed) {
      Thread.currentThread().interrupt();
    }
  }

  private Question question(int call) {
    long tokens = Math.round(SHARE * account.tpm() / CALLS_A_MINUTE);
    var body =
        "{\"model\":\"%s\",\"input\":\"Mine too [[tokens=4]]\",\"max_output_tokens\":%d}"
            .formatted(account.model(), tokens);
    return new Question(PREFIX + call, PREFIX, new TokenCounter.Count(8, tokens), body);
  }

  private void ask(Question question) {
    try {
      var _ = provider.make(question, 1);
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
