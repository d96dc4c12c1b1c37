package dev.sluice.benchmarks.budget;

import dev.sluice.benchmarks.Benchmark;
import dev.sluice.benchmarks.Row;
import dev.sluice.benchmarks.Run;
import java.util.List;

/**
 * Part of {@link BudgetBenchmark} without its compression: a minute of the provider's lasts one of
 * ours, so that lateness weighs what it weighs in production.
 */
public final class RealTimeBudgetBenchmark implements Benchmark {
  private static final int WORKERS = 4;
  private static final int REAL = 1;

  @Override
  public List<Row> run(Run run) throws InterruptedException {
    var roomy = Account.ofGpt35(REAL);
    try (var network = Network.open();
        var fleet = Fleet.start(run, roomy.minute(), network)) {
      fleet.grow(WORKERS);
      fleet.provider().answersQuickly();
      var contest = new Contest(run, fleet, network, REAL);
      contest.split(Scenario.SATURATED, WORKERS);
      contest.practise(roomy);
      contest.sluice(Scenario.SATURATED);
      return contest.rows();
    }
  }
}
