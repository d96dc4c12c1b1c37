package dev.sluice.common.message;

/** What happened to one attempt, on its way to the ledger. */
public sealed interface UsageEvent extends Message permits AttemptOpened, AttemptSettled {
  String requestId();

  /** Numbered from 1. */
  int attempt();
}
