package dev.sluice.worker.budget;

import dev.sluice.common.budget.Bandwidth;
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
 * @param headroom share of a minute that an idle pool may spend at once beyond {@code burst}, once
 *     the provider's headers have shown that it counts in a bucket which is nearly full
 * @param backgroundShare share of each minute that background requests keep while interactive ones
 *     wait; the rest is interactive's
 * @param slice share of a minute that is reserved in one exchange with Redis; the smaller, the
 *     closer to first come, first served, and the more exchanges
 * @param horizon how far ahead of its start a request is reserved; a cancel within it costs nothing
 * @param minute how long the provider's minute lasts; shorter only against a simulator whose time
 *     is compressed
 * @param probeEvery pause before a closed pool is probed; doubles with each probe that fails, up to
 *     twenty times
 * @param timeout after which Redis counts as not answering
 */
@Validated
@ConfigurationProperties("sluice.budget-schedule")
record BudgetSettings(
    @DefaultValue("0.995") @DecimalMin("0.1") @DecimalMax("1") double utilisation,
    @DefaultValue("0.02") @DecimalMin("0.001") @DecimalMax("1") double burst,
    @DefaultValue("0.2") @DecimalMin("0") @DecimalMax("0.25") double headroom,
    @DefaultValue("0.1") @DecimalMin("0") @DecimalMax("0.9") double backgroundShare,
    @DefaultValue("0.005") @DecimalMin("0.0001") @DecimalMax("0.1") double slice,
    @DefaultValue("400ms") @DurationMin(millis = 10) Duration horizon,
    @DefaultValue("60s") @DurationMin(millis = 500) Duration minute,
    @DefaultValue("15s") @DurationMin(millis = 10) Duration probeEvery,
    @DefaultValue("2s") @DurationMin(millis = 100) Duration timeout) {
  private static final int MINUTES_A_DAY = 1_440;

  /** ns in which a limit of this kind is granted once. */
  long periodNanos(Bandwidth bandwidth) {
    return minute.toNanos() * (bandwidth.isDaily() ? MINUTES_A_DAY : 1);
  }

  /** ns of the schedule that are reserved in one exchange. */
  long sliceNanos() {
    return (long) (minute.toNanos() * slice);
  }
}
