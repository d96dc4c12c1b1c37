package dev.sluice.api.spend;

import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param usualOutput output tokens that are expected of a model that has answered nothing in the
 *     last seven days, where the request sets no {@code max_output_tokens}
 * @param pricesEvery pause after which prices and usual lengths of answers are read again
 * @param watchEvery pause between looks at all caps: their metric, the warning of a soft cap
 */
@Validated
@ConfigurationProperties("sluice.spend")
record SpendProperties(
    @DefaultValue("1000") @Min(0) long usualOutput,
    @DefaultValue("1m") @DurationMin(millis = 100) Duration pricesEvery,
    @DefaultValue("10s") @DurationMin(millis = 100) Duration watchEvery) {}
