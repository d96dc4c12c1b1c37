package dev.sluice.benchmarks.budget;

import io.github.bucket4j.Bucket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The limit divided beforehand: each of N processes keeps local Bucket4j buckets of its N-th part,
 * as Bucket4j's reference shows it ({@code tryConsumeAndReturnRemaining}, then a wait for the
 * refill), and retries what is refused. The processes are objects in this JVM that share nothing;
 * {@link Skew} says how uneven their load is.
 */
final class SplitBuckets implements Subject {
  private final Retries retries;
  private final List<Share> shares;
  private final Skew skew; // guarded by this

  SplitBuckets(ProviderCall provider, Account account, int processes) {
    this.retries = new Retries(provider, account);
    this.skew = new Skew(processes);
    this.shares = Stream.generate(() -> Share.of(account, processes)).limit(processes).toList();
  }

  @Override
  public void ask(Question question) {
    retries.start(question, shares.get(process()));
  }

  private synchronized int process() {
    return skew.next();
  }

  @Override
  public long lost() {
    return retries.lost();
  }

  @Override
  public void close() {
    retries.close();
  }

  /** One process's part of the account. */
  private record Share(Bucket requests, Bucket tokens) implements Retries.Gate {
    static Share of(Account account, int processes) {
      var minute = account.minute();
      return new Share(
          bucket(Math.max(1, account.rpm() / processes), minute),
          bucket(account.tpm() / processes, minute));
    }

    private static Bucket bucket(long limit, Duration minute) {
      return Bucket.builder()
          .addLimit(bandwidth -> bandwidth.capacity(limit).refillGreedy(limit, minute))
          .build();
    }

    @Override
    public void pass(Question question) throws InterruptedException {
      await(requests, 1);
      await(tokens, question.tokens().charge());
    }

    private static void await(Bucket bucket, long amount) throws InterruptedException {
      while (true) {
        var probe = bucket.tryConsumeAndReturnRemaining(amount);
        if (probe.isConsumed()) return;
        TimeUnit.NANOSECONDS.sleep(probe.getNanosToWaitForRefill());
      }
    }
  }
}
