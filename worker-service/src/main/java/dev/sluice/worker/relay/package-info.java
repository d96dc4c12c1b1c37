/**
 * Events out: numbers them, marks them with the fencing token and publishes them to the response's
 * home partition in order. A relay belongs to one request's thread.
 */
@NullMarked
package dev.sluice.worker.relay;

import org.jspecify.annotations.NullMarked;
