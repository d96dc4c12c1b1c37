package dev.sluice.worker.ledger;

/** One provider call of one request; attempt 0 is an answer that needed none. */
record AttemptKey(String requestId, int attempt) {}
