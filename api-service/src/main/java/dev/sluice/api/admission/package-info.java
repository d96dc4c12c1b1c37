/**
 * Decides whether a request may be queued: READ {@code Admission} FIRST. Promises that what it
 * refuses cost nothing and says what was wrong.
 */
@NullMarked
package dev.sluice.api.admission;

import org.jspecify.annotations.NullMarked;
