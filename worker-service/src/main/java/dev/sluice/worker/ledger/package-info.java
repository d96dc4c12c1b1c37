/**
 * Opens and settles attempts on the usage topic and writes them, priced, to Postgres. Promises that
 * every attempt is in the ledger once, whatever is delivered again, that what is written is never
 * changed, and that every sum over it is right. What it has is taken over into the accounts of
 * spend caps. The writer runs on its listener's thread, the chores and the accounts each on one of
 * their own.
 */
@NullMarked
package dev.sluice.worker.ledger;

import org.jspecify.annotations.NullMarked;
