package dev.sluice.common.message;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import java.time.Instant;
import java.util.Map;

/** Its client no longer wants a response; wherever the request is, it ends there. */
public record CancelRequest(
    String requestId, Instant at, @JsonAnySetter @JsonAnyGetter Map<String, Object> unknown)
    implements Message {}
