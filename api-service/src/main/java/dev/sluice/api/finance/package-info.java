/** What answers cost, read from the ledger's tables. */
@NullMarked
package dev.sluice.api.finance;

import org.jspecify.annotations.NullMarked;
