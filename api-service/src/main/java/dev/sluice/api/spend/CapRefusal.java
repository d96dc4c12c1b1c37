package dev.sluice.api.spend;

import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.SluiceException;
import dev.sluice.common.message.SpendCapSet;
import dev.sluice.common.spend.SpendPeriod;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/** What a client is told whose request a cap refuses. */
final class CapRefusal {
  private CapRefusal() {}

  /**
   * @param end of the cap's period
   */
  static SluiceException of(SpendCapSet cap, Instant end, Instant now) {
    var period = cap.period() == SpendPeriod.DAY ? "daily" : "monthly";
    // How much others may spend is not everybody's business
    var which =
        switch (cap.scope()) {
          case USER ->
              "Your %s spend cap of %s USD is"
                  .formatted(period, cap.hard() == null ? "0" : cap.hard().toPlainString());
          case TEAM -> "The %s spend cap of your team is".formatted(period);
          case PROJECT -> "The %s spend cap of this project is".formatted(period);
        };
    long seconds = Math.max(1, Duration.between(now, end).plusMillis(999).toSeconds());
    return new SluiceException(
        ErrorCode.SPEND_CAP_REACHED,
        "%s reached, or would be by this request. It renews at %s; until then ask for less, or ask finance to raise it."
            .formatted(which, end),
        // SDKs would otherwise try again within seconds
        Map.of("retry-after", Long.toString(seconds), "x-should-retry", "false"));
  }
}
