/**
 * What users, teams and projects may still spend. Promises that what is settled and what is held
 * for requests under way together stay below a hard cap, up to the error of the estimates, and that
 * nothing is admitted on figures that are lost: they are made anew from the ledger first. Who has
 * no cap costs nothing. Requests ask on their own threads; one thread watches.
 */
@NullMarked
package dev.sluice.api.spend;

import org.jspecify.annotations.NullMarked;
