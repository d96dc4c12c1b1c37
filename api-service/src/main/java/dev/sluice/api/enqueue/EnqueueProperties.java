package dev.sluice.api.enqueue;

import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param timeout how long Kafka may take to acknowledge before the request is refused
 */
@Validated
@ConfigurationProperties("sluice.enqueue")
record EnqueueProperties(@DefaultValue("2s") @DurationMin(millis = 100) Duration timeout) {}
