package dev.sluice.worker.flow;

import dev.sluice.common.message.RequestEnvelope;
import dev.sluice.common.topic.Lane;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The requests of this worker whose first call has not begun: they wait for their lease or for the
 * budget, and have not left their lane for those who look at it. Thread-safe.
 */
final class Waiting {
  private final Map<String, Since> requests = new ConcurrentHashMap<>();

  private record Since(Lane lane, Instant acceptedAt) {}

  void add(Lane lane, RequestEnvelope request) {
    requests.put(request.id(), new Since(lane, request.acceptedAt()));
  }

  void remove(RequestEnvelope request) {
    requests.remove(request.id());
  }

  /** Since when the oldest of a lane waits. Looks at all of them: for scrapes, not for requests. */
  Optional<Instant> oldest(Lane lane) {
    return requests.values().stream()
        .filter(request -> request.lane().equals(lane))
        .map(Since::acceptedAt)
        .min(Comparator.naturalOrder());
  }
}
