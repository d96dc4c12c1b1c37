package dev.sluice.worker.budget;

import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param utilisation share of each limit that is used; the rest absorbs jitter on a provider that
 *     counts in a sliding window
 * @param burst share of a minute that an idle pool may spend at once; small, so that the provider's
 *     own bucket never runs low
 * @param slice share of a minute that is reserved in one exchange with Redis
 * @param horizon how far ahead of its start a request is reserved; a cancel within it costs nothing
 * @param timeout after which Redis counts as not answering
 */
@Validated
@ConfigurationProperties("sluice.budget-schedule")
record BudgetSettings(
    @DefaultValue("0.995") @DecimalMin("0.1") @DecimalMax("1") double utilisation,
    @DefaultValue("0.02") @DecimalMin("0.001") @DecimalMax("1") double burst,
    @DefaultValue("0.03") @DecimalMin("0.001") @DecimalMax("1") double slice,
    @DefaultValue("400ms") @DurationMin(millis = 10) Duration horizon,
    @DefaultValue("2s") @DurationMin(millis = 100) Duration timeout) {}
