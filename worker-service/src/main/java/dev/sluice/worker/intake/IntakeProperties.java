package dev.sluice.worker.intake;

import dev.sluice.common.topic.Lane;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import java.time.Duration;
import java.util.Collection;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param group consumer group of the whole fleet
 * @param maxInFlight calls under way at once on this worker, all lanes together, unless operators
 *     set another concurrency; also the most requests of one lane that it takes on at once, waiting
 *     ones included
 * @param maxPollRecords records that are fetched and wait for a place, all lanes together: each
 *     lane has an equal share
 * @param maxNotBegun requests of one lane that have a place and whose call has not begun: they wait
 *     for their lease or for the budget, which serves them in the order in which they came. Few of
 *     them are fair to who comes now, many keep to the order of arrival and use the budget up
 * @param commitEvery pause between offset commits; a crash repeats no more than this
 * @param drain how long a stopping worker lets its running calls finish before it hands them back
 */
@Validated
@ConfigurationProperties("sluice.intake")
record IntakeProperties(
    @DefaultValue("sluice-workers") @NotBlank String group,
    @DefaultValue("500") @Min(1) @Max(10_000) int maxInFlight,
    @DefaultValue("64") @Min(1) @Max(1_000) int maxPollRecords,
    @DefaultValue("500") @Min(1) @Max(10_000) int maxNotBegun,
    @DefaultValue("200ms") @DurationMin(millis = 50) Duration commitEvery,
    @DefaultValue("30s") @DurationMin(millis = 0) Duration drain) {
  private static final int FETCHES_IN_A_SHARE = 4;

  /** Records of one lane that may wait in memory. */
  int share(Collection<Lane> lanes) {
    return Math.max(1, maxPollRecords / lanes.size());
  }

  /** Records that one fetch brings at most: small, so that several partitions get into a share. */
  int batch(Collection<Lane> lanes) {
    return Math.max(1, share(lanes) / FETCHES_IN_A_SHARE);
  }
}
