package dev.sluice.worker.control;

import dev.sluice.common.budget.Tier;
import dev.sluice.common.message.ConcurrencySet;
import dev.sluice.common.message.LanePaused;
import dev.sluice.common.message.PoolLimitsSet;
import dev.sluice.common.message.RateCardAdded;
import dev.sluice.common.message.SettingChange;
import dev.sluice.common.message.SpendCapSet;
import dev.sluice.common.message.WorkerConcurrencySet;
import dev.sluice.common.message.WorkerDrain;
import dev.sluice.common.message.WorkerReport.SetBy;
import dev.sluice.common.topic.Lane;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How operators want one worker to be. A value: the newest settings in, the whole state out.
 *
 * @param limits by pool; empty for what is configured
 * @param caps the newest of each; those that were taken away too
 */
record Wanted(
    Map<String, Optional<Tier>> limits,
    int concurrency,
    SetBy concurrencySetBy,
    Set<Lane> paused,
    boolean drained,
    Set<SpendCapSet> caps) {

  /**
   * @param settings the newest of each key
   * @param worker whose
   * @param configured concurrency where nothing is set
   */
  static Wanted of(Collection<SettingChange> settings, String worker, int configured) {
    var limits = new HashMap<String, Optional<Tier>>();
    var paused = new HashSet<Lane>();
    var caps = new HashSet<SpendCapSet>();
    Optional<Integer> ofFleet = Optional.empty();
    Optional<Integer> ofWorker = Optional.empty();
    boolean drained = false;
    for (var setting : settings)
      switch (setting) {
        case PoolLimitsSet set -> limits.put(set.pool(), Optional.ofNullable(set.limits()));
        case ConcurrencySet set -> ofFleet = Optional.ofNullable(set.perWorker());
        case WorkerConcurrencySet set when set.worker().equals(worker) ->
            ofWorker = Optional.ofNullable(set.concurrency());
        case WorkerDrain set when set.worker().equals(worker) -> drained = set.drain();
        case LanePaused set when set.paused() -> paused.add(set.lane());
        case SpendCapSet set -> caps.add(set);
        case WorkerConcurrencySet _, WorkerDrain _, LanePaused _, RateCardAdded _ -> {
          // Of another worker, as it is anyway, or the ledger's to add
        }
      }
    var setBy =
        ofWorker.isPresent() ? SetBy.WORKER : ofFleet.isPresent() ? SetBy.FLEET : SetBy.DEFAULT;
    int concurrency = ofWorker.orElse(ofFleet.orElse(configured));
    return new Wanted(
        Map.copyOf(limits), concurrency, setBy, Set.copyOf(paused), drained, Set.copyOf(caps));
  }
}
