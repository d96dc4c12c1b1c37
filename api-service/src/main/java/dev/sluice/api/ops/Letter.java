package dev.sluice.api.ops;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.sluice.common.message.DeadLetter.FailedAttempt;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A dead letter as operators see it: never what the request says.
 *
 * @param id of the letter
 * @param requestId null where the record could not be read, and so user and model
 * @param by who decided; null while it is open, and so when
 * @param note why it was discarded
 */
record Letter(
    String id,
    @Nullable String requestId,
    String lane,
    @Nullable String user,
    @Nullable String model,
    String reason,
    int attempts,
    Instant failedAt,
    State state,
    @Nullable String by,
    @Nullable Instant at,
    @Nullable String note,
    List<FailedAttempt> history) {
  /** What became of it. */
  enum State {
    OPEN,
    REDRIVEN,
    DISCARDED;

    @JsonValue
    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  boolean isOpen() {
    return state == State.OPEN;
  }

  Letter decided(State nowState, String nowBy, Instant nowAt, @Nullable String nowNote) {
    return new Letter(
        id, requestId, lane, user, model, reason, attempts, failedAt, nowState, nowBy, nowAt,
        nowNote, history);
  }
}
