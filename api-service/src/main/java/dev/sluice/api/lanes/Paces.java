package dev.sluice.api.lanes;

import dev.sluice.common.topic.Lane;

/** How fast lanes move, as far as it is known. Implementations are thread-safe and do not block. */
@FunctionalInterface
public interface Paces {
  Pace of(Lane lane);
}
