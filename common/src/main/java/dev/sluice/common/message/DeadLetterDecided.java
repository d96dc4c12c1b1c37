package dev.sluice.common.message;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An operator has decided what becomes of a {@link DeadLetter}; on the same topic, behind it. Of
 * several decisions on one letter the first counts.
 *
 * @param letter the letter's offset on the topic
 * @param by who decided
 * @param note why it was discarded
 */
public record DeadLetterDecided(
    long letter,
    Decision decision,
    String by,
    Instant at,
    @Nullable String note,
    @JsonAnySetter @JsonAnyGetter Map<String, Object> unknown)
    implements Message {

  /** What becomes of a letter. */
  public enum Decision {
    /** Goes back on its lane. */
    REDRIVEN,
    /** Stays where it is; nobody wants it any more. */
    DISCARDED;

    @JsonValue
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
