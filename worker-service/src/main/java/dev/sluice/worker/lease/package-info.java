/**
 * Who owns a request now, across all workers. Promises that of two owners the older one is
 * recognised by its fencing token. Usable from any thread.
 */
@NullMarked
package dev.sluice.worker.lease;

import org.jspecify.annotations.NullMarked;
