package dev.sluice.worker.control;

import dev.sluice.common.message.SettingChange;
import dev.sluice.common.message.WorkerReport.SetBy;
import dev.sluice.worker.budget.Budget;
import dev.sluice.worker.intake.Intake;
import dev.sluice.worker.ledger.SpendAccounts;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes this worker as operators want it. One thread applies; any may look at what is in force. */
final class Controls {
  private static final Logger log = LoggerFactory.getLogger(Controls.class);

  private final WorkerIdentity worker;
  private final Intake intake;
  private final Budget budget;
  private final SpendAccounts spend;
  private volatile Wanted inForce;

  Controls(WorkerIdentity worker, Intake intake, Budget budget, SpendAccounts spend) {
    this.worker = worker;
    this.intake = intake;
    this.budget = budget;
    this.spend = spend;
    this.inForce =
        new Wanted(
            Map.of(), intake.configuredConcurrency(), SetBy.DEFAULT, Set.of(), false, Set.of());
    budget.concurrency(inForce.concurrency());
  }

  Wanted inForce() {
    return inForce;
  }

  /**
   * @param settings the newest of each key
   */
  void apply(Collection<SettingChange> settings) {
    var before = inForce;
    var wanted = Wanted.of(settings, worker.id(), intake.configuredConcurrency());
    inForce = wanted;
    wanted
        .limits()
        .forEach((pool, limits) -> {
          if (before.limits().getOrDefault(pool, Optional.empty()).equals(limits)) return;
          budget.limits(pool, limits.orElse(null));
          log.atInfo()
              .addKeyValue("pool", pool)
              .addKeyValue("limits", limits.map(String::valueOf).orElse("as configured"))
              .log("The limits of a pool were set");
        });
    if (before.concurrency() != wanted.concurrency()) setConcurrency(wanted);
    if (!before.paused().equals(wanted.paused())) setPaused(wanted);
    if (before.drained() != wanted.drained()) setDrained(wanted);
    if (!before.caps().equals(wanted.caps())) wanted.caps().forEach(spend::cap);
  }

  private void setConcurrency(Wanted wanted) {
    budget.concurrency(wanted.concurrency());
    intake.concurrency(wanted.concurrency());
    log.atInfo()
        .addKeyValue("concurrency", wanted.concurrency())
        .addKeyValue("set_by", wanted.concurrencySetBy().label())
        .log("The concurrency of this worker was set");
  }

  private void setPaused(Wanted wanted) {
    intake.pause(wanted.paused());
    budget.pause(wanted.paused());
    List<String> lanes = wanted.paused().stream().map(lane -> lane.label()).sorted().toList();
    log.atInfo().addKeyValue("lanes", lanes).log("These lanes are paused now, and no others");
  }

  private void setDrained(Wanted wanted) {
    intake.drain(wanted.drained());
    log.atInfo().log(
        wanted.drained()
            ? "An operator drains this worker; it finishes its calls and takes on no more"
            : "An operator lets this worker join the fleet again");
  }
}
