package dev.sluice.api.admission;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param deadline how long a request may take from admission to its end
 * @param maxBodyBytes size of a request body, UTF-8; below the broker's message.max.bytes
 */
@Validated
@ConfigurationProperties("sluice.admission")
record AdmissionProperties(
    @DefaultValue("10m") @DurationMin(seconds = 1) Duration deadline,
    @DefaultValue("786432") @Min(1_024) @Max(8_388_608) int maxBodyBytes) {}
