package dev.sluice.common.message;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Map;

/** Somebody wants the provider to be asked for its figures of a day now. */
public record ProviderDayWanted(
    LocalDate day, String by, Instant at, @JsonAnySetter @JsonAnyGetter Map<String, Object> unknown)
    implements ReconciliationMessage {}
