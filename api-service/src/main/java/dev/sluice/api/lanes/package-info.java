/**
 * How long a lane is: what waits in front of a request, and for how long. Promises an honest guess,
 * never a decision.
 */
@NullMarked
package dev.sluice.api.lanes;

import org.jspecify.annotations.NullMarked;
