/**
 * The provider call: one attempt, its timeouts, what its errors mean and how long to back off. Runs
 * on the request's virtual thread.
 */
@NullMarked
package dev.sluice.worker.model;

import org.jspecify.annotations.NullMarked;
