package dev.sluice.api.ops;

import dev.sluice.common.topic.Lane;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;

/**
 * How fast requests come in, from counts that only grow, looked at now and then. The first look
 * tells nothing. Not thread-safe; time is an argument, ns.
 */
final class Rates {
  private static final long SPAN = Duration.ofSeconds(10).toNanos();

  private final Deque<Look> looks = new ArrayDeque<>();

  private record Look(long at, long accepted) {}

  /** Requests accepted a second, over the last ten seconds. */
  double accepted(Map<Lane, Backlogs.Count> counts, long now) {
    long accepted = counts.values().stream().mapToLong(Backlogs.Count::everAccepted).sum();
    looks.addLast(new Look(now, accepted));
    // The first one that is kept is the youngest that is old enough
    while (looks.size() > 2 && now - second().at() >= SPAN) looks.removeFirst();
    var since = looks.getFirst();
    double seconds = (now - since.at()) / 1e9;
    return seconds == 0 ? 0 : Math.max(0, (accepted - since.accepted()) / seconds);
  }

  private Look second() {
    var all = looks.iterator();
    all.next();
    return all.next();
  }
}
