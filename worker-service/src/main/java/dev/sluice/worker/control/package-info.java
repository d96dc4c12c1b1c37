/** What comes from outside while requests run: cancels. Read by every worker on one thread. */
@NullMarked
package dev.sluice.worker.control;

import org.jspecify.annotations.NullMarked;
