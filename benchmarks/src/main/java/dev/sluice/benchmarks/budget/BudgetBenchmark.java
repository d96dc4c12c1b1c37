package dev.sluice.benchmarks.budget;

import dev.sluice.benchmarks.Benchmark;
import dev.sluice.benchmarks.Row;
import dev.sluice.benchmarks.Run;
import java.util.List;

/**
 * The share of a limit that is used and the refusals that it costs: Sluice with 1, 4 and 16 workers
 * beside the loops and buckets that one would write without it, on the same strict provider with
 * the same requests. Time is compressed, see {@link Account}; what the figures mean stands in the
 * README.
 */
public final class BudgetBenchmark implements Benchmark {
  private static final int ONE = 1;
  private static final int SOME = 4;
  private static final int MANY = 16;
  // A minute of the provider's time in 4 s when it has to be quick, in 10 s when there is time.
  private static final int QUICK = 15;
  private static final int FULL = 6;

  @Override
  public List<Row> run(Run run) throws InterruptedException {
    int compression = run.quick() ? QUICK : FULL;
    var roomy = Account.ofGpt35(compression);
    try (var network = Network.open();
        var fleet = Fleet.start(run, roomy.minute(), network)) {
      fleet.grow(ONE);
      fleet.provider().answersQuickly();
      // Baselines first: as long as few workers poll, the machine is theirs.
      var contest = new Contest(run, fleet, network, compression);
      baselines(contest, run.quick());
      contest.practise(roomy);
      contest.sluice(Scenario.SATURATED);
      fleet.grow(SOME);
      contest.practise(roomy);
      contest.sluice(Scenario.SATURATED);
      if (!run.quick()) {
        contest.sluice(Scenario.JITTER);
        contest.sluice(Scenario.FLUSH);
        contest.idle(roomy);
      }
      if (run.quick()) return contest.rows(); // 16 workers take longer to start than all the rest
      fleet.grow(MANY);
      contest.practise(roomy);
      contest.sluice(Scenario.SATURATED);
      // Last: what the fleet has learnt of the other application would go on for a while.
      contest.sluice(Scenario.COTENANT);
      return contest.rows();
    }
  }

  private static void baselines(Contest contest, boolean quick) throws InterruptedException {
    contest.naive(Scenario.SATURATED);
    contest.cookbook(Scenario.SATURATED, 1, 1.0);
    contest.split(Scenario.SATURATED, SOME);
    if (quick) return;
    contest.cookbook(Scenario.SATURATED, SOME, 1.0);
    contest.cookbook(Scenario.SATURATED, SOME, 1.0 / SOME);
    contest.cookbook(Scenario.JITTER, 1, 1.0);
    contest.cookbook(Scenario.COTENANT, 1, 1.0);
  }
}
