package dev.sluice.common.message;

/** What happened to one attempt, on its way to the ledger. */
public sealed interface UsageEvent extends Message
    permits AttemptOpened, AttemptSettled, AnswerReused, AttemptResolved {
  String requestId();

  /** Numbered from 1; 0 is an answer that needed no provider call. */
  int attempt();
}
