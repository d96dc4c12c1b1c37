package dev.sluice.api.responses;

import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param retention how long an ended response can be retrieved, and be continued with {@code
 *     previous_response_id}
 */
@Validated
@ConfigurationProperties("sluice.store")
record StoreProperties(@DefaultValue("24h") @DurationMin(seconds = 1) Duration retention) {}
