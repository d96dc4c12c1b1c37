/**
 * Opens and settles attempts on the usage topic and writes them, priced, to Postgres. Promises that
 * every attempt is in the ledger once, whatever is delivered again, that what is written is never
 * changed, and that every sum over it is right. The writer runs on its listener's thread, the
 * chores on one of their own.
 */
@NullMarked
package dev.sluice.worker.ledger;

import org.jspecify.annotations.NullMarked;
