package dev.sluice.worker.reconciliation;

import java.util.function.BooleanSupplier;

/** Looks for days that are due, on the worker whose turn it is. */
final class ReconciliationSchedule {
  private final Reconciliation reconciliation;
  private final BooleanSupplier isOurs;
  private final ReconciliationMeters meters;

  /**
   * @param isOurs whether this worker is the one of the fleet that sees to it
   */
  ReconciliationSchedule(
      Reconciliation reconciliation, BooleanSupplier isOurs, ReconciliationMeters meters) {
    this.reconciliation = reconciliation;
    this.isOurs = isOurs;
    this.meters = meters;
  }

  void turn() {
    if (isOurs.getAsBoolean()) {
      reconciliation.fetchDue();
      reconciliation.watch();
    } else {
      meters.daysOff(0); // whoever has the partition tells
    }
  }
}
