/**
 * Accepted requests to their lanes, cancels to every worker. Promises that what it acknowledged is
 * on disk, and that what it refused will not run.
 */
@NullMarked
package dev.sluice.api.enqueue;

import org.jspecify.annotations.NullMarked;
