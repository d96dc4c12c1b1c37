/**
 * Reserves requests and tokens of a pool before a call, exactly and fleet-wide, first come first
 * served. One thread a pool talks to Redis; requests wait on their own threads.
 */
@NullMarked
package dev.sluice.worker.budget;

import org.jspecify.annotations.NullMarked;
