/** What answers cost, read from the ledger's views; this service can read nothing else of it. */
@NullMarked
package dev.sluice.api.finance;

import org.jspecify.annotations.NullMarked;
