/**
 * Sets the provider's own figures beside the ledger: fetches the last days, takes what finance
 * brings along, and raises the alarm where a day differs. Promises that the newest figures of a day
 * count, that none is ever overwritten, and that one worker of the fleet does it: the one that has
 * the topic's only partition. Its listener's thread and one of its own.
 */
@NullMarked
package dev.sluice.worker.reconciliation;

import org.jspecify.annotations.NullMarked;
