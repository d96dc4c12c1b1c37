package dev.sluice.api.responses;

import dev.sluice.api.admission.Admitted;

/**
 * A request that has been admitted and is not queued yet.
 *
 * @param queued the event {@code response.queued}, for when it is; UTF-8
 * @param stored whether its conversation may be kept
 */
public record PreparedRequest(Admitted admitted, byte[] queued, boolean stored) {
  public String id() {
    return admitted.request().id();
  }
}
