package dev.sluice.worker.intake;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param group consumer group of the whole fleet
 * @param maxInFlight calls under way at once on this worker, all lanes together, unless operators
 *     set another concurrency; also the most requests of one lane that it takes on at once, waiting
 *     ones included
 * @param maxPollRecords records fetched at once; no more than this are held in memory unstarted
 * @param commitEvery pause between offset commits; a crash repeats no more than this
 * @param drain how long a stopping worker lets its running calls finish before it hands them back
 */
@Validated
@ConfigurationProperties("sluice.intake")
record IntakeProperties(
    @DefaultValue("sluice-workers") @NotBlank String group,
    @DefaultValue("500") @Min(1) @Max(10_000) int maxInFlight,
    @DefaultValue("64") @Min(1) @Max(1_000) int maxPollRecords,
    @DefaultValue("200ms") @DurationMin(millis = 50) Duration commitEvery,
    @DefaultValue("30s") @DurationMin(millis = 0) Duration drain) {}
