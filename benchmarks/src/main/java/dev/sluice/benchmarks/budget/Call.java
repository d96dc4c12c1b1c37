package dev.sluice.benchmarks.budget;

import java.time.Instant;
import java.util.Comparator;

/**
 * One line of the provider's audit: a call as it was judged.
 *
 * @param id of the request, without the attempt
 * @param status HTTP status
 * @param charged tokens; 0 unless admitted
 */
record Call(Instant receivedAt, String id, int status, long charged) {
  static final Comparator<Call> BY_TIME = Comparator.comparing(Call::receivedAt);

  boolean isAdmitted() {
    return charged > 0;
  }

  boolean isRateLimited() {
    return status == 429;
  }

  boolean isCotenants() {
    return id.startsWith(Cotenant.PREFIX);
  }
}
