package dev.sluice.benchmarks.latency;

import dev.sluice.benchmarks.AnyClient;
import dev.sluice.benchmarks.Benchmark;
import dev.sluice.benchmarks.Distribution;
import dev.sluice.benchmarks.Row;
import dev.sluice.benchmarks.Run;
import dev.sluice.localstack.LocalStack;
import java.util.ArrayList;
import java.util.List;

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

  @Override
  public List<Row> run(Run run) throws InterruptedException {
    var options = AnyClient.unlimited(run.stack().tier("tier-5")).build();
    try (var stack = LocalStack.start(options);
        var direct = new DirectAsker(stack.simulator().url());
        var sluice = new SluiceAsker(stack)) {
      sluice.open(BROWSERS);
      run.say("Warming up");
      var _ = new Load(QUESTION, WARM_UP_RATE, run.quick() ? 15 : 45).on(direct, sluice);
      var rows = new ArrayList<Row>();
      for (int rate : RATES) {
        int seconds = rate == 1 ? (run.quick() ? 20 : 120) : (run.quick() ? 15 : 60);
        run.say("Measuring %d requests/s of each subject for %d s".formatted(rate, seconds));
        rows.addAll(rows(rate, new Load(QUESTION, rate, seconds).on(direct, sluice)));
      }
      return rows;
    }
  }

  private static List<Row> rows(int rate, List<Load.Answers> answers) {
    var direct = answers.getFirst();
    var sluice = answers.getLast();
    return List.of(row("direct", rate, direct), added(row("sluice", rate, sluice), direct, sluice));
  }

  static Row row(String subject, int rate, Load.Answers answers) {
    var times = Distribution.of(answers.times);
    return Row.of(subject)
        .with("requests_per_s", rate)
        .with("requests", times.size())
        .with("failed", answers.failed())
        .figure("ttft_p50_ms", times.p50())
        .figure("ttft_p99_ms", times.p99());
  }

  static Row added(Row row, Load.Answers direct, Load.Answers sluice) {
    var before = Distribution.of(direct.times);
    var after = Distribution.of(sluice.times);
    return row.figure("ttft_added_p50_ms", after.p50() - before.p50())
        .figure("ttft_added_p99_ms", after.p99() - before.p99())
        .figure("ttft_ratio_p50", after.p50() / before.p50())
        .figure("ttft_ratio_p99", after.p99() / before.p99());
  }
}
