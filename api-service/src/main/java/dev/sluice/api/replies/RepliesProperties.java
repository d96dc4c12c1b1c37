package dev.sluice.api.replies;

import jakarta.validation.constraints.Min;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param homePartition partition of {@code sluice.replies} that this instance reads; chosen at
 *     random where it is not set. Two instances on one partition do no harm
 * @param maxVisits clients of this instance that read a response again at once: those who resume
 *     it, and those who ask what became of it
 */
@Validated
@ConfigurationProperties("sluice.replies")
record RepliesProperties(
    @Nullable @Min(0) Integer homePartition, @DefaultValue("1000") @Min(1) int maxVisits) {}
