package dev.sluice.common.message;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import java.time.Instant;
import java.util.Map;

/**
 * A record that no worker may try again.
 *
 * @param lane topic it came from
 * @param reason what was wrong with it, for an operator
 * @param payload the record's value, base64
 */
public record DeadLetter(
    String lane,
    int partition,
    long offset,
    String reason,
    String payload,
    Instant at,
    @JsonAnySetter @JsonAnyGetter Map<String, Object> unknown)
    implements Message {}
