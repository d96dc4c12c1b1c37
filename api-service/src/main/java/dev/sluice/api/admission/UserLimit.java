package dev.sluice.api.admission;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How often one user may ask.
 *
 * @param requests at once at the most, and in each {@code per}
 */
record UserLimit(
    @DefaultValue("10") @Min(1) @Max(1_000_000) int requests,
    @DefaultValue("60s") @DurationMin(seconds = 1) Duration per) {}
