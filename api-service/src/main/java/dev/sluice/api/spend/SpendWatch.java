package dev.sluice.api.spend;

import dev.sluice.common.error.SluiceException;
import dev.sluice.common.spend.SpendAccount;
import io.lettuce.core.RedisException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;

/**
 * Looks at all caps now and then: for their metric, to warn once a period of a soft cap that was
 * passed, and to add what this instance holds to an account that another one has made anew. Keeps
 * the prices fresh. One thread; what fails is tried again at the next look.
 */
final class SpendWatch implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(SpendWatch.class);

  private final Spending spending;
  private final Estimates estimates;
  private final Caps caps;
  private final SpendStore store;
  private final SpendMeters meters;
  private final SpendProperties properties;
  private final InstantSource clock;
  private final Map<SpendAccount, String> born = new HashMap<>(); // of the watch's thread
  private Instant pricesDue = Instant.MIN;
  private volatile ScheduledExecutorService thread = stopped();

  SpendWatch(
      Spending spending,
      Estimates estimates,
      Caps caps,
      SpendStore store,
      SpendMeters meters,
      SpendProperties properties,
      InstantSource clock) {
    this.spending = spending;
    this.estimates = estimates;
    this.caps = caps;
    this.store = store;
    this.meters = meters;
    this.properties = properties;
    this.clock = clock;
  }

  private static ScheduledExecutorService stopped() {
    var none = Executors.newSingleThreadScheduledExecutor();
    none.shutdown();
    return none;
  }

  @Override
  public void start() {
    thread =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("spend-watch").daemon().factory());
    long pause = properties.watchEvery().toMillis();
    var _ = thread.scheduleWithFixedDelay(this::attempt, 0, pause, TimeUnit.MILLISECONDS);
  }

  private void attempt() {
    try {
      look();
    } catch (DataAccessException | RedisException | SluiceException unavailable) {
      log.atWarn()
          .addKeyValue("cause", unavailable.toString())
          .log("Spend caps cannot be looked at; trying again");
    } catch (RuntimeException unforeseen) {
      log.atWarn().setCause(unforeseen).log("Spend caps could not be looked at; trying again");
    }
  }

  /** Looks once. */
  void look() {
    var all = List.copyOf(caps.all());
    var counts = new HashMap<SpendMeters.Kind, Integer>();
    if (!all.isEmpty()) {
      refreshPrices();
      spending.forgetExpired();
      for (var standing : spending.standings(all)) {
        var cap = standing.cap();
        var state = CapState.of(standing);
        counts.merge(new SpendMeters.Kind(cap.scope(), cap.period(), state), 1, Integer::sum);
        warn(standing);
        restore(standing);
      }
      born.keySet().removeIf(account -> account.keptUntil().isBefore(clock.instant()));
    }
    meters.caps(counts);
  }

  private void refreshPrices() {
    var now = clock.instant();
    if (now.isBefore(pricesDue)) return;
    try {
      var _ = estimates.refresh();
      pricesDue = now.plus(properties.pricesEvery());
    } catch (DataAccessException away) {
      log.atWarn()
          .addKeyValue("cause", away.toString())
          .log("Postgres does not answer; spending is estimated with the prices known");
    }
  }

  private void warn(CapStanding standing) {
    var cap = standing.cap();
    var soft = cap.soft();
    var spent = standing.spent();
    if (spent == null || soft == null || spent.settled().compareTo(soft) < 0) return;
    if (!store.note(standing.account(), "soft:" + soft.toPlainString()).join()) return;
    log.atWarn()
        .addKeyValue("scope", cap.scope().label())
        .addKeyValue("subject", cap.subject())
        .addKeyValue("period", cap.period().label())
        .addKeyValue("settled_usd", spent.settled().toPlainString())
        .addKeyValue("soft_usd", soft.toPlainString())
        .log("A soft spend cap was passed; requests go on until the hard one, if there is any");
  }

  private void restore(CapStanding standing) {
    var spent = standing.spent();
    if (spent == null) return;
    var before = born.put(standing.account(), spent.born());
    if (before != null && !before.equals(spent.born())) spending.restore(standing.account());
  }

  @Override
  public void stop() {
    thread.shutdownNow();
  }

  @Override
  public boolean isRunning() {
    return !thread.isShutdown();
  }
}
