package dev.sluice.api.admission;

import dev.sluice.api.cache.Question;
import dev.sluice.common.topic.Lane;
import org.jspecify.annotations.Nullable;

/**
 * Whom and what a request concerns.
 *
 * @param user who asks
 * @param idempotencyKey null if the client gave none
 * @param question what others may share its answer by; null if nobody may
 * @param lane where it waits if it needs a call
 */
public record Concern(
    String user, @Nullable String idempotencyKey, @Nullable Question question, Lane lane) {
  Concern in(Lane other) {
    return new Concern(user, idempotencyKey, question, other);
  }

  @Nullable String fingerprint() {
    return question == null ? null : question.fingerprint();
  }
}
