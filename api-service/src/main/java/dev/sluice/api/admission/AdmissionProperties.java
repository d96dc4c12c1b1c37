package dev.sluice.api.admission;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param deadline how long a request may take from admission to its end
 * @param maxBodyBytes size of a request body, UTF-8; below the broker's message.max.bytes
 * @param userLimit how often one user may ask
 * @param roleLimits the same for users with a role that has one of its own
 * @param maxQueued requests of one user that wait at once
 * @param maxWait how long a request may have to wait for its turn; what would wait longer is
 *     refused
 */
@Validated
@ConfigurationProperties("sluice.admission")
record AdmissionProperties(
    @DefaultValue("10m") @DurationMin(seconds = 1) Duration deadline,
    @DefaultValue("786432") @Min(1_024) @Max(8_388_608) int maxBodyBytes,
    @DefaultValue @Valid UserLimit userLimit,
    @DefaultValue Map<String, @Valid UserLimit> roleLimits,
    @DefaultValue("50") @Min(1) int maxQueued,
    @DefaultValue("5m") @DurationMin(seconds = 1) Duration maxWait) {
  /** Of several roles' limits the most generous one. */
  UserLimit limitOf(Collection<String> roles) {
    return roles.stream()
        .map(roleLimits::get)
        .filter(Objects::nonNull)
        .max(
            Comparator.comparingDouble(limit -> limit.requests() / (double) limit.per().toMillis()))
        .orElse(userLimit);
  }
}
