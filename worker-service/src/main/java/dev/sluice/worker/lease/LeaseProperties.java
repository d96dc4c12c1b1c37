package dev.sluice.worker.lease;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param ttl how long a dead worker's requests wait for another owner
 * @param renewEvery pause between renewals, well below {@code ttl}
 * @param maxLost how many workers may die with a request before it is set aside as a dead letter
 * @param memory how long the end of a request is remembered, so that a redelivery is recognised
 */
@Validated
@ConfigurationProperties("sluice.lease")
record LeaseProperties(
    @DefaultValue("10s") @DurationMin(seconds = 1) Duration ttl,
    @DefaultValue("3s") @DurationMin(millis = 100) Duration renewEvery,
    @DefaultValue("3") @Min(1) @Max(100) int maxLost,
    @DefaultValue("1d") @DurationMin(minutes = 1) Duration memory) {
  LeaseProperties {
    if (renewEvery.multipliedBy(2).compareTo(ttl) > 0)
      throw new IllegalArgumentException(
          "set sluice.lease.renew-every (SLUICE_LEASE_RENEWEVERY) to less than half of"
              + " sluice.lease.ttl, or one late renewal loses the lease");
  }
}
