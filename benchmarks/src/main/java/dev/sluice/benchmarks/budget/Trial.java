package dev.sluice.benchmarks.budget;

import java.time.Duration;
import java.time.Instant;

/** Measures one subject in one scenario under one limiter. */
final class Trial {
  /** Longest extra time of a request in {@link Scenario#JITTER}: 50 ms, give or take 50. */
  private static final Duration JITTER = Duration.ofMillis(100);

  private static final double IDLE_RATE = 5; // a second of ours

  private final Fleet fleet;
  private final Network network;
  private final Phases phases;
  private final int number;

  /** Makes a subject; what it has not started by the deadline need not be done. */
  interface Entrant {
    Subject enter(Account account, Instant deadline);
  }

  private record Measured(Window window, RedisCounters redis) {}

  /**
   * @param number within the run, so that no two requests have the same id
   */
  Trial(Fleet fleet, Network network, Phases phases, int number) {
    this.fleet = fleet;
    this.network = network;
    this.phases = phases;
    this.number = number;
  }

  Outcome run(Entrant entrant, Account account, Scenario scenario, Limiter limiter)
      throws InterruptedException {
    fleet.provider().startAfresh(account, limiter);
    network.delays(scenario == Scenario.JITTER ? JITTER : Duration.ZERO);
    var subject = entrant.enter(account, Instant.now().plus(phases.total(account)));
    var load = load(subject, account, scenario);
    Measured measured;
    try (subject;
        load) {
      measured = measure(account, scenario);
    }
    return new Outcome(
        account,
        fleet.provider().audit(),
        load.arrivals(),
        measured.window(),
        subject.lost(),
        measured.redis());
  }

  private Load load(Subject subject, Account account, Scenario scenario) {
    var prefix = "resp_%s_%d_".formatted(scenario, number);
    return scenario == Scenario.IDLE
        ? Load.light(Workload.light(account, prefix, IDLE_RATE), subject)
        : Load.saturating(Workload.saturating(account, prefix), subject);
  }

  private Measured measure(Account account, Scenario scenario) throws InterruptedException {
    try (var direct = new ProviderCall(fleet.provider().url(), account.ours(Retries.TIMEOUT));
        var cotenant = new Cotenant(direct, account)) {
      phases.warmUp(account);
      var from = Instant.now();
      var before = RedisCounters.of(fleet.redis());
      phases.half(account);
      if (scenario == Scenario.COTENANT) cotenant.start();
      if (scenario == Scenario.FLUSH) fleet.redis().flushall();
      phases.half(account);
      var window = new Window(from, Instant.now());
      var redis = RedisCounters.of(fleet.redis()).since(before);
      phases.tail(account);
      return new Measured(window, redis);
    }
  }
}
