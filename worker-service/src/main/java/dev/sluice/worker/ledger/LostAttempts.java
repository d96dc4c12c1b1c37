package dev.sluice.worker.ledger;

import dev.sluice.common.message.AttemptOpened;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Set;

/**
 * Finds attempts that nobody will settle: opened, past their request's deadline and a grace, and no
 * worker owns the request. They are settled as lost on the usage topic, behind any settlement of
 * theirs that waits there, which then counts first. Confined to one thread.
 */
final class LostAttempts {
  private static final int MOST = 500;
  private static final Duration USUAL = Duration.ofDays(7);

  private final LedgerStore store;
  private final RunningRequests running;
  private final UsageLedger ledger;
  private final LedgerMeters meters;
  private final Duration grace;
  private final InstantSource clock;
  // Told, and not written yet; telling twice does no harm, but the topic need not fill with it
  private Set<AttemptKey> told = Set.of();

  LostAttempts(
      LedgerStore store,
      RunningRequests running,
      UsageLedger ledger,
      LedgerMeters meters,
      Duration grace,
      InstantSource clock) {
    this.store = store;
    this.running = running;
    this.ledger = ledger;
    this.meters = meters;
    this.grace = grace;
    this.clock = clock;
  }

  /** Looks once. */
  void sweep() {
    var now = clock.instant();
    var toldNow = new HashSet<AttemptKey>();
    for (var opened : store.unsettledSince(now.minus(grace), MOST)) {
      var key = new AttemptKey(opened.requestId(), opened.attempt());
      if (!told.contains(key)) {
        if (running.isRunning(opened.requestId())) continue;
        ledger.lost(opened, expectedOutput(opened, now)).join();
        meters.lost();
      }
      toldNow.add(key);
    }
    told = toldNow;
  }

  /** Nobody knows how far it got: what the model's attempts usually put out stands in for it. */
  private long expectedOutput(AttemptOpened opened, Instant now) {
    return store.averageOutput(opened.model(), now.minus(USUAL));
  }
}
