/**
 * The provider's invoice: one line for each request received, so that somebody else's ledger can be
 * compared with it. Holds counts and ids, never a prompt or an answer. Thread-safe, bounded.
 */
@NullMarked
package dev.sluice.simulator.audit;

import org.jspecify.annotations.NullMarked;
