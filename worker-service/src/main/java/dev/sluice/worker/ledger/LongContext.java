package dev.sluice.worker.ledger;

/**
 * What a long attempt costs, all of it.
 *
 * @param above input tokens; one more, and these prices hold
 */
record LongContext(long above, Prices prices) {}
