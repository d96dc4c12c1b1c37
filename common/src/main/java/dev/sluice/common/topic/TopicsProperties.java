package dev.sluice.common.topic;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How topics are created where they do not exist yet.
 *
 * @param lanePartitions partitions of each lane; a flood of one user fills one of them
 * @param replyPartitions partitions of {@code sluice.replies}; at least one an api instance
 * @param replicationFactor copies of each partition; 3 in production
 * @param replyRetention how long a response can be resumed
 * @param usageRetention how long the ledger may be down without losing an entry
 */
@Validated
@ConfigurationProperties("sluice.topics")
public record TopicsProperties(
    @DefaultValue("48") @Min(1) @Max(1000) int lanePartitions,
    @DefaultValue("48") @Min(1) @Max(1000) int replyPartitions,
    @DefaultValue("3") @Min(1) @Max(9) short replicationFactor,
    @DefaultValue("1h") Duration replyRetention,
    @DefaultValue("7d") Duration usageRetention) {}
