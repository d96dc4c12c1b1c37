/**
 * How fast the ledger is written, beside a row a transaction, and read, beside the same questions
 * put to the entries themselves.
 */
@NullMarked
package dev.sluice.benchmarks.ledger;

import org.jspecify.annotations.NullMarked;
