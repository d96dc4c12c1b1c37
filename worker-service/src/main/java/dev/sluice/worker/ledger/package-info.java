/**
 * Opens and settles attempts on the usage topic and writes them, priced, to Postgres. Promises that
 * an event written twice counts once. The writer runs on its listener's thread.
 */
@NullMarked
package dev.sluice.worker.ledger;

import org.jspecify.annotations.NullMarked;
