package dev.sluice.benchmarks.budget;

import dev.sluice.benchmarks.Row;
import dev.sluice.benchmarks.Run;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The subjects, one after another, and their rows. Not thread-safe. */
final class Contest {
  private static final Duration PRACTICE = Duration.ofSeconds(90); // at the most
  private static final int PRACTICE_CALLS = 5;
  private static final double PRACTICE_RATE = 20; // a second of ours

  private final Run run;
  private final Fleet fleet;
  private final Network network;
  private final int compression;
  private final List<Row> rows = new ArrayList<>();
  private int trials;

  Contest(Run run, Fleet fleet, Network network, int compression) {
    this.run = run;
    this.fleet = fleet;
    this.network = network;
    this.compression = compression;
  }

  List<Row> rows() {
    return List.copyOf(rows);
  }

  void naive(Scenario scenario) throws InterruptedException {
    baseline("naive", 1, 1.0, scenario, NaiveClients::new);
  }

  /**
   * @param share of the limits that each process believes to have
   */
  void cookbook(Scenario scenario, int processes, double share) throws InterruptedException {
    baseline(
        "cookbook",
        processes,
        share,
        scenario,
        (provider, account) -> new CookbookProcessors(provider, account, processes, share));
  }

  void split(Scenario scenario, int processes) throws InterruptedException {
    baseline(
        "split",
        processes,
        1.0 / processes,
        scenario,
        (provider, account) -> new SplitBuckets(provider, account, processes));
  }

  private interface Baseline {
    Subject of(ProviderCall provider, Account account);
  }

  private void baseline(
      String name, int processes, double share, Scenario scenario, Baseline baseline)
      throws InterruptedException {
    for (var limiter : run.quick() ? new Limiter[] {Limiter.BUCKET} : Limiter.values()) {
      announce(name, processes, scenario, limiter);
      var account = Account.under(limiter, compression);
      try (var provider = new ProviderCall(network.url(), account.ours(Retries.TIMEOUT))) {
        var outcome =
            trial(scenario)
                .run((given, _) -> baseline.of(provider, given), account, scenario, limiter);
        var row = head(name, processes, scenario, limiter).figure("limit_each_pct", 100 * share);
        add(described(outcome, row, scenario));
      }
    }
  }

  /**
   * Lets every worker make a few calls, far from any limit: the first ones of a process load its
   * classes, which on a small machine takes longer than a minute of the provider's time.
   */
  void practise(Account roomy) throws InterruptedException {
    run.say("Warming up %d workers".formatted(fleet.size()));
    fleet.provider().startAfresh(roomy, Limiter.BUCKET);
    var lane = new SluiceLane(fleet.kafka(), roomy, Instant.now().plus(PRACTICE));
    var prefix = "resp_practice_%d_".formatted(++trials);
    try (lane;
        var _ = Load.light(Workload.light(roomy, prefix, PRACTICE_RATE), lane)) {
      long end = System.nanoTime() + PRACTICE.toNanos();
      while (fleet.fewestCalls() < PRACTICE_CALLS && System.nanoTime() - end < 0)
        TimeUnit.SECONDS.sleep(1);
    }
  }

  /** With the workers that there are. */
  void sluice(Scenario scenario) throws InterruptedException {
    for (var limiter : Limiter.values())
      sluice(Account.under(limiter, compression), scenario, limiter);
  }

  void idle(Account roomy) throws InterruptedException {
    sluice(roomy, Scenario.IDLE, Limiter.BUCKET);
  }

  private void sluice(Account account, Scenario scenario, Limiter limiter)
      throws InterruptedException {
    announce("sluice", fleet.size(), scenario, limiter);
    var before = fleet.metrics();
    var outcome =
        trial(scenario)
            .run(
                (given, deadline) -> new SluiceLane(fleet.kafka(), given, deadline),
                account,
                scenario,
                limiter);
    var metrics = fleet.metrics().since(before);
    var row = described(outcome, head("sluice", fleet.size(), scenario, limiter), scenario);
    if (scenario == Scenario.SATURATED) row = outcome.describePlan(row);
    add(metrics.describe(outcome.describeRedis(row), account.pool(), outcome.admitted()));
  }

  /** A line at once: a run that is broken off has told what it had. */
  private void add(Row row) {
    rows.add(row);
    run.say(
        "  %s %% of TPM, %s 429s, %s lost"
            .formatted(
                row.fields().get("tpm_used_pct"),
                row.fields().get("rate_limited"),
                row.fields().get("lost")));
  }

  private static Row described(Outcome outcome, Row row, Scenario scenario) {
    var described = outcome.describe(row);
    return scenario == Scenario.COTENANT ? outcome.describeCotenant(described) : described;
  }

  private Row head(String name, int workers, Scenario scenario, Limiter limiter) {
    return Row.of(name)
        .with("workers", workers)
        .with("scenario", scenario.toString())
        .with("limiter", limiter.toString())
        .with("compression", compression);
  }

  private Trial trial(Scenario scenario) {
    return new Trial(fleet, network, Phases.of(scenario, run.quick()), ++trials);
  }

  private void announce(String name, int workers, Scenario scenario, Limiter limiter) {
    run.say("Measuring %s x %d, %s, %s".formatted(name, workers, scenario, limiter));
  }
}
