package dev.sluice.benchmarks.latency;

import dev.sluice.benchmarks.AnyClient;
import dev.sluice.benchmarks.Benchmark;
import dev.sluice.benchmarks.Distribution;
import dev.sluice.benchmarks.Row;
import dev.sluice.benchmarks.Run;
import dev.sluice.localstack.LocalStack;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Time to the first token, through Sluice and straight from the provider, side by side: questions
 * arrive at random (a Poisson process of each subject's own) whether or not the ones before have
 * been answered, and every other one goes to the other subject. The account has headroom, so what
 * is added is Sluice's own time: socket, admission, Kafka twice, Redis for lease and budget, and
 * the relay.
 */
public final class LatencyBenchmark implements Benchmark {
  private static final int[] RATES = {1, 50};
  private static final int WARM_UP_RATE = 50;
  private static final int BROWSERS = 64;
  private static final String QUESTION = "Why is the sea salty? [[tokens=20]]";
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final long SEED = 20_261_124;

  @Override
  public List<Row> run(Run run) throws InterruptedException {
    var options = AnyClient.unlimited(run.stack().tier("tier-5")).build();
    try (var stack = LocalStack.start(options);
        var direct = new DirectAsker(stack.simulator().url());
        var sluice = new SluiceAsker(stack.api(1).url())) {
      sluice.open(BROWSERS);
      run.say("Warming up");
      phase(direct, sluice, WARM_UP_RATE, run.quick() ? 15 : 45);
      var rows = new ArrayList<Row>();
      for (int rate : RATES) {
        int seconds = rate == 1 ? (run.quick() ? 20 : 120) : (run.quick() ? 15 : 60);
        run.say("Measuring %d requests/s of each subject for %d s".formatted(rate, seconds));
        rows.addAll(rows(rate, phase(direct, sluice, rate, seconds)));
      }
      return rows;
    }
  }

  /** What came of one phase. */
  static final class Measured {
    final Queue<Long> direct = new ConcurrentLinkedQueue<>();
    final Queue<Long> sluice = new ConcurrentLinkedQueue<>();
    final AtomicInteger failed = new AtomicInteger();
  }

  private static Measured phase(Asker direct, Asker sluice, int rate, int seconds)
      throws InterruptedException {
    return phase(direct, sluice, QUESTION, rate, seconds);
  }

  /**
   * @param rate requests a second of each subject
   */
  static Measured phase(Asker direct, Asker sluice, String question, int rate, int seconds)
      throws InterruptedException {
    var measured = new Measured();
    var running = new ArrayList<CompletableFuture<?>>();
    var random = new SplittableRandom(SEED);
    long next = System.nanoTime();
    for (int i = 0; i < 2 * rate * seconds; i++) {
      next += (long) (-Math.log(1 - random.nextDouble()) / (2.0 * rate) * 1e9);
      TimeUnit.NANOSECONDS.sleep(next - System.nanoTime());
      boolean toDirect = i % 2 == 0;
      var times = toDirect ? measured.direct : measured.sluice;
      running.add(
          (toDirect ? direct : sluice)
              .ask(question)
              .handle((nanos, failure) ->
                  failure == null ? times.add(nanos) : measured.failed.incrementAndGet()));
    }
    awaitAll(running);
    return measured;
  }

  private static void awaitAll(List<CompletableFuture<?>> running) throws InterruptedException {
    try {
      CompletableFuture.allOf(running.toArray(CompletableFuture[]::new))
          .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException late) {
      throw new IllegalStateException("answers are missing", late);
    }
  }

  static List<Row> rows(int rate, Measured measured) {
    var direct = Distribution.of(measured.direct);
    var sluice = Distribution.of(measured.sluice);
    return List.of(
        row("direct", rate, direct),
        row("sluice", rate, sluice)
            .with("failed", measured.failed.get())
            .figure("ttft_added_p50_ms", sluice.p50() - direct.p50())
            .figure("ttft_added_p99_ms", sluice.p99() - direct.p99())
            .figure("ttft_ratio_p50", sluice.p50() / direct.p50())
            .figure("ttft_ratio_p99", sluice.p99() / direct.p99()));
  }

  private static Row row(String subject, int rate, Distribution times) {
    return Row.of(subject)
        .with("requests_per_s", rate)
        .with("requests", times.size())
        .figure("ttft_p50_ms", times.p50())
        .figure("ttft_p99_ms", times.p99());
  }
}
