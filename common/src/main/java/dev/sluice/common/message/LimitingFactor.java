package dev.sluice.common.message;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.sluice.common.budget.Bandwidth;
import java.util.Locale;

/** What caps throughput now. */
public enum LimitingFactor {
  /** Nothing is asked for. */
  IDLE,
  /** Calls run and nothing waits: answers come as fast as the provider gives them. */
  PROVIDER_LATENCY,
  /** Requests wait although the budget would let them start: as many calls run as may at once. */
  CONCURRENCY,
  /** Requests wait for the requests that the provider grants a minute. */
  RPM,
  /** Requests wait for the tokens that the provider grants a minute. */
  TPM,
  /** Requests wait for the requests that the provider grants a day. */
  RPD,
  /** Requests wait for the tokens that the provider grants a day. */
  TPD,
  /** Requests wait only in lanes that an operator has paused. */
  PAUSED,
  /** The provider refuses the key or the account; only a probe is called now and then. */
  CIRCUIT_OPEN;

  public static LimitingFactor of(Bandwidth bandwidth) {
    return valueOf(bandwidth.name());
  }

  /** On the wire and in metrics. */
  @JsonValue
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
